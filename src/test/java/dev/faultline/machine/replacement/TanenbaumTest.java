package dev.faultline.machine.replacement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.spec.PolicySpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

/** Worked examples of Tanenbaum, "Modern Operating Systems", chapter 3. */
class TanenbaumTest {

    /** Frames whose bits are as the book has them. */
    private static final class Bits implements Frames {

        final boolean[] referenced;
        final boolean[] dirty;
        long now = 1;
        boolean mayLeave = true;

        Bits(String referenced, String dirty) {
            this.referenced = bits(referenced);
            this.dirty = bits(dirty);
        }

        static boolean[] bits(String text) {
            boolean[] bits = new boolean[text.length()];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = text.charAt(i) == '1';
            }
            return bits;
        }

        @Override
        public boolean referenced(int frame) {
            return referenced[frame];
        }

        @Override
        public boolean dirty(int frame) {
            return dirty[frame];
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public int owner(int frame) {
            return 1;
        }

        @Override
        public long time(int owner) {
            return 1;
        }

        @Override
        public int share(int owner) {
            return referenced.length;
        }

        @Override
        public void clearReferenced(int frame) {
            referenced[frame] = false;
        }

        @Override
        public boolean evictable(int frame) {
            return mayLeave;
        }
    }

    /**
     * The exercise of four pages: loaded at 126, 230, 140 and 110, used last at 280, 265, 270 and
     * 285, R and M being 10, 01, 00 and 11. The answers are 2, 3, 1 and 2.
     */
    @ParameterizedTest
    @CsvSource({"nru,2", "fifo,3", "lru,1", "second-chance,2"})
    void theExerciseOfFourPages(String name, int victim) {
        ReplacementPolicy policy = Policies.make(name, 4, PolicySpec.of(name));
        for (int page : new int[] {3, 0, 2, 1}) {
            policy.onLoad(page);
        }
        for (int page : new int[] {1, 2, 0, 3}) {
            policy.onAccess(page);
        }
        assertThat(policy.victim(new Bits("1001", "0101"))).isEqualTo(victim);
    }

    /** The figure of aging: six pages, five ticks, and the counters after each. */
    @Test
    void theFigureOfAging() {
        Aging aging = new Aging(6, PolicySpec.of("aging"));
        for (int page = 0; page < 6; page++) {
            aging.onLoad(page);
        }
        String[] ticks = {"101011", "110010", "110101", "100010", "011000"};
        int victim = ReplacementPolicy.NONE;
        for (String tick : ticks) {
            victim = aging.victim(new Bits(tick, "000000"));
        }
        long[] ages = new long[6];
        Arrays.setAll(ages, aging::remembered);
        assertThat(ages)
                .containsExactly(
                        0b01111000, 0b10110000, 0b10001000, 0b00100000, 0b01011000, 0b00101000);
        assertThat(victim).isEqualTo(3);
    }

    /**
     * The exercise of WSClock: tau is two ticks, four pages were used last at ticks 6, 9, 9 and 7,
     * R and M are 01, 10, 11 and 00, and a fault at tick 10 takes the last. A tick is as many
     * instructions as make tau what it is by default.
     */
    @Test
    void theExerciseOfWsClock() {
        PolicySpec spec = PolicySpec.of("wsclock");
        long tick = spec.get(Parameters.TAU) / 2;
        WsClock policy = new WsClock(4, spec);
        for (int page = 0; page < 4; page++) {
            policy.onLoad(page);
        }
        Bits[] earlier = {
            new Bits("1000", "0000"), new Bits("0001", "0000"), new Bits("0110", "0000")
        };
        long[] ticks = {6, 7, 9};
        for (int i = 0; i < earlier.length; i++) {
            earlier[i].now = ticks[i] * tick;
            earlier[i].mayLeave = false; // the hand looks at all and stays where it is
            assertThat(policy.victim(earlier[i])).isEqualTo(ReplacementPolicy.NONE);
        }
        Bits fault = new Bits("0110", "1010");
        fault.now = 10 * tick;
        assertThat(policy.victim(fault)).isEqualTo(3);
    }
}
