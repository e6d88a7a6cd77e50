package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/** Presets of machines that translate by base and limit, or by segments over pages. */
final class SegmentPresets {

    private static final int READ_WRITE = Protection.READ | Protection.WRITE;
    private static final int READ_EXECUTE = Protection.READ | Protection.EXECUTE;

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "relocation",
                            draft(Translation.Kind.RELOCATION, 16, 1024, null, false),
                            "Sixteen KiB of memory with three whole processes in it."
                                    + " Two others have ended and left holes of 3 and 4 KiB. A new"
                                    + " process of 7000 bytes ('size') finds no hole, so process"
                                    + " 1 has to leave for it. Read process 3 at 3000: beyond its"
                                    + " limit.",
                            SegmentPresets::holes),
                    preset(
                            "relocation-compaction",
                            draft(Translation.Kind.RELOCATION, 16, 1024, null, true),
                            "The same with compaction. The others are moved together"
                                    + " for the process of 7000 bytes, and none has to leave.",
                            SegmentPresets::holes),
                    preset(
                            "segmentation",
                            draft(Translation.Kind.SEGMENTATION, 64, 1024, 2L, false),
                            "Fourteen-bit addresses, of which two bits choose the"
                                    + " segment: code (0), heap (1) and a stack (3) that grows"
                                    + " down, each with its own base, limit and protection."
                                    + " Translate 4200, 7168 and 15360.",
                            SegmentPresets::segments),
                    preset(
                            "segmented-paging",
                            SpecValues.of(MachineSpec.PAGE_SIZE, 1024)
                                    .with(MachineSpec.FRAMES, 8)
                                    .with(MachineSpec.ADDRESS_BITS, 16)
                                    .with(
                                            SpecValues.of(
                                                            Translation.KIND,
                                                            Translation.Kind.SEGMENTED_PAGING)
                                                    .with(Translation.SEGMENT_BITS, 2))
                                    .with(PolicySpec.POLICY, "clock")
                                    .with(SpecValues.of(SwapSpec.SLOTS, 64)),
                            "Segments that are paged: three of four segments of 16 KiB,"
                                    + " each with a page table no longer than it needs, and pages"
                                    + " that are loaded when they are touched.",
                            SegmentPresets::pagedSegments));

    private SegmentPresets() {}

    private static Preset preset(
            String name, SpecValues draft, String shows, Consumer<Machine> setup) {
        return new Preset(name, shows, draft, setup);
    }

    private static SpecValues draft(
            Translation.Kind kind,
            long frames,
            long pageSize,
            @Nullable Long segmentBits,
            boolean compaction) {
        SpecValues translation =
                SpecValues.of(Translation.KIND, kind)
                        .with(Translation.SEGMENT_BITS, segmentBits)
                        .with(Translation.PLACEMENT, Translation.Fit.FIRST_FIT)
                        .with(Translation.COMPACTION, compaction);
        return SpecValues.of(MachineSpec.PAGE_SIZE, pageSize)
                .with(MachineSpec.FRAMES, frames)
                .with(MachineSpec.ADDRESS_BITS, 14)
                .with(translation)
                .with(SpecValues.of(SwapSpec.SLOTS, 64));
    }

    private static void holes(Machine machine) {
        int kib = 1024;
        for (int bytes : List.of(4 * kib, 3 * kib, 2500, 4 * kib, 2 * kib)) {
            make(machine, new MemoryArea(0, bytes, Protection.ALL));
        }
        machine.apply(new Command.Exit(2));
        machine.apply(new Command.Exit(4));
    }

    private static void segments(Machine machine) {
        MemoryArea whole = new MemoryArea(0, 4096, Protection.ALL);
        make(machine, whole);
        Backing stack = Backing.of(Backing.Kind.STACK);
        make(
                machine,
                new MemoryArea(0, 2048, READ_EXECUTE),
                new MemoryArea(4096, 3072, READ_WRITE),
                new MemoryArea(16384 - 2048, 2048, READ_WRITE, stack));
    }

    private static void pagedSegments(Machine machine) {
        make(
                machine,
                new MemoryArea(0, 3000, READ_EXECUTE),
                new MemoryArea(0x4000, 9000, READ_WRITE),
                new MemoryArea(0x10000 - 2048, 2048, READ_WRITE, Backing.of(Backing.Kind.STACK)));
    }

    private static void make(Machine machine, MemoryArea... areas) {
        machine.apply(new Command.CreateProcess("program", List.of(areas), OnSignal.CONTINUE));
    }
}
