package dev.faultline.machine;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Specs and small programs for tests. */
public final class Specs {

    /** Bounds that no test reaches. */
    public static final SpecValues BOUNDS =
            SpecValues.of(MachineSpec.FRAMES, 1 << 20)
                    .with(SwapSpec.SLOTS, 1 << 20)
                    .with(TlbSpec.ENTRIES, 1 << 12)
                    .with(Limits.PROCESSES, 1 << 20)
                    .with(Limits.TABLE_BYTES, 1L << 40)
                    .with(Limits.CONTENT_BYTES, 1L << 40)
                    .with(Limits.EVENTS, 1 << 20)
                    .with(Limits.AREAS, 1 << 20)
                    .with(Limits.STACK_BYTES, Long.MAX_VALUE)
                    .with(Limits.HANDLER_TRIES, 100);

    private Specs() {}

    /** A 4 KiB-page, 48-bit machine with the default TLB. */
    public static MachineSpec of(String policy, int frames) {
        return of(
                policy,
                frames,
                SpecValues.of(TlbSpec.ENTRIES, 16)
                        .with(TlbSpec.WAYS, 16)
                        .with(TlbSpec.TAGGED, true),
                1024,
                null);
    }

    public static MachineSpec of(
            String policy, int frames, SpecValues tlb, int slots, @Nullable List<Integer> levels) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, frames)
                        .with(Translation.LEVELS, levels)
                        .with(tlb)
                        .with(PolicySpec.POLICY, policy)
                        .with(SwapSpec.SLOTS, slots)
                        .with(SwapSpec.OUT_OF_MEMORY, SwapSpec.OutOfMemory.SIGNAL),
                BOUNDS);
    }

    /**
     * Pages of 64 bytes in a 16-bit space, a linear table, a small TLB and a store of 2048 slots.
     */
    static SpecValues small(
            String policy,
            long frames,
            SpecValues costs,
            @Nullable Long cpus,
            @Nullable Long quantum) {
        return SpecValues.of(MachineSpec.SEED, 1)
                .with(MachineSpec.PAGE_SIZE, 64)
                .with(MachineSpec.FRAMES, frames)
                .with(MachineSpec.ADDRESS_BITS, 16)
                .with(Translation.KIND, Translation.Kind.LINEAR)
                .with(TlbSpec.ENTRIES, 8)
                .with(TlbSpec.TAGGED, true)
                .with(PolicySpec.POLICY, policy)
                .with(SwapSpec.SLOTS, 2048)
                .with(costs)
                .with(MachineSpec.CPUS, cpus)
                .with(MachineSpec.QUANTUM, quantum);
    }

    /**
     * A policy that remembers a percentage of pages, {@link Parameters#UNBOUNDED}, or its default.
     */
    public static SpecValues remembering(String policy, @Nullable Long remembered) {
        return remembering(policy, null, remembered);
    }

    /** The same, which looks back {@code k} uses. */
    static SpecValues remembering(String policy, @Nullable Long k, @Nullable Long remembered) {
        return SpecValues.of(Parameters.POLICY, policy)
                .with(Parameters.K, k)
                .with(Parameters.REMEMBERED, remembered);
    }

    /** A TLB of a number of entries, or none for 0. */
    public static SpecValues tlb(long entries) {
        return entries == 0
                ? SpecValues.EMPTY.withNo(TlbSpec.SECTION)
                : SpecValues.of(TlbSpec.ENTRIES, entries);
    }

    /** A TLB as a second level. */
    public static SpecValues behind(SpecValues tlb) {
        return SpecValues.of(TlbSpec.SECOND_ENTRIES, tlb.find(TlbSpec.ENTRIES))
                .with(TlbSpec.SECOND_WAYS, tlb.find(TlbSpec.WAYS))
                .with(TlbSpec.SECOND_REPLACEMENT, tlb.find(TlbSpec.REPLACEMENT));
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
        return (Outcome.Accessed)
                machine.apply(access(machine.spec(), pid, op, address, size, value));
    }

    /** The command for that. */
    static Command.Access access(
            MachineSpec spec, int pid, int op, long address, int size, @Nullable Long value) {
        AccessBlock block = new AccessBlock(spec, 8);
        block.addSized(op, address, size, value != null, value == null ? 0 : value);
        return new Command.Access(pid, block, true);
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
