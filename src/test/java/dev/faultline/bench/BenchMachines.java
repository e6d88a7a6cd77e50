package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import java.nio.LongBuffer;
import java.util.List;

/** The machine that the bare loop is, and others that differ in a thing or two. */
final class BenchMachines {

    static final Translation HIERARCHICAL =
            new Translation(Translation.Kind.HIERARCHICAL, List.of(9, 9, 9, 9));

    private BenchMachines() {}

    /** 4 KiB pages of a 48-bit space, a TLB of 16 sets and 4 ways, one processor. */
    static MachineSpec spec(String policy, Translation translation, int frames, int slots) {
        return spec(policy, translation, frames, slots, 1);
    }

    /** The same with more processors. */
    static MachineSpec spec(
            String policy, Translation translation, int frames, int slots, int cpus) {
        return new MachineSpec(
                1,
                4096,
                frames,
                48,
                translation,
                TlbSpec.of(64, 4, TlbSpec.Replacement.LRU, true),
                PolicySpec.of(policy),
                SwapSpec.of(slots),
                Costs.DEFAULT,
                Limits.DEFAULT,
                4096,
                cpus,
                MachineSpec.DEFAULT_QUANTUM,
                PagingSpec.NONE);
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
