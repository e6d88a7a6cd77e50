package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Counts only grow, and stay at the end of their range. */
class CountersTest {

    private static Counters ticks(long amount) {
        Counters counters = new Counters();
        counters.add(Counter.TICKS, amount);
        return counters;
    }

    @Test
    void aCountStaysAtTheEndOfItsRange() {
        Counters counters = ticks(Long.MAX_VALUE - 1);
        counters.add(Counter.TICKS, 1);
        assertThat(counters.get(Counter.TICKS)).isEqualTo(Long.MAX_VALUE);
        counters.add(Counter.TICKS, 1_000_000);
        assertThat(counters.get(Counter.TICKS)).isEqualTo(Long.MAX_VALUE);
        assertThat(counters.plus(counters).get(Counter.TICKS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatHasFallenHasNotGrown() {
        Counters earlier = ticks(7);
        earlier.add(Counter.READS, 2);
        Counters later = ticks(5);
        later.add(Counter.READS, 3);
        Counters growth = later.growthSince(earlier);
        assertThat(growth.get(Counter.TICKS)).isZero();
        assertThat(growth.get(Counter.READS)).isEqualTo(1);
    }

    /** A machine whose disk takes 10^12 ticks a page comes to the end of its clock, and goes on. */
    @Test
    void aMachineOutlivesItsClock() {
        MachineSpec spec = Specs.of("clock", 1);
        Machine machine = Specs.withProcess(spec);
        machine.parts(); // its clock is set as if it had been running for long
        assertThat(machine.counters().get(Counter.TICKS)).isZero();
    }
}
