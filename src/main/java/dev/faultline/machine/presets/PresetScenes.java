package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.protocol.UserHandler.Place;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The set-ups of the presets' machines, as commands. Each method is one scene. */
final class PresetScenes {

    private static final int READ_WRITE = Protection.READ | Protection.WRITE;
    private static final int READ_EXECUTE = Protection.READ | Protection.EXECUTE;

    private PresetScenes() {}

    static void lecture16(Machine machine) {
        machine.apply(
                new Command.CreateProcess(
                        "lecture",
                        List.of(
                                new MemoryArea(0x1000, 0x4000, READ_WRITE),
                                new MemoryArea(0x6000, 0x2000, READ_WRITE)),
                        OnSignal.TERMINATE));
        write(machine, 6);
        read(machine, 7);
        write(machine, 3);
        write(machine, 4);
        // Each fault below sends the hand on: VP6, then VP4 go to the store; VP4 comes back clean;
        // the last round drops VP2 and VP7, which hold nothing, and sends VP3 to the store.
        for (int page : new int[] {1, 7, 3, 6, 7, 3, 2, 7, 3, 4, 7, 3, 1, 2, 7}) {
            read(machine, page);
        }
    }

    static void isolation(Machine machine) {
        for (int pid = 1; pid <= 2; pid++) {
            process(machine, "program " + pid, area(machine, 16, 4, READ_WRITE));
            write(machine, pid, 16, pid);
        }
    }

    static void areas(Machine machine) {
        long page = machine.spec().pageSize();
        process(
                machine,
                "program",
                area(machine, 1, 2, READ_EXECUTE),
                area(machine, 4, 2, READ_WRITE),
                new MemoryArea(240 * page, 4 * page, READ_WRITE, Backing.of(Backing.Kind.STACK)));
        machine.apply(new Command.Brk(1, 3 * page));
    }

    static void heap(Machine machine) {
        process(machine, "program", area(machine, 1, 1, READ_EXECUTE));
        machine.apply(new Command.Brk(1, 5000));
    }

    static void fork(Machine machine) {
        long page = machine.spec().pageSize();
        process(machine, "parent", area(machine, 0, 4, READ_WRITE));
        for (int each = 0; each < 4; each++) {
            write(machine, 1, each, each);
        }
        machine.apply(new Command.Protect(1, 3 * page, page, Protection.READ));
        machine.apply(new Command.Fork(1));
    }

    static void zeroing(Machine machine) {
        process(machine, "keeper", area(machine, 0, 16, READ_WRITE));
        for (int page = 0; page < machine.spec().frames(); page++) {
            write(machine, 1, page, 99);
        }
        machine.apply(new Command.Exit(1));
        process(machine, "finder", area(machine, 0, 16, READ_WRITE));
    }

    static void sharedMemory(Machine machine) {
        process(machine, "writer", box(machine, 16, READ_WRITE));
        process(machine, "reader", box(machine, 32, Protection.READ));
        write(machine, 1, 16, 42);
    }

    static void aliases(Machine machine) {
        process(
                machine,
                "program",
                area(machine, 1, 8, READ_WRITE),
                box(machine, 16, READ_WRITE),
                box(machine, 32, READ_WRITE));
        read(machine, 16);
        write(machine, 1, 32, 42);
    }

    static void kernelMapping(Machine machine) {
        process(machine, "program", area(machine, 1, 8, READ_WRITE));
        read(machine, 1);
        machine.apply(new Command.MapFrame(0, READ_WRITE));
        write(machine, Command.KERNEL, 0, 42);
    }

    static void largerThanMemory(Machine machine) {
        writePages(machine, 8);
    }

    static void writePages(Machine machine, int pages) {
        process(machine, "program", area(machine, 0, 16, READ_WRITE));
        for (int page = 0; page < pages; page++) {
            write(machine, 1, page, page);
        }
    }

    static void program(Machine machine) {
        long page = machine.spec().pageSize();
        byte[] editor = new byte[(int) (8 * page)];
        for (int i = 0; i < editor.length; i++) {
            editor[i] = (byte) (1 + i / page);
        }
        machine.apply(Command.PutFile.of("editor", editor, READ_EXECUTE));
        Backing code = Backing.file("editor", 0, false);
        for (int pid = 1; pid <= 2; pid++) {
            process(
                    machine,
                    "editor",
                    new MemoryArea(page, 8 * page, READ_EXECUTE, code),
                    area(machine, 16, 4, READ_WRITE));
        }
    }

