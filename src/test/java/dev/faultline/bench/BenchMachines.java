package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import java.nio.LongBuffer;
import java.util.List;

/** The machine that the bare loop is, and others that differ in a thing or two. */
final class BenchMachines {

    static final SpecValues HIERARCHICAL =
            SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                    .with(Translation.LEVELS, List.of(9, 9, 9, 9));

    private BenchMachines() {}

    /** 4 KiB pages of a 48-bit space, a TLB of 16 sets and 4 ways, one processor. */
    static MachineSpec spec(String policy, SpecValues translation, int frames, int slots) {
        return spec(policy, translation, frames, slots, 1);
    }

    /** The same with more processors. */
    static MachineSpec spec(
            String policy, SpecValues translation, int frames, int slots, int cpus) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 48)
                        .with(translation)
                        .with(TlbSpec.ENTRIES, 64)
                        .with(TlbSpec.WAYS, 4)
                        .with(TlbSpec.REPLACEMENT, TlbSpec.Replacement.LRU)
                        .with(TlbSpec.TAGGED, true)
                        .with(PolicySpec.POLICY, policy)
                        .with(SwapSpec.SLOTS, slots)
                        .with(MachineSpec.BLOCK_SIZE, 4096)
                        .with(MachineSpec.CPUS, cpus),
                SpecValues.EMPTY);
    }

    /** A machine with processes that each have one area over the whole space. */
    static Machine withProcesses(MachineSpec spec, int processes) {
        Machine machine = new Machine(spec);
        MemoryArea whole = new MemoryArea(0, 1L << spec.addressBits(), Protection.ALL);
        for (int i = 0; i < processes; i++) {
            machine.apply(new Command.CreateProcess("bench", List.of(whole), OnSignal.TERMINATE));
        }
        return machine;
    }

    /** Packed accesses from a place on, as a block. */
    static AccessBlock block(MachineSpec spec, long[] words, int from, int length) {
        AccessBlock block = new AccessBlock(spec, length);
        block.addPacked(LongBuffer.wrap(words, from, length), length);
        return block;
    }
}
