package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.oracle.replacement.Paper;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Objects;
import java.util.SplittableRandom;

/** LIRS without a bound on what it remembers: it takes the host's memory as it needs it. */
class UnboundedLirsTest {

    private static final int FRAMES = 4;

    private static MachineSpec spec(long remembered) {
        return RandomPolicies.withSeed(1, Specs.remembering("lirs", remembered), FRAMES);
    }

    /** The bytes follow what is remembered, and a restored machine counts the same. */
    @Test
    void countsWhatItTakesOfTheHost() {
        MachineSpec spec = spec(Parameters.UNBOUNDED);
        Machine machine = Specs.withProcess(spec);
        long empty = machine.hostBytes();
        Machine bounded = Specs.withProcess(spec(200));
        long boundedEmpty = bounded.hostBytes();
        for (int page = 0; page < 1000; page++) {
            Specs.readPages(machine, 1, page);
            Specs.readPages(bounded, 1, page);
        }
        assertThat(gone(machine)).isEqualTo(1000 - FRAMES);
        assertThat(gone(bounded)).isEqualTo(2 * FRAMES);
        long tables = bounded.hostBytes() - boundedEmpty;
        assertThat(machine.hostBytes() - empty - tables).isBetween(40L * 996, 300L * 996);
        Machine restored = Machine.restore(spec, machine.save());
        assertThat(restored.hostBytes()).isEqualTo(machine.hostBytes());
        assertThat(restored.digest()).isEqualTo(machine.digest());
    }

    /** Saved and restored often while it grows, it goes on as the slow one. */
    @Seeds(1)
    void goesOnWhereItWasWhileItGrows(long seed) {
        MachineSpec spec = spec(Parameters.UNBOUNDED);
        SplittableRandom random = new SplittableRandom(seed);
        Paper paper = PolicyOracle.paper(spec.replacement(), FRAMES);
        Machine machine = Specs.withProcess(spec);
        long faults = 0;
        for (int step = 0; step < 2000; step++) {
            int page = random.nextInt(random.nextBoolean() ? 6 : 600);
            long before = machine.counters().get(Counter.PAGE_FAULTS);
            faults += paper.access(page).size();
            Specs.readPages(machine, 1, page);
            if (step >= FRAMES) {
                assertThat(machine.counters().get(Counter.PAGE_FAULTS) - before).isLessThan(2);
            }
            if (step % 100 == 99) {
                machine = Machine.restore(spec, machine.save());
                assertThat(gone(machine))
                        .as("step %d", step)
                        .isEqualTo(Objects.requireNonNull(paper.lists().get("gone")).size());
            }
        }
        assertThat(machine.counters().get(Counter.EVICTIONS)).isEqualTo(faults);
    }

    private static int gone(Machine machine) {
        return machine.inspect().frames().replacement(0, 1, 0).queues().getLast().size();
    }
}
