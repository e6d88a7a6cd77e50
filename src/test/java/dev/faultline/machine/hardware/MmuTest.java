package dev.faultline.machine.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.Specs;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What does the hardware do with an access, by the entries of a table and nothing else? */
class MmuTest {

    private static final int FRAMES = 16;
    private static final long PAGE = 4096;
    private static final int ASID = 1;
    private static final long ALL = Pte.READ | Pte.WRITE | Pte.EXECUTE;

    /** An MMU with two-level tables and a TLB of 4 entries, and what it marks. */
    private static final class Hardware {

        final MachineSpec spec;
        final HostBudget budget = new HostBudget(1 << 20);
        final FrameMarks marks = new FrameMarks(FRAMES);
        final PageTable table;
        final Mmu mmu;

        Hardware(SpecValues more) {
            SpecValues tlb =
                    SpecValues.of(TlbSpec.ENTRIES, 4).with(TlbSpec.TAGGED, true).with(more);
            spec = Specs.of("lru", FRAMES, tlb, 0, List.of(10, 10));
            table = newTable();
            mmu = new Mmu(new Tlbs(spec), marks, spec, table);
            mmu.use(table, ASID);
        }

        PageTable newTable() {
            return new LinearPageTable(spec.vpnBits(), budget);
        }

        void map(long page, int frame, long permissions) {
            assertThat(table.prepare(page)).isTrue();
            table.set(page, Pte.resident(frame, permissions));
        }

        int access(long page, int op) {
            return mmu.access(page * PAGE + 8, 4, op);
        }
    }

    private static Hardware hardware() {
        return new Hardware(SpecValues.EMPTY);
    }

    @Test
    void isAPageWithoutAnEntryAPageFault() {
        Hardware hardware = hardware();
        assertThat(hardware.access(5, Op.READ)).isEqualTo(Mmu.PAGE_FAULT);
        assertThat(hardware.mmu.takeMisses()).isEqualTo(1);
        assertThat(hardware.mmu.takeWalkReferences()).isEqualTo(1);
    }

    @Test
    void isAPageInASlotAPageFaultToo() {
        Hardware hardware = hardware();
        assertThat(hardware.table.prepare(5)).isTrue();
        hardware.table.set(5, Pte.swapped(3));
        assertThat(hardware.access(5, Op.READ)).isEqualTo(Mmu.PAGE_FAULT);
        assertThat(hardware.table.get(5)).isEqualTo(Pte.swapped(3));
    }

    @Test
    void isAnAccessThatAnEntryDoesNotAllowAProtectionFaultAndLeavesNoMark() {
        Hardware hardware = hardware();
        hardware.map(5, 2, Pte.READ);
        assertThat(hardware.access(5, Op.WRITE)).isEqualTo(Mmu.PROTECTION_FAULT);
        assertThat(hardware.access(5, Op.EXECUTE)).isEqualTo(Mmu.PROTECTION_FAULT);
        assertThat(hardware.table.get(5)).isEqualTo(Pte.resident(2, Pte.READ));
        assertThat(hardware.marks.of(2, Pte.ACCESSED)).isEqualTo(FrameMarks.UNKNOWN);
    }

    @Test
    void doesAWalkSetTheAccessedBitAndLoadTheEntry() {
        Hardware hardware = hardware();
        hardware.map(5, 2, ALL);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(2);
        assertThat(hardware.table.get(5)).isEqualTo(Pte.resident(2, ALL | Pte.ACCESSED));
        assertThat(hardware.marks.of(2, Pte.ACCESSED)).isEqualTo(FrameMarks.SET);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(2);
        assertThat(hardware.mmu.takeMisses()).isEqualTo(1);
        assertThat(hardware.mmu.takeMisses()).isZero();
    }

    @Test
    void isTheFirstWriteTold() {
        Hardware hardware = hardware();
        hardware.map(5, 2, ALL);
        hardware.map(6, 3, ALL);
        assertThat(hardware.access(5, Op.WRITE)).isEqualTo(2 | Mmu.FIRST_WRITE);
        assertThat(hardware.access(5, Op.WRITE)).isEqualTo(2);
        assertThat(hardware.access(6, Op.READ)).isEqualTo(3);
        assertThat(hardware.access(6, Op.WRITE)).isEqualTo(3 | Mmu.FIRST_WRITE);
        assertThat(hardware.access(6, Op.WRITE)).isEqualTo(3);
        assertThat(Pte.isDirty(hardware.table.get(6))).isTrue();
        assertThat(hardware.marks.of(3, Pte.DIRTY)).isEqualTo(FrameMarks.SET);
        assertThat(hardware.mmu.takeMisses()).isEqualTo(2);
    }

