package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The registry of presets. */
public final class Presets {

    private static final List<Preset> KERNEL =
            List.of(
                    lecture16(),
                    small(
                            "isolation",
                            8,
                            "Two programs use the same addresses. Process 1 keeps 1 at"
                                    + " page 16; process 2 keeps 2 there, in a frame of its own.",
                            PresetScenes::isolation),
                    small(
                            "areas",
                            16,
                            "One process with code (r-x), data (rw-), a heap and a"
                                    + " stack that grows down. Signals do not end it, so you can"
                                    + " try each mistake: write to code, read in a gap, touch"
                                    + " below the stack.",
                            PresetScenes::areas),
                    small(
                            "heap",
                            8,
                            "A heap of 5000 bytes, not touched yet: 2 pages, no frame,"
                                    + " 3192 bytes of waste. Touch it, or move its end with brk.",
                            PresetScenes::heap),
                    small(
                            "fork",
                            8,
                            "A parent with three written pages and its child, just"
                                    + " forked. A write by either copies a page, and the last"
                                    + " sharer keeps the frame. Page 3 is read-only, so a write to"
                                    + " it is a real protection fault.",
                            PresetScenes::fork),
                    small(
                            "zeroing",
                            4,
                            "Process 1 filled every frame with 99 and has ended. Process 2 finds zeros"
                                    + " wherever it reads.",
                            PresetScenes::zeroing),
                    small(
                            "shared-memory",
                            8,
                            "Processes 1 and 2 map the shared memory 'box' at pages 16"
                                    + " and 32. Process 1 has written 42 into it; process 2 may"
                                    + " only read.",
                            PresetScenes::sharedMemory),
                    small(
                            "aliases",
                            4,
                            "One frame, mapped twice at pages 16 and 32, and dirty in"
                                    + " only one of the two entries. Touch pages 1 to 4 to see"
                                    + " both invalidated and one write-back.",
                            PresetScenes::aliases),
                    small(
                            "larger-than-memory",
                            4,
                            "A process with eight written pages in four frames. Half of"
                                    + " them are in the store, and touching one of those evicts"
                                    + " another.",
                            PresetScenes::largerThanMemory),
                    small(
                            "program",
                            16,
                            "Two processes run the program 'editor'. Its eight pages on"
                                    + " the disk are each filled with their number, and none is"
                                    + " in memory. Execute pages 1 to 8: only what runs is read,"
                                    + " and the other process finds it there.",
                            PresetScenes::program),
                    small(
                            "file-mapping",
                            16,
                            "The file 'notes', mapped at page 16 by two processes that"
                                    + " share it and by a third that writes to copies of its own."
                                    + " Write, and see which of them see it. The disk sees it"
                                    + " after sync, unmap or eviction.",
                            PresetScenes::fileMapping),
                    small(
                            "swap-eager",
                            8,
                            SpecValues.of(SwapSpec.SLOTS, 8)
                                    .with(SwapSpec.RESERVATION, SwapSpec.Reservation.EAGER),
                            "Eight slots, one taken for each page when it is asked for;"
                                    + " six are taken. Map three pages, fork, create a process of"
                                    + " three pages or let the stack grow by three: each is"
                                    + " refused and says why.",
                            PresetScenes::swapEager),
                    small(
                            "swap-exchange",
                            4,
                            SpecValues.of(SwapSpec.SLOTS, 4).with(SwapSpec.SPARE_FRAME, true),
                            "Seven written pages, four slots, all taken, and four"
                                    + " frames of which one is kept free. Each touch of a stored"
                                    + " page exchanges it with another through the free frame.",
                            machine -> PresetScenes.writePages(machine, 7)),
                    small(
                            "out-of-memory",
                            4,
                            SpecValues.of(SwapSpec.SLOTS, 2),
                            "Four frames and two slots, promised freely and all in use:"
                                    + " four pages by process 1 and two by process 2. One more"
                                    + " page for either, and the kernel ends process 1, which"
                                    + " holds the most.",
                            PresetScenes::outOfMemory),
                    small(
                            "read-barrier",
                            16,
                            "A collector's read barrier (Appel, Ellis and Li). The"
                                    + " to-space at page 32 may not be touched until the process's"
                                    + " own handler has copied the page from the from-space at"
                                    + " 16, through the collector's own mapping of the to-space at"
                                    + " 48. Read any page of it.",
                            PresetScenes::readBarrier),
                    small(
                            "checkpoint",
                            16,
                            "An incremental checkpoint. The data at page 16 is"
                                    + " read-only, and at the first write to each page the handler"
                                    + " saves it at page 32. Write, and find the old values"
                                    + " there.",
                            PresetScenes::checkpoint),
                    small(
                            "write-barrier",
                            16,
                            "A write barrier. The old generation at page 16 is"
                                    + " read-only, and the handler allows the first write to each"
                                    + " page. Its dirty pages are the ones that a collector has to"
                                    + " look at.",
                            PresetScenes::writeBarrier),
                    small(
                            "kernel-mapping",
                            4,
                            "Frame 0 is also mapped by the kernel, which has written to"
                                    + " it: the process's entry is clean, the kernel's is dirty."
                                    + " Read pages 2 to 5: the eviction checks both entries,"
                                    + " writes the page back and invalidates both.",
                            PresetScenes::kernelMapping),
                    small(
                            "vfork",
                            8,
                            "A child that runs in its parent's memory while the parent"
                                    + " waits. The parent sees what the child writes. End the"
                                    + " child, or let it exec.",
                            PresetScenes::vfork),
                    pageablePageTable());

