package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.PageState;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Scenarios of copy-on-write, under the names that courses use. */
class ForkTest {

    private Machine machine;

    @BeforeEach
    void parentWithTwoPages() {
        machine = Specs.withProcess(Specs.of("clock", 8));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, 111L);
        Specs.access(machine, 1, Op.WRITE, 0x2000, 8, 222L);
    }

    private Fault fault(Outcome.Accessed accessed) {
        return accessed.results().getFirst().faults().getLast();
    }

    private long read(int pid, long address) {
        return Objects.requireNonNull(
                Specs.access(machine, pid, Op.READ, address, 8, null).results().getFirst().value());
    }

    @Test
    void cowSimple() {
        machine.apply(new Command.Fork(1));
        assertThat(machine.inspect().frames().freeFrames()).isEqualTo(6);
        assertThat(fault(Specs.access(machine, 2, Op.WRITE, 0x1000, 8, 333L)).resolution())
                .isEqualTo(Fault.Resolution.COW_COPY);
        assertThat(fault(Specs.access(machine, 1, Op.WRITE, 0x1000, 8, 444L)).resolution())
                .isEqualTo(Fault.Resolution.COW_REUSE);
        assertThat(read(1, 0x1000)).isEqualTo(444);
        assertThat(read(2, 0x1000)).isEqualTo(333);
        assertThat(read(2, 0x2000)).isEqualTo(222);
        assertThat(machine.inspect().frames().freeFrames()).isEqualTo(5);
        Laws.check(machine);
    }

    @Test
    void theLastSharerCopiesNothing() {
        machine.apply(new Command.Fork(1));
        machine.apply(new Command.Exit(1));
        assertThat(fault(Specs.access(machine, 2, Op.WRITE, 0x1000, 8, 5L)).resolution())
                .isEqualTo(Fault.Resolution.COW_REUSE);
        assertThat(machine.counters().get(Counter.COW_COPIES)).isZero();
    }

    @Test
    void aParentsStaleTlbEntryDoesNotLetItWriteInPlace() {
        read(1, 0x1000);
        machine.apply(new Command.Fork(1));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, 5L);
        assertThat(read(2, 0x1000)).isEqualTo(111);
    }

    @Test
    void whatAnEndedAliasWroteIsStillWrittenBack() {
        machine.apply(new Command.Fork(1));
        machine.apply(new Command.Exit(1)); // its entry was the dirty one
        Specs.readPages(machine, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        assertThat(read(2, 0x1000)).isEqualTo(111);
        assertThat(read(2, 0x2000)).isEqualTo(222);
    }

    @Test
    void everyAliasIsInvalidatedAndDirtyInOneIsEnough() {
        machine.apply(new Command.Fork(1));
        Specs.readPages(machine, 2, 1, 2);
        Specs.readPages(machine, 1, 10, 11, 12, 13, 14, 15, 16, 17);
        for (int pid = 1; pid <= 2; pid++) {
            assertThat(machine.inspect().pages(pid, 1, 3))
                    .extracting(PageView::state)
                    .containsOnly(PageState.SWAPPED);
        }
        assertThat(machine.inspect().frames().usedSlots()).isEqualTo(2);
        assertThat(read(2, 0x1000)).isEqualTo(111);
        assertThat(fault(Specs.access(machine, 1, Op.READ, 0x1000, 8, null)).resolution())
                .isEqualTo(Fault.Resolution.MAP);
        Laws.check(machine);
    }

    /** One fault each, the TLB holding the entry that does not allow the write. */
    @Test
    void aCopyAndAReuseAreCounted() {
        machine.apply(new Command.Fork(1));
        read(1, 0x1000);
        read(2, 0x1000);
        Counters before = machine.counters();
        assertThat(write(2, 0x1000, 333)).isEqualTo(List.of(Fault.Resolution.COW_COPY));
        Counters copy = machine.counters().minus(before);
        assertThat(copy.get(Counter.PROTECTION_FAULTS)).isEqualTo(1);
        assertThat(copy.get(Counter.COW_COPIES)).isEqualTo(1);
        assertThat(copy.get(Counter.MAPS)).isEqualTo(1);
        assertThat(copy.get(Counter.UNMAPS)).isEqualTo(1);
        assertThat(write(1, 0x1000, 444)).isEqualTo(List.of(Fault.Resolution.COW_REUSE));
        Counters reuse = machine.counters().minus(before).minus(copy);
        assertThat(reuse.get(Counter.PROTECTION_FAULTS)).isEqualTo(1);
        assertThat(reuse.get(Counter.COW_REUSES)).isEqualTo(1);
        assertThat(reuse.get(Counter.COW_COPIES) + reuse.get(Counter.MAPS)).isZero();
    }

    private List<Fault.Resolution> write(int pid, long address, long value) {
        return Specs.access(machine, pid, Op.WRITE, address, 8, value)
                .results()
                .getFirst()
                .faults()
                .stream()
                .map(Fault::resolution)
                .toList();
    }

    /** Whoever brings the page back may not write to it in place once the other has it too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aPageThatWentOutSharedIsSharedWhenItIsBack(int first) {
        machine.apply(new Command.Fork(1));
        Specs.readPages(machine, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18);
        assertThat(write(first, 0x1000, 5))
                .containsExactly(Fault.Resolution.SWAP_IN, Fault.Resolution.COW_REUSE);
        assertThat(read(3 - first, 0x1000)).isEqualTo(111);
        assertThat(read(first, 0x1000)).isEqualTo(5);
        read(first, 0x2000); // the other's entry names the slot still
        read(3 - first, 0x2000);
        assertThat(write(first, 0x2000, 6)).containsExactly(Fault.Resolution.COW_COPY);
        assertThat(read(3 - first, 0x2000)).isEqualTo(222);
        assertThat(write(3 - first, 0x2000, 7)).containsExactly(Fault.Resolution.COW_REUSE);
        assertThat(read(first, 0x2000)).isEqualTo(6);
        Laws.check(machine);
    }

    @Test
    void oneFrameIsEnough() {
        machine = Specs.withProcess(Specs.of("clock", 1));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, 1L);
        machine.apply(new Command.Fork(1));
        Specs.access(machine, 2, Op.READ, 0x1000, 8, null);
        Specs.access(machine, 1, Op.READ, 0x1000, 8, null);
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, 2L);
        Specs.access(machine, 2, Op.WRITE, 0x1000, 8, 3L);
        assertThat(read(1, 0x1000)).isEqualTo(2);
        assertThat(read(2, 0x1000)).isEqualTo(3);
        Laws.check(machine);
    }

    /**
     * Page tables in frames: no page of the parent leaves while its table is copied to frames that
     * were freed for that, and pages move to a part of the table that was in the store.
     */
    @Seeds(
            value = 300,
            strings = {"true", "false"})
    void tablesInFramesSurviveForksAndMoves(boolean local, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> policies =
                Policies.names().stream()
                        .filter(p -> !local || !Policies.entry(p).is(PolicyEntry.Trait.GLOBAL))
                        .toList();
        String policy = policies.get(random.nextInt(policies.size()));
        Machine machine =
                new Machine(
                        framed(
                                local
                                        ? SpecValues.of(PolicySpec.POLICY, policy)
                                                .with(Parameters.SCOPE, Parameters.Scope.LOCAL)
                                                .with(
                                                        Parameters.ALLOTMENT,
                                                        Parameters.Allotment.FIXED)
                                        : SpecValues.of(PolicySpec.POLICY, policy)));
        MemoryArea area = new MemoryArea(0, 20 * 64, Protection.ALL);
        machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
        machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
        for (int step = 0; step < 60; step++) {
            int pid = 1 + random.nextInt(machine.inspect().processCount());
            long page = random.nextInt(20);
            switch (random.nextInt(12)) {
                case 0 -> machine.apply(new Command.Fork(pid));
                case 1, 2 -> machine.apply(new Command.Remap(pid, page * 64, 3 * 64, 4 * 64, true));
                default -> Specs.access(machine, pid, random.nextInt(2), page * 64, 1, null);
            }
            Laws.check(machine);
        }
    }

    /** Twelve frames, in which pages of page tables are too. */
    private static MachineSpec framed(SpecValues policy) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, 12)
                        .with(MachineSpec.ADDRESS_BITS, 12)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(Translation.MEMORY, Translation.Memory.PAGEABLE)
                        .withNo(TlbSpec.SECTION)
                        .with(policy)
                        .with(SwapSpec.SLOTS, 256),
                Specs.BOUNDS);
    }
}
