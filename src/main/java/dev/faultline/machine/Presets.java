package dev.faultline.machine;

import dev.faultline.machine.SpecDraft.TlbDraft;

import java.util.List;
import java.util.Optional;

/** The registry of presets. */
public final class Presets {

    private static final List<Preset> ALL = List.of(lecture16());

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
                        16L,
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
        int readWrite = Protection.READ | Protection.WRITE;
        machine.apply(
                new Command.CreateProcess(
                        "lecture",
                        List.of(
                                new MemoryArea(0x1000, 0x4000, readWrite),
                                new MemoryArea(0x6000, 0x2000, readWrite)),
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

    /** Writes a page's number into its first byte. */
    private static void write(Machine machine, int page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.addSized(Op.WRITE, page * machine.spec().pageSize(), 1, true, page);
        machine.apply(new Command.Access(1, block, false));
    }

    private static void read(Machine machine, int page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(Op.READ, page * machine.spec().pageSize());
        machine.apply(new Command.Access(1, block, false));
    }
}
