package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Several processors: who is shot down, what is stale, and where it may not be. */
class CpusTest {

    private static final long PAGE = 4096;

    private static Machine machine(
            TlbSpec.Invalidation invalidation, @Nullable Long asidBits, long cpus) {
        SpecValues costs =
                SpecValues.of(Costs.SWAP_IN, 0)
                        .with(Costs.SWAP_OUT, 0)
                        .with(Costs.FILE_IN, 0)
                        .with(Costs.FILE_OUT, 0)
                        .with(Costs.SHOOTDOWN, 7);
        SpecValues tlb =
                SpecValues.of(TlbSpec.ENTRIES, 16)
                        .with(TlbSpec.WAYS, 16)
                        .with(TlbSpec.TAGGED, true)
                        .with(TlbSpec.ASID_BITS, asidBits)
                        .with(TlbSpec.INVALIDATION, invalidation);
        return new Machine(
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, PAGE)
                                .with(MachineSpec.FRAMES, 8)
                                .with(MachineSpec.ADDRESS_BITS, 20)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .with(tlb)
                                .with(PolicySpec.POLICY, "fifo")
                                .with(SwapSpec.SLOTS, 64)
                                .with(costs)
                                .with(MachineSpec.CPUS, cpus),
                        Specs.BOUNDS),
                new StrictRoom());
    }

    private static AccessResult access(Machine machine, int cpu, int op, long page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(op, page * PAGE);
        block.setCpu(0, cpu);
        Outcome.Accessed accessed =
                (Outcome.Accessed) machine.apply(new Command.Access(1, block, true));
        return accessed.results().getFirst();
    }

    private static Machine withPageOnTwoCpus(TlbSpec.Invalidation invalidation) {
        Machine machine = machine(invalidation, null, 3);
        MemoryArea area = new MemoryArea(0, 16 * PAGE, Protection.ALL);
        machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
        access(machine, 0, Op.READ, 2);
        assertThat(access(machine, 1, Op.READ, 2).tlb()).isEqualTo(AccessResult.TlbOutcome.MISS);
        assertThat(access(machine, 1, Op.READ, 2).tlb()).isEqualTo(AccessResult.TlbOutcome.HIT);
        return machine;
    }

    @Test
    void aChangeIsShotDownWhereTheProcessHasRun() {
        Machine machine = withPageOnTwoCpus(TlbSpec.Invalidation.ALL);
        long before = machine.counters().get(Counter.TICKS);
        machine.apply(new Command.Unmap(1, 2 * PAGE, PAGE));
        assertThat(machine.counters().get(Counter.SHOOTDOWNS)).isEqualTo(1);
        assertThat(machine.counters().get(Counter.TICKS) - before).isEqualTo(7);
        assertThat(access(machine, 1, Op.READ, 2).signal()).isNotNull();
    }

    @Test
    void whatOnlyAllowsMoreIsMendedByTheNextFault() {
        Machine machine = withPageOnTwoCpus(TlbSpec.Invalidation.ALL);
        machine.apply(new Command.Protect(1, 0, 16 * PAGE, Protection.READ));
        access(machine, 1, Op.READ, 2);
        long shootdowns = machine.counters().get(Counter.SHOOTDOWNS);
        machine.apply(new Command.Protect(1, 0, 16 * PAGE, Protection.ALL));
        assertThat(machine.counters().get(Counter.SHOOTDOWNS)).isEqualTo(shootdowns);
        AccessResult write = access(machine, 1, Op.WRITE, 2);
        assertThat(write.faults().getFirst().resolution()).isEqualTo(Fault.Resolution.UPGRADE);
        assertThat(write.signal()).isNull();
        assertThat(access(machine, 1, Op.WRITE, 2).faults()).isEmpty();
    }

    /** The kernel that shoots nobody down lets another processor read a page that is gone. */
    @Test
    void aKernelThatDoesNotShootDownLeavesStaleEntries() {
        Machine machine = withPageOnTwoCpus(TlbSpec.Invalidation.LOCAL);
        machine.apply(new Command.Unmap(1, 2 * PAGE, PAGE));
        assertThat(machine.counters().get(Counter.SHOOTDOWNS)).isZero();
        AccessResult stale = access(machine, 1, Op.READ, 2);
        assertThat(stale.signal()).isNull();
        assertThat(stale.tlb()).isEqualTo(AccessResult.TlbOutcome.HIT);
        assertThat(access(machine, 0, Op.READ, 2).signal()).isNotNull();
    }

    @Test
    void aKernelThatDropsNothingFoolsItself() {
        Machine machine = withPageOnTwoCpus(TlbSpec.Invalidation.NONE);
        machine.apply(new Command.Unmap(1, 2 * PAGE, PAGE));
        assertThat(access(machine, 0, Op.READ, 2).signal()).isNull();
    }

    /**
     * A child that runs in its parent's memory forks: the parent's processor, whose TLB has no
     * tags, must not go on writing to pages that are shared from then on.
     */
    @Test
    void aForkInBorrowedMemoryReachesTheLendersProcessor() {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, PAGE)
                                .with(MachineSpec.FRAMES, 8)
                                .with(MachineSpec.ADDRESS_BITS, 20)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .with(TlbSpec.ENTRIES, 16)
                                .with(TlbSpec.WAYS, 16)
                                .with(TlbSpec.TAGGED, false)
                                .with(PolicySpec.POLICY, "fifo")
                                .with(SwapSpec.SLOTS, 64)
                                .with(MachineSpec.CPUS, 2),
                        Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        Specs.access(machine, 1, Op.WRITE, PAGE, 1, 7L);
        machine.apply(new Command.Vfork(1));
        machine.apply(new Command.Fork(2));
        machine.apply(new Command.Exit(2));
        Specs.access(machine, 1, Op.WRITE, PAGE, 1, 8L);
        Outcome.Accessed read = Specs.access(machine, 3, Op.READ, PAGE, 1, null);
        assertThat(read.results().getFirst().value()).isEqualTo(7);
        Laws.check(machine);
    }

    /** With one bit there is one number for processes: whoever runs takes it from the other. */
    @Test
    void numbersRunOutAndBeginAgain() {
        Machine machine = machine(TlbSpec.Invalidation.ALL, 1L, 1);
        MemoryArea area = new MemoryArea(0, 16 * PAGE, Protection.ALL);
        for (int pid = 1; pid <= 2; pid++) {
            machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
            Specs.readPages(machine, pid, 0);
        }
        assertThat(machine.counters().get(Counter.ASID_ROLLOVERS)).isEqualTo(1);
        Specs.readPages(machine, 1, 0);
        Specs.readPages(machine, 1, 0);
        assertThat(machine.counters().get(Counter.ASID_ROLLOVERS)).isEqualTo(2);
        assertThat(machine.counters().get(Counter.TLB_MISSES)).isEqualTo(3);
        assertThat(machine.counters().get(Counter.TLB_HITS)).isEqualTo(1);
    }

    static Stream<TlbSpec.Invalidation> invalidations() {
        return Stream.of(TlbSpec.Invalidation.values());
    }

    /**
     * Whatever the kernel does not drop, the machine stands: no exception, frames and slots add up,
     * and it goes on after it was saved as if nothing had happened.
     */
    @Seeds(value = 60, of = "invalidations")
    void staleEntriesBreakProgramsAndNotTheMachine(TlbSpec.Invalidation invalidation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Machine machine = random(invalidation, random);
        for (int step = 0; step < 150; step++) {
            machine.apply(SchemesTest.command(random, 4));
            Laws.check(machine);
        }
        Machine restored = Machine.restore(machine.spec(), machine.save());
        assertThat(restored.digest()).isEqualTo(machine.digest());
        Command next = SchemesTest.command(random, 4);
        machine.apply(next);
        restored.apply(next);
        assertThat(restored.digest()).isEqualTo(machine.digest());
    }

    private static Machine random(TlbSpec.Invalidation invalidation, SplittableRandom random) {
        return new Machine(
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 64)
                                .with(MachineSpec.FRAMES, 4)
                                .with(MachineSpec.ADDRESS_BITS, 11)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .with(TlbSpec.ENTRIES, 8)
                                .with(TlbSpec.WAYS, 4)
                                .with(TlbSpec.TAGGED, random.nextBoolean())
                                .with(
                                        TlbSpec.MANAGEMENT,
                                        TlbSpec.Management.values()[random.nextInt(2)])
                                .with(TlbSpec.GLOBAL, random.nextBoolean())
                                .with(TlbSpec.INVALIDATION, invalidation)
                                .with(
                                        PolicySpec.POLICY,
                                        Policies.names()
                                                .get(random.nextInt(Policies.names().size())))
                                .with(SwapSpec.SLOTS, 40)
                                .with(MachineSpec.CPUS, 3),
                        Specs.BOUNDS),
                new StrictRoom());
    }
}
