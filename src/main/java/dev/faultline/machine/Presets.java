package dev.faultline.machine;

import dev.faultline.machine.SpecDraft.SwapDraft;
import dev.faultline.machine.SpecDraft.TlbDraft;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The registry of presets. */
public final class Presets {

    private static final int READ_WRITE = Protection.READ | Protection.WRITE;
    private static final int READ_EXECUTE = Protection.READ | Protection.EXECUTE;

    private static final List<Preset> ALL =
            List.of(
                    lecture16(),
                    small(
                            "isolation",
                            8,
                            "Two programs use the same addresses: process 1 keeps 1 at page 16, process"
                                    + " 2 keeps 2 there, in a frame of its own.",
                            Presets::prepareIsolation),
                    small(
                            "areas",
                            16,
                            "One process with code (r-x), data (rw-), a heap and a stack that grows"
                                    + " down. Signals are survived, so each mistake can be tried:"
                                    + " write to code, read in a gap, touch below the stack.",
                            Presets::prepareAreas),
                    small(
                            "heap",
                            8,
                            "A heap of 5000 bytes that nobody has touched: 2 pages, no frame, 3192"
                                    + " bytes of waste. Touch it, or move its end with brk.",
                            Presets::prepareHeap),
                    small(
                            "fork",
                            8,
                            "A parent with three written pages and its child, just forked: a write of"
                                    + " either copies, the last sharer keeps the frame. Page 3 is"
                                    + " read-only, so a write to it is a real protection fault.",
                            Presets::prepareFork),
                    small(
                            "zeroing",
                            4,
                            "Process 1 filled every frame with 99 and has ended. Process 2 finds zeros"
                                    + " wherever it reads.",
                            Presets::prepareZeroing),
                    small(
                            "shared-memory",
                            8,
                            "Processes 1 and 2 map the memory 'box' at pages 16 and 32. Process 1 has"
                                    + " written 42 into it; process 2 may only read.",
                            Presets::prepareSharedMemory),
                    small(
                            "aliases",
                            4,
                            "One frame mapped twice, at pages 16 and 32, and dirty in only one of the"
                                    + " two entries. Touch pages 1 to 4 and see both invalidated and one"
                                    + " write-back.",
                            Presets::prepareAliases),
                    small(
                            "larger-than-memory",
                            4,
                            "A process with eight written pages in four frames: half of them are in the"
                                    + " store, and every touch of one moves another.",
                            Presets::prepareLargerThanMemory),
                    small(
                            "program",
                            16,
                            "Two processes of the program 'editor', of whose eight pages on the disk"
                                    + " (each full of its number) none is in memory. Execute pages 1 to"
                                    + " 8: only what runs is read, and the other process finds it there.",
                            Presets::prepareProgram),
                    small(
                            "file-mapping",
                            16,
                            "The file 'notes', mapped at page 16 by two processes that share it and by"
                                    + " a third that writes to copies of its own. Write, and see who"
                                    + " sees it; the disk sees it after sync, unmap or eviction.",
                            Presets::prepareFileMapping),
                    small(
                            "swap-eager",
                            8,
                            new SwapDraft(8L, SwapSpec.Reservation.EAGER, null, null, null, null),
                            "Eight slots, one taken for each page when it is asked for, and six are"
                                    + " taken. Map three pages, fork, make a process of three pages or"
                                    + " let the stack grow by three: each is refused and says why.",
                            Presets::prepareSwapEager),
                    small(
                            "swap-exchange",
                            4,
                            new SwapDraft(4L, null, null, null, true, null),
                            "Seven written pages, four slots, all taken, and four frames of which one"
                                    + " is kept free: every touch of a stored page exchanges it with"
                                    + " another through the free frame.",
                            machine -> writePages(machine, 7)),
                    small(
                            "out-of-memory",
                            4,
                            SwapDraft.of(2),
                            "Four frames and two slots, promised freely and all in use, four pages by"
                                    + " process 1 and two by process 2. One more page by either, and"
                                    + " the kernel ends process 1, which holds most.",
                            Presets::prepareOutOfMemory));

    private Presets() {}

    public static List<Preset> all() {
        return ALL;
    }

    public static Optional<Preset> byName(String name) {
        return ALL.stream().filter(preset -> preset.name().equals(name)).findFirst();
    }

    /**
     * CS124 lecture 16, "Virtual Memory Example": 4 frames and 8 virtual pages. VP1, VP2, VP7 and
     * VP4 are in frames 0 to 3, VP4 clean and with a copy in the backing store; VP3 and VP6 are in
     * the store alone; VP0 and VP5 are not allocated. The hand of the clock stands at frame 3, and
     * VP4 has not been referenced since it passed.
     */
    private static Preset lecture16() {
        SpecDraft draft =
                new SpecDraft(
                        null,
                        4096L,
                        4L,
                        15L,
                        Translation.Kind.LINEAR,
                        null,
                        TlbDraft.EMPTY,
                        "clock",
                        SwapDraft.of(16),
                        Costs.DEFAULT,
                        Limits.DEFAULT);
        return new Preset(
                "lecture-16",
                "Lecture 16's example: reading VP2 hits frame 1; reading VP6 evicts VP4 from frame"
                        + " 3, loads VP6 there and runs the access again.",
                draft,
                Presets::prepareLecture16);
    }

