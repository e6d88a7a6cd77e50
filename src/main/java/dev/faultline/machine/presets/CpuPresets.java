package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import java.util.List;
import java.util.function.Consumer;

/** Presets of machines with two processors. */
final class CpuPresets {

    private static final long PAGE = 4096;
    private static final int READ_WRITE = Protection.READ | Protection.WRITE;

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "shootdown",
                            TlbSpec.Invalidation.ALL,
                            "Two processors that have both read page 2 while it was"
                                    + " read-only. Now it may be written to, and no processor was"
                                    + " shot down for that: write to it on processor 1 (upgrade)."
                                    + " Then protect it again (shootdown).",
                            CpuPresets::upgraded),
                    preset(
                            "stale-entry",
                            TlbSpec.Invalidation.LOCAL,
                            "A kernel that never shoots a processor down. Page 2 was"
                                    + " unmapped, and its frame given to process 2, which wrote"
                                    + " 99. Process 1 still reads it on processor 1, and gets a"
                                    + " signal on processor 0.",
                            CpuPresets::stale));

    private CpuPresets() {}

    private static Preset preset(
            String name, TlbSpec.Invalidation invalidation, String shows, Consumer<Machine> setup) {
        SpecValues tlb =
                SpecValues.of(TlbSpec.ENTRIES, 16)
                        .with(TlbSpec.WAYS, 16)
                        .with(TlbSpec.TAGGED, true)
                        .with(TlbSpec.INVALIDATION, invalidation);
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, PAGE)
                        .with(MachineSpec.FRAMES, 1)
                        .with(MachineSpec.ADDRESS_BITS, 20)
                        .with(SpecValues.of(Translation.KIND, Translation.Kind.LINEAR))
                        .with(tlb)
                        .with(SpecValues.of(PolicySpec.POLICY, "fifo"))
                        .with(SpecValues.of(SwapSpec.SLOTS, 16))
                        .with(Costs.TLB_LOOKUP, 1)
                        .with(Costs.TRAP, 50)
                        .with(Costs.FILE_IN, 0)
                        .with(Costs.FILE_OUT, 0)
                        .with(Costs.SHOOTDOWN, 2000)
                        .with(MachineSpec.CPUS, 2);
        return new Preset(name, shows, draft, setup);
    }

    private static void readOnBoth(Machine machine, int protection) {
        MemoryArea area = new MemoryArea(2 * PAGE, PAGE, protection);
        machine.apply(new Command.CreateProcess("program", List.of(area), OnSignal.CONTINUE));
        AccessBlock block = new AccessBlock(machine.spec(), 2);
        for (int cpu = 0; cpu < 2; cpu++) {
            block.add(Op.READ, 2 * PAGE);
            block.setCpu(cpu, cpu);
        }
        machine.apply(new Command.Access(1, block, false));
    }

    private static void upgraded(Machine machine) {
        readOnBoth(machine, Protection.READ);
        machine.apply(new Command.Protect(1, 2 * PAGE, PAGE, READ_WRITE));
    }

    private static void stale(Machine machine) {
        readOnBoth(machine, READ_WRITE);
        machine.apply(new Command.Unmap(1, 2 * PAGE, PAGE));
        MemoryArea area = new MemoryArea(0, PAGE, READ_WRITE);
        machine.apply(new Command.CreateProcess("other", List.of(area), OnSignal.CONTINUE));
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.addSized(Op.WRITE, 0, 1, true, 99);
        block.setCpu(0, 0);
        machine.apply(new Command.Access(2, block, false));
    }
}
