package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

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

    /** A disk that takes 2^60 ticks a page brings the clock to its end. */
    private static Machine atTheEndOfItsClock() throws ReflectiveOperationException {
        long ages = 1L << 60;
        MachineSpec slow =
                withCosts(
                        MachineSpec.of(
                                Specs.small("lru", 2, SpecValues.EMPTY, null, null), Specs.BOUNDS),
                        new Costs(1, 0, 0, 0, 0, ages, ages, ages, ages, 0, 0, 0, 0, 0, 0, 0));
        Machine machine = Specs.withProcess(slow);
        for (int i = 0; i < 40; i++) {
            Specs.access(machine, 1, Op.WRITE, i % 5 * slow.pageSize(), 1, null);
        }
        return machine;
    }

    /** No spec that is checked has such costs; it would only take longer. */
    private static MachineSpec withCosts(MachineSpec spec, Costs costs)
            throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : MachineSpec.class.getRecordComponents()) {
            types.add(component.getType());
            boolean replaced = component.getType() == Costs.class;
            values.add(replaced ? costs : component.getAccessor().invoke(spec));
        }
        return MachineSpec.class
                .getDeclaredConstructor(types.toArray(Class<?>[]::new))
                .newInstance(values.toArray());
    }

    private static void assertNoneIsNegative(Machine machine) {
        for (Counter counter : Counter.values()) {
            assertThat(machine.counters().get(counter)).as("%s", counter).isNotNegative();
        }
        assertThat(machine.counters().get(Counter.TICKS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noCountOfAMachineFallsAtTheEndOfItsClock() throws ReflectiveOperationException {
        Machine machine = atTheEndOfItsClock();
        assertThat(machine.counters().get(Counter.ACCESSES)).isEqualTo(40);
        assertNoneIsNegative(machine);
    }

    @Test
    @Timeout(60)
    void programsStillRunAtTheEndOfTheClock() throws ReflectiveOperationException {
        Machine machine = atTheEndOfItsClock();
        AccessBlock block = new AccessBlock(machine.spec(), 40);
        for (int i = 0; i < 40; i++) {
            block.add(Op.WRITE, i % 5 * machine.spec().pageSize());
        }
        machine.apply(new Command.GiveProgram(1, RecordedProgram.of(block), 3));
        Outcome.Ran ran = (Outcome.Ran) machine.apply(new Command.Run(null, null, null, 0));
        assertThat(ran.finished()).containsExactly(1);
        assertThat(machine.counters().get(Counter.ACCESSES)).isEqualTo(80);
        assertNoneIsNegative(machine);
    }
}
