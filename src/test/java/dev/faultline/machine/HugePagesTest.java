package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Huge pages of four pages: one entry, one TLB entry, one fault; and what splits them. */
class HugePagesTest {

    private static final long PAGE = 64;

    private Machine machine =
            make(
                    SpecValues.of(TlbSpec.ENTRIES, 4)
                            .with(TlbSpec.WAYS, 4)
                            .with(TlbSpec.TAGGED, true));

    private static Machine make(SpecValues tlb) {
        return new Machine(
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, PAGE)
                                .with(MachineSpec.FRAMES, 16)
                                .with(MachineSpec.ADDRESS_BITS, 12)
                                .with(Translation.KIND, Translation.Kind.HIERARCHICAL)
                                .with(Translation.LEVELS, List.of(2, 2, 2))
                                .with(tlb)
                                .with(PolicySpec.POLICY, "fifo")
                                .with(SwapSpec.SLOTS, 64),
                        Specs.BOUNDS),
                new StrictRoom());
    }

    @BeforeEach
    void fill() {
        MemoryArea area = new MemoryArea(0, 32 * PAGE, Protection.ALL);
        machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
        machine.apply(new Command.Advise(1, 0, 32 * PAGE, Command.Advice.HUGEPAGE));
    }

    private AccessResult access(int op, long page, @Nullable Long value) {
        return Specs.access(machine, 1, op, page * PAGE, 1, value).results().getFirst();
    }

    private AccessResult read(long page) {
        return access(Op.READ, page, null);
    }

    private Counters counters() {
        return machine.counters();
    }

    private boolean isHuge(long page) {
        Task task = machine.taskOrNull(1);
        return task != null && task.table().isHuge(page);
    }

    @Test
    void oneFaultOneEntryAndOneTlbEntryForFourPages() {
        AccessResult first = read(5);
        assertThat(first.frame()).isEqualTo(1);
        assertThat(counters().get(Counter.PAGE_FAULTS)).isEqualTo(1);
        assertThat(counters().get(Counter.ZERO_FILLS)).isEqualTo(4);
        assertThat(counters().get(Counter.HUGE_FILLS)).isEqualTo(1);
        long walks = counters().get(Counter.WALK_REFERENCES);
        for (int page = 4; page < 8; page++) {
            AccessResult read = read(page);
            assertThat(read.tlb()).isEqualTo(AccessResult.TlbOutcome.HIT);
            assertThat(read.frame()).isEqualTo(page - 4);
        }
        assertThat(counters().get(Counter.WALK_REFERENCES)).isEqualTo(walks);
        machine.apply(new Command.FlushTlb(null, null));
        read(6);
        assertThat(counters().get(Counter.WALK_REFERENCES)).isEqualTo(walks + 2);
        assertThat(machine.inspect().translation().walk(1, 6).getLast().kind())
                .isEqualTo(TableReference.Kind.HUGE_ENTRY);
        Laws.check(machine);
    }

    @Test
    void fourPagesAreMappedAndCharged() {
        machine.apply(new Command.PutGroup("all", 16, 0));
        machine.apply(new Command.JoinGroup(1, "all"));
        read(5);
        assertThat(counters().get(Counter.MAPS)).isEqualTo(4);
        assertThat(machine.inspect().process(1).orElseThrow().residentPages()).isEqualTo(4);
        assertThat(machine.inspect().groups().getFirst().frames()).isEqualTo(4);
    }

    /** A huge page is used where the area has all of its pages, and not one more is needed. */
    @Test
    void theAreaHasToHaveAllOfIt() {
        machine.apply(
                new Command.Exec(1, "", List.of(area(1, 8), area(12, 16)), OnSignal.CONTINUE));
        machine.apply(new Command.Advise(1, PAGE, 7 * PAGE, Command.Advice.HUGEPAGE));
        machine.apply(new Command.Advise(1, 12 * PAGE, 4 * PAGE, Command.Advice.HUGEPAGE));
        read(2);
        read(4);
        read(13);
        assertThat(isHuge(2)).isFalse();
        assertThat(isHuge(4)).isTrue();
        assertThat(isHuge(13)).isTrue();
        machine.apply(new Command.Exec(1, "", List.of(area(4, 7)), OnSignal.CONTINUE));
        machine.apply(new Command.Advise(1, 4 * PAGE, 3 * PAGE, Command.Advice.HUGEPAGE));
        read(4);
        assertThat(isHuge(4)).isFalse();
        Laws.check(machine);
    }

    private static MemoryArea area(long first, long end) {
        return new MemoryArea(first * PAGE, end * PAGE, Protection.ALL);
    }

    /** The root, one node below it, and no leaf: that comes when the huge page is split. */
    @Test
    void aHugePageNeedsNoLeaf() {
        read(5);
        assertThat(machine.inspect().process(1).orElseThrow().pageTableBytes()).isEqualTo(2 * 32);
        machine.apply(new Command.Unmap(1, 5 * PAGE, PAGE));
        assertThat(machine.inspect().process(1).orElseThrow().pageTableBytes()).isEqualTo(3 * 32);
        assertThat(isHuge(4)).isFalse();
        assertThat(read(4).tlb()).isEqualTo(AccessResult.TlbOutcome.MISS);
        assertThat(read(5).signal()).isNotNull();
        Laws.check(machine);
    }

    @Test
    void oneWriteMakesAllOfItDirtyAndASplitPassesThatOn() {
        read(4);
        access(Op.WRITE, 6, 42L);
        machine.apply(new Command.Protect(1, 4 * PAGE, PAGE, Protection.READ));
        assertThat(isHuge(5)).isFalse();
        for (PageView page : machine.inspect().pages(1, 4, 8)) {
            assertThat(page.dirty()).isTrue();
        }
        assertThat(read(6).value()).isEqualTo(42);
        Laws.check(machine);
    }

    @Test
    void aForkSplitsAndCopiesOnWrite() {
        access(Op.WRITE, 4, 7L);
        machine.apply(new Command.Fork(1));
        assertThat(isHuge(4)).isFalse();
        access(Op.WRITE, 4, 8L);
        AccessResult child =
                Specs.access(machine, 2, Op.READ, 4 * PAGE, 1, null).results().getFirst();
        assertThat(child.value()).isEqualTo(7);
        Laws.check(machine);
    }

    @Test
    void anEvictionTakesOnePageOfIt() {
        for (int page = 0; page < 16; page += 4) {
            access(Op.WRITE, page, (long) page + 1);
        }
        read(16);
        assertThat(counters().get(Counter.EVICTIONS)).isEqualTo(1);
        assertThat(isHuge(0)).isFalse();
        assertThat(isHuge(4)).isTrue();
        assertThat(read(0).value()).isEqualTo(1);
        Laws.check(machine);
    }

    @Test
    void withoutFourFramesSideBySideThePageIsSmall() {
        for (int page = 16; page < 29; page += 4) {
            read(page); // four huge pages are all frames
        }
        machine.apply(new Command.Unmap(1, 16 * PAGE, PAGE));
        read(0);
        assertThat(isHuge(0)).isFalse();
        assertThat(machine.inspect().pages(1, 1, 2).getFirst().valid()).isFalse();
    }

    @Test
    void itGoesOnAfterItWasSaved() {
        read(5);
        access(Op.WRITE, 6, 42L);
        Machine restored = Machine.restore(machine.spec(), machine.save());
        assertThat(restored.digest()).isEqualTo(machine.digest());
        assertThat(
                        Specs.access(restored, 1, Op.READ, 6 * PAGE, 1, null)
                                .results()
                                .getFirst()
                                .value())
                .isEqualTo(42);
        access(Op.READ, 6, null);
        assertThat(restored.digest()).isEqualTo(machine.digest());
        Laws.check(restored);
    }

    @Test
    void theKernelThatManagesTheTlbLoadsSmallEntries() {
        machine =
                make(
                        SpecValues.of(TlbSpec.ENTRIES, 4)
                                .with(TlbSpec.WAYS, 4)
                                .with(TlbSpec.TAGGED, true)
                                .with(TlbSpec.MANAGEMENT, TlbSpec.Management.SOFTWARE));
        fill();
        read(5);
        assertThat(read(5).tlb()).isEqualTo(AccessResult.TlbOutcome.HIT);
        assertThat(read(6).tlb()).isEqualTo(AccessResult.TlbOutcome.MISS);
        access(Op.WRITE, 6, 1L);
        Laws.check(machine);
    }
}
