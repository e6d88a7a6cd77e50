package dev.faultline.machine.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.testing.Saved;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Does a TLB hold the entries it was given, and give them up when it is told to? */
class TlbTest {

    private static final int ASID = 1;
    private static final int OTHER = 2;

    private static Tlb tlb(int entries, int ways, TlbSpec.Replacement replacement) {
        return new Tlb(TlbSpec.of(entries, ways, replacement, true), 1);
    }

    private static Tlb filled(TlbSpec.Replacement replacement, long... pages) {
        Tlb tlb = tlb(4, 4, replacement);
        for (long page : pages) {
            fill(tlb, ASID, page);
        }
        return tlb;
    }

    private static void fill(Tlb tlb, int asid, long page) {
        tlb.fill(asid, page, Pte.resident((int) (10 * page), Pte.READ | Pte.COW));
    }

    private static boolean has(Tlb tlb, int asid, long page) {
        return tlb.find(asid, page) != Tlb.MISS;
    }

    @Test
    void doesAnEntryKeepTheFrameAndOnlyTheHardwaresBits() {
        Tlb tlb = filled(TlbSpec.Replacement.LRU, 7);
        long entry = tlb.entry(tlb.find(ASID, 7));
        assertThat(Pte.frame(entry)).isEqualTo(70);
        assertThat(Pte.allows(entry, Op.READ)).isTrue();
        assertThat(Pte.isCow(entry)).isFalse();
    }

    @Test
    void isAPageOfAnotherAddressSpaceAMiss() {
        Tlb tlb = filled(TlbSpec.Replacement.LRU, 7);
        assertThat(has(tlb, OTHER, 7)).isFalse();
        fill(tlb, OTHER, 7);
        assertThat(has(tlb, ASID, 7)).isTrue();
        assertThat(has(tlb, OTHER, 7)).isTrue();
        assertThat(tlb.used()).isEqualTo(2);
    }

    /** Three sets are no power of two: the set is the remainder all the same. */
    @ParameterizedTest
    @CsvSource({"4, 1, 6, 2", "4, 2, 7, 1", "4, 4, 7, 0", "6, 2, 8, 2"})
    void isTheSetThePageNumberModuloTheSets(int entries, int ways, long page, int set) {
        Tlb tlb = tlb(entries, ways, TlbSpec.Replacement.LRU);
        fill(tlb, ASID, page);
        assertThat(tlb.set(page)).isEqualTo(set);
        assertThat(tlb.find(ASID, page)).isEqualTo(set * ways);
    }

    @Test
    void doesTheOneUsedLongestAgoLeaveByLru() {
        Tlb tlb = filled(TlbSpec.Replacement.LRU, 1, 2, 3, 4);
        tlb.touch(tlb.find(ASID, 1));
        fill(tlb, ASID, 5);
        assertThat(has(tlb, ASID, 1)).isTrue();
        assertThat(has(tlb, ASID, 2)).isFalse();
    }

    @Test
    void doesTheOneFilledLongestAgoLeaveByFifoThoughItWasUsed() {
        Tlb tlb = filled(TlbSpec.Replacement.FIFO, 1, 2, 3, 4);
        tlb.touch(tlb.find(ASID, 1));
        fill(tlb, ASID, 5);
        assertThat(has(tlb, ASID, 1)).isFalse();
        assertThat(has(tlb, ASID, 2)).isTrue();
    }

    @Test
    void isAnEmptyWayTakenBeforeAnythingLeaves() {
        Tlb tlb = filled(TlbSpec.Replacement.LRU, 1, 2, 3, 4);
        tlb.invalidate(ASID, 3);
        fill(tlb, ASID, 5);
        assertThat(tlb.used()).isEqualTo(4);
        assertThat(has(tlb, ASID, 1)).isTrue();
        assertThat(has(tlb, ASID, 3)).isFalse();
    }

    @Test
    void doesAFlushSpareOtherAddressSpaces() {
        Tlb tlb = filled(TlbSpec.Replacement.LRU, 1, 2);
        fill(tlb, OTHER, 1);
        tlb.flush(ASID);
        assertThat(has(tlb, ASID, 1)).isFalse();
        assertThat(has(tlb, OTHER, 1)).isTrue();
        fill(tlb, ASID, 2);
        tlb.flushOthers(ASID);
        assertThat(has(tlb, OTHER, 1)).isFalse();
        assertThat(has(tlb, ASID, 2)).isTrue();
        tlb.flushAll();
        assertThat(tlb.used()).isZero();
    }

    @Test
    void doesAWriteNeedADirtyEntry() {
        long clean = Pte.resident(1, Pte.READ | Pte.WRITE);
        assertThat(Tlb.suffices(clean, Op.READ)).isTrue();
        assertThat(Tlb.suffices(clean, Op.WRITE)).isFalse();
        assertThat(Tlb.suffices(clean | Pte.DIRTY, Op.WRITE)).isTrue();
        assertThat(Tlb.suffices(clean | Pte.DIRTY, Op.EXECUTE)).isFalse();
    }

    @Test
    void doesATickNeverGoThrough() {
        long all = Pte.resident(1, Pte.READ | Pte.WRITE | Pte.EXECUTE | Pte.DIRTY);
        assertThat(Tlb.suffices(all, Op.TICK)).isFalse();
    }

    @Test
    void doesNoTlbHoldNothing() {
        Tlb none = new Tlb(TlbSpec.NONE, 1);
        fill(none, ASID, 1);
        assertThat(none.isPresent()).isFalse();
        assertThat(has(none, ASID, 1)).isFalse();
    }

    @Test
    void doesASavedTlbChooseTheSameVictims() {
        Tlb tlb = filled(TlbSpec.Replacement.RANDOM, 1, 2, 3, 4, 5);
        Tlb restored = tlb(4, 4, TlbSpec.Replacement.RANDOM);
        restored.load(Saved.by(tlb::save));
        for (long page = 6; page < 60; page++) {
            fill(tlb, ASID, page);
            fill(restored, ASID, page);
            assertThat(restored.find(ASID, page)).isEqualTo(tlb.find(ASID, page));
        }
    }
}