    /** As a processor whose copy nobody dropped: the stale entry answers until it must walk. */
    @Test
    void doesAFirstWriteThroughAStaleEntryWalk() {
        Hardware hardware = hardware();
        hardware.map(5, 2, ALL);
        hardware.access(5, Op.READ);
        hardware.table.set(5, Pte.resident(7, ALL));
        assertThat(hardware.access(5, Op.READ)).isEqualTo(2);
        assertThat(hardware.access(5, Op.WRITE)).isEqualTo(7 | Mmu.FIRST_WRITE);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(7);
    }

    @Test
    void isTheLookUpOfARerunNotCounted() {
        Hardware hardware = hardware();
        assertThat(hardware.access(5, Op.READ)).isEqualTo(Mmu.PAGE_FAULT);
        hardware.map(5, 2, ALL);
        assertThat(hardware.mmu.rerun(5 * PAGE, 1, Op.READ, Mmu.PAGE_FAULT)).isEqualTo(2);
        assertThat(hardware.mmu.takeMisses()).isEqualTo(1);
        assertThat(hardware.mmu.takeWalkReferences()).isEqualTo(2);
    }

    @Test
    void doesAnotherTableAnswerAfterASwitch() {
        Hardware hardware = hardware();
        hardware.map(5, 2, ALL);
        hardware.access(5, Op.READ);
        hardware.mmu.use(hardware.newTable(), ASID + 1);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(Mmu.PAGE_FAULT);
        hardware.mmu.use(hardware.table, ASID);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(2);
        assertThat(hardware.mmu.takeMisses()).isEqualTo(2);
    }

    @Test
    void doesARunOfHitsEndBeforeWhatNeedsTheTable() {
        Hardware hardware = hardware();
        hardware.map(5, 2, ALL);
        hardware.map(6, 3, ALL);
        hardware.access(5, Op.READ);
        hardware.access(6, Op.WRITE);
        AccessBlock block = new AccessBlock(hardware.spec, 4);
        block.add(Op.READ, 5 * PAGE);
        block.add(Op.WRITE, 6 * PAGE);
        block.add(Op.WRITE, 5 * PAGE);
        block.add(Op.READ, 6 * PAGE);
        int[] frames = new int[4];
        assertThat(hardware.mmu.hitsEnd(block, 0, 4)).isEqualTo(2);
        assertThat(hardware.mmu.runHits(block, 0, 4, frames)).isEqualTo(2);
        assertThat(frames).startsWith(2, 3);
        assertThat(Pte.isDirty(hardware.table.get(5))).isFalse();
    }

    @Test
    void doesTheKernelLoadTheEntriesOfATlbThatItManages() {
        Hardware hardware =
                new Hardware(SpecValues.of(TlbSpec.MANAGEMENT, TlbSpec.Management.SOFTWARE));
        hardware.map(5, 2, ALL);
        assertThat(hardware.access(5, Op.READ)).isEqualTo(Mmu.TLB_MISS);
        assertThat(hardware.mmu.takeWalkReferences()).isZero();
    }

    @Test
    void isAPageFoundInTheSecondLevelLoadedIntoTheFirst() {
        Hardware hardware =
                new Hardware(
                        Specs.behind(
                                SpecValues.of(TlbSpec.ENTRIES, 16)
                                        .with(TlbSpec.WAYS, 16)
                                        .with(TlbSpec.REPLACEMENT, TlbSpec.Replacement.LRU)));
        for (int page = 0; page < 5; page++) {
            hardware.map(page, page, ALL);
            hardware.access(page, Op.READ);
        }
        assertThat(hardware.mmu.takeMisses()).isEqualTo(5);
        assertThat(hardware.access(0, Op.READ)).isZero();
        assertThat(hardware.access(0, Op.READ)).isZero();
        assertThat(hardware.mmu.takeMisses()).isZero();
        assertThat(hardware.mmu.takeSecondHits()).isEqualTo(1);
    }
}
