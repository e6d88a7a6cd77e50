package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Specs and small programs for tests. */
public final class Specs {

    /** Bounds that no test reaches. */
    public static final SpecDraft.Bounds BOUNDS =
            new SpecDraft.Bounds(
                    1 << 20,
                    1 << 20,
                    1 << 12,
                    new Limits(1 << 20, 1L << 40, 1L << 40, 1 << 20, 1 << 20, Long.MAX_VALUE, 100));

    private Specs() {}

    /** A 4 KiB-page, 48-bit machine with the default TLB. */
    public static MachineSpec of(String policy, int frames) {
        return of(policy, frames, new TlbDraft(16L, 16L, null, true), 1024, null);
    }

    public static MachineSpec of(
            String policy, int frames, TlbDraft tlb, int slots, @Nullable List<Integer> levels) {
        return new SpecDraft(
                        1L,
                        4096L,
                        (long) frames,
                        null,
                        new TranslationDraft(null, levels, null, null),
                        tlb,
                        policy,
                        new SwapDraft(
                                (long) slots, null, null, null, null, SwapSpec.OutOfMemory.SIGNAL),
                        Costs.DEFAULT,
                        Limits.DEFAULT)
                .resolve(BOUNDS);
    }

    /**
     * Pages of 64 bytes in a 16-bit space, a linear table, a small TLB and a store of 2048 slots.
     */
    static SpecDraft small(
            String policy, long frames, Costs costs, @Nullable Long cpus, @Nullable Long quantum) {
        return new SpecDraft(
                1L,
                64L,
                frames,
                16L,
                TranslationDraft.of(Translation.Kind.LINEAR),
                new TlbDraft(8L, null, null, true),
                PolicyDraft.of(policy),
                SwapDraft.of(2048),
                costs,
                Limits.DEFAULT,
                null,
                cpus,
                quantum,
                PagingSpec.NONE);
    }

    /** A policy that remembers so much; {@link PolicyDraft#UNBOUNDED}, or null for its default. */
    public static PolicyDraft remembering(String policy, @Nullable Long remembered) {
        return remembering(policy, null, remembered);
    }

    /** The same, which looks back {@code k} uses. */
    static PolicyDraft remembering(String policy, @Nullable Long k, @Nullable Long remembered) {
        return new PolicyDraft(
                policy,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                k,
                null,
                null,
                remembered,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** One anonymous area over the whole space. */
    public static Command.CreateProcess process(MachineSpec spec) {
        return process(spec, OnSignal.TERMINATE);
    }

    public static Command.CreateProcess process(MachineSpec spec, OnSignal onSignal) {
        MemoryArea whole = new MemoryArea(0, 1L << spec.addressBits(), Protection.ALL);
        return new Command.CreateProcess("test", List.of(whole), onSignal);
    }

    /** A machine with one process, pid 1. */
    public static Machine withProcess(MachineSpec spec) {
        Machine machine = new Machine(spec, new StrictRoom());
        machine.apply(process(spec));
        return machine;
    }

    /**
     * One explained access of {@code size} bytes; {@code value} null for a write that stores none.
     */
    public static Outcome.Accessed access(
            Machine machine, int pid, int op, long address, int size, @Nullable Long value) {
        AccessBlock block = new AccessBlock(machine.spec(), 8);
        block.addSized(op, address, size, value != null, value == null ? 0 : value);
        return (Outcome.Accessed) machine.apply(new Command.Access(pid, block, true));
    }

    /** One tick of the clock. */
    static Command tick(MachineSpec spec, int pid) {
        AccessBlock block = new AccessBlock(spec, 1);
        block.addTick();
        return new Command.Access(pid, block, false);
    }

    /** Touches pages with one-byte reads, unexplained. */
    public static void readPages(Machine machine, int pid, int... pages) {
        AccessBlock block = new AccessBlock(machine.spec(), pages.length);
        for (int page : pages) {
            block.add(Op.READ, page * machine.spec().pageSize());
        }
        machine.apply(new Command.Access(pid, block, false));
    }
}