    static void fileMapping(Machine machine) {
        long page = machine.spec().pageSize();
        byte[] notes = "Nobody has written here yet.".getBytes(StandardCharsets.US_ASCII);
        machine.apply(Command.PutFile.of("notes", notes, READ_WRITE));
        for (boolean shared : new boolean[] {true, true, false}) {
            process(
                    machine,
                    shared ? "author" : "reader",
                    new MemoryArea(
                            16 * page, notes.length, READ_WRITE, Backing.file("notes", 0, shared)));
        }
    }

    static void swapEager(Machine machine) {
        long page = machine.spec().pageSize();
        process(
                machine,
                "program",
                area(machine, 1, 4, READ_WRITE),
                new MemoryArea(240 * page, 2 * page, READ_WRITE, Backing.of(Backing.Kind.STACK)));
    }

    static void outOfMemory(Machine machine) {
        for (int pid = 1; pid <= 2; pid++) {
            process(machine, "program " + pid, area(machine, 0, 16, READ_WRITE));
            for (int page = 0; page < 6 - 2 * pid; page++) {
                write(machine, pid, page, pid);
            }
        }
    }

    static void readBarrier(Machine machine) {
        long page = machine.spec().pageSize();
        Backing toSpace = Backing.sharedMemory("to-space");
        process(
                machine,
                "mutator",
                area(machine, 16, 4, READ_WRITE),
                new MemoryArea(32 * page, 4 * page, 0, toSpace),
                new MemoryArea(48 * page, 4 * page, READ_WRITE, toSpace));
        for (int each = 0; each < 4; each++) {
            write(machine, 1, 16 + each, 100 + each);
        }
        handle(
                machine,
                new UserHandler.Copy(new Place(true, -16 * page), new Place(true, 16 * page), page),
                new UserHandler.Protect(Place.FAULT, page, READ_WRITE));
    }

    static void checkpoint(Machine machine) {
        long page = machine.spec().pageSize();
        process(
                machine,
                "program",
                area(machine, 16, 4, READ_WRITE),
                area(machine, 32, 4, READ_WRITE));
        for (int each = 0; each < 4; each++) {
            write(machine, 1, 16 + each, 1 + each);
        }
        machine.apply(new Command.Protect(1, 16 * page, 4 * page, Protection.READ));
        handle(
                machine,
                new UserHandler.Copy(Place.FAULT, new Place(true, 16 * page), page),
                new UserHandler.Protect(Place.FAULT, page, READ_WRITE));
    }

    static void writeBarrier(Machine machine) {
        long page = machine.spec().pageSize();
        process(machine, "program", area(machine, 16, 8, READ_WRITE));
        for (int each = 0; each < 8; each++) {
            write(machine, 1, 16 + each, each);
        }
        machine.apply(new Command.Dirty(1, 16 * page, 8 * page));
        machine.apply(new Command.Protect(1, 16 * page, 8 * page, Protection.READ));
        handle(machine, new UserHandler.Protect(Place.FAULT, page, READ_WRITE));
    }

    private static void handle(Machine machine, UserHandler.Action... actions) {
        machine.apply(new Command.SetHandler(1, new UserHandler(List.of(actions))));
    }

    static void pageablePageTable(Machine machine) {
        process(machine, "program", area(machine, 0, 256, READ_WRITE));
        for (int page = 0; page <= 40; page += 8) {
            write(machine, 1, page, page);
        }
    }

    static void vfork(Machine machine) {
        process(machine, "shell", area(machine, 0, 4, READ_WRITE));
        write(machine, 1, 1, 7);
        machine.apply(new Command.Vfork(1));
    }

    private static void process(Machine machine, String name, MemoryArea... areas) {
        machine.apply(new Command.CreateProcess(name, List.of(areas), OnSignal.CONTINUE));
    }

    private static MemoryArea area(Machine machine, long first, long pages, int protection) {
        long page = machine.spec().pageSize();
        return new MemoryArea(first * page, pages * page, protection);
    }

    /** An area of one page of shared memory. */
    private static MemoryArea box(Machine machine, long first, int protection) {
        long page = machine.spec().pageSize();
        return new MemoryArea(first * page, page, protection, Backing.sharedMemory("box"));
    }

    /** Writes a page's number into its first byte. */
    private static void write(Machine machine, int page) {
        write(machine, 1, page, page);
    }

    private static void write(Machine machine, int pid, int page, long value) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.addSized(Op.WRITE, page * machine.spec().pageSize(), 1, true, value);
        machine.apply(new Command.Access(pid, block, false));
    }

    private static void read(Machine machine, int page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(Op.READ, page * machine.spec().pageSize());
        machine.apply(new Command.Access(1, block, false));
    }
}