    private static final List<Preset> ALL =
            Stream.of(
                            KERNEL,
                            TranslationPresets.ALL,
                            SegmentPresets.ALL,
                            CpuPresets.ALL,
                            DiskPresets.ALL,
                            BackgroundPresets.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Presets() {}

    /** All presets, in the order in which clients see them. */
    public static List<Preset> all() {
        return ALL;
    }

    /** The preset of this name, if there is one. */
    public static Optional<Preset> byName(String name) {
        return ALL.stream().filter(preset -> preset.name().equals(name)).findFirst();
    }

    /**
     * CS124 lecture 16, "Virtual Memory Example": 4 frames and 8 virtual pages. VP1, VP2, VP7 and
     * VP4 are in frames 0 to 3; VP4 is clean and has a copy in the backing store. VP3 and VP6 are
     * only in the store; VP0 and VP5 are not allocated. The clock hand is at frame 3, and VP4 has
     * not been referenced since the hand last passed it.
     */
    private static Preset lecture16() {
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, 4)
                        .with(MachineSpec.ADDRESS_BITS, 15)
                        .with(SpecValues.of(Translation.KIND, Translation.Kind.LINEAR))
                        .with(PolicySpec.POLICY, "clock")
                        .with(SpecValues.of(SwapSpec.SLOTS, 16));
        return new Preset(
                "lecture-16",
                "Lecture 16's example. Reading VP2 hits frame 1. Reading VP6 evicts VP4"
                        + " from frame 3, loads VP6 there and runs the access again.",
                draft,
                PresetScenes::lecture16);
    }

    /** Pages of 64 bytes, so that a page of the table holds eight entries. */
    private static Preset pageablePageTable() {
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, 6)
                        .with(MachineSpec.ADDRESS_BITS, 14)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(Translation.MEMORY, Translation.Memory.PAGEABLE)
                        .with(PolicySpec.POLICY, "clock")
                        .with(SpecValues.of(SwapSpec.SLOTS, 64));
        return new Preset(
                "pageable-page-table",
                "Six frames, shared by pages of 64 bytes and by the page table itself,"
                        + " with eight entries per page. Pages 0, 8, 16, 24, 32 and 40 were"
                        + " written. Read page 0: the walk faults on the table first, then on the"
                        + " page.",
                draft,
                PresetScenes::pageablePageTable);
    }

    private static Preset small(String name, long frames, String shows, Consumer<Machine> setup) {
        return small(name, frames, SpecValues.of(SwapSpec.SLOTS, 64), shows, setup);
    }

    private static Preset small(
            String name, long frames, SpecValues swap, String shows, Consumer<Machine> setup) {
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 20)
                        .with(SpecValues.of(Translation.KIND, Translation.Kind.LINEAR))
                        .with(PolicySpec.POLICY, "clock")
                        .with(swap);
        return new Preset(name, shows, draft, setup);
    }
}