    private static void prepareLecture16(Machine machine) {
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

    private static Preset small(String name, long frames, String shows, Consumer<Machine> setup) {
        return small(name, frames, SwapDraft.of(64), shows, setup);
    }

    private static Preset small(
            String name, long frames, SwapDraft swap, String shows, Consumer<Machine> setup) {
        SpecDraft draft =
                new SpecDraft(
                        null,
                        4096L,
                        frames,
                        20L,
                        Translation.Kind.LINEAR,
                        null,
                        TlbDraft.EMPTY,
                        "clock",
                        swap,
                        Costs.DEFAULT,
                        Limits.DEFAULT);
        return new Preset(name, shows, draft, setup);
    }

    private static void prepareIsolation(Machine machine) {
        for (int pid = 1; pid <= 2; pid++) {
            process(machine, "program " + pid, area(machine, 16, 4, READ_WRITE));
            write(machine, pid, 16, pid);
        }
    }

    private static void prepareAreas(Machine machine) {
        long page = machine.spec().pageSize();
        process(
                machine,
                "program",
                area(machine, 1, 2, READ_EXECUTE),
                area(machine, 4, 2, READ_WRITE),
                new MemoryArea(240 * page, 4 * page, READ_WRITE, Backing.of(Backing.Kind.STACK)));
        machine.apply(new Command.Brk(1, 3 * page));
    }

    private static void prepareHeap(Machine machine) {
        process(machine, "program", area(machine, 1, 1, READ_EXECUTE));
        machine.apply(new Command.Brk(1, 5000));
    }

    private static void prepareFork(Machine machine) {
        long page = machine.spec().pageSize();
        process(machine, "parent", area(machine, 0, 4, READ_WRITE));
        for (int each = 0; each < 4; each++) {
            write(machine, 1, each, each);
        }
        machine.apply(new Command.Protect(1, 3 * page, page, Protection.READ));
        machine.apply(new Command.Fork(1));
    }

    private static void prepareZeroing(Machine machine) {
        process(machine, "keeper", area(machine, 0, 16, READ_WRITE));
        for (int page = 0; page < machine.spec().frames(); page++) {
            write(machine, 1, page, 99);
        }
        machine.apply(new Command.Exit(1));
        process(machine, "finder", area(machine, 0, 16, READ_WRITE));
    }

    private static void prepareSharedMemory(Machine machine) {
        process(machine, "writer", box(machine, 16, READ_WRITE));
        process(machine, "reader", box(machine, 32, Protection.READ));
        write(machine, 1, 16, 42);
    }

    private static void prepareAliases(Machine machine) {
        process(
                machine,
                "program",
                area(machine, 1, 8, READ_WRITE),
                box(machine, 16, READ_WRITE),
                box(machine, 32, READ_WRITE));
        read(machine, 16);
        write(machine, 1, 32, 42);
    }

    private static void prepareLargerThanMemory(Machine machine) {
        writePages(machine, 8);
    }

    private static void writePages(Machine machine, int pages) {
        process(machine, "program", area(machine, 0, 16, READ_WRITE));
        for (int page = 0; page < pages; page++) {
            write(machine, 1, page, page);
        }
    }

    private static void prepareProgram(Machine machine) {
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

    private static void prepareFileMapping(Machine machine) {
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

    private static void prepareSwapEager(Machine machine) {
        long page = machine.spec().pageSize();
        process(
                machine,
                "program",
                area(machine, 1, 4, READ_WRITE),
                new MemoryArea(240 * page, 2 * page, READ_WRITE, Backing.of(Backing.Kind.STACK)));
    }

    private static void prepareOutOfMemory(Machine machine) {
        for (int pid = 1; pid <= 2; pid++) {
            process(machine, "program " + pid, area(machine, 0, 16, READ_WRITE));
            for (int page = 0; page < 6 - 2 * pid; page++) {
                write(machine, pid, page, pid);
            }
        }
    }

    private static void process(Machine machine, String name, MemoryArea... areas) {
        machine.apply(new Command.CreateProcess(name, List.of(areas), OnSignal.CONTINUE));
    }

    private static MemoryArea area(Machine machine, long first, long pages, int protection) {
        long page = machine.spec().pageSize();
        return new MemoryArea(first * page, pages * page, protection);
    }

    /** A page of shared memory. */
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
