package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;

/**
 * The two-pool experiment of O'Neil, O'Neil and Weikum, "The LRU-K page replacement algorithm for
 * database disk buffering", SIGMOD 1993, table 4.1: references go by turns to one of 100 pages and
 * to one of 10,000. The table gives the hit ratios to two or three digits.
 */
@Tag("slow")
class TwoPoolTest {

    private static final int SMALL = 100;
    private static final int LARGE = 10_000;

    @ParameterizedTest(name = "{1} frames, K = {0}")
    @CsvSource({
        "1, 60, 0.14", "2, 60, 0.291", "3, 60, 0.300",
        "1, 80, 0.18", "2, 80, 0.382", "3, 80, 0.400",
        "1, 100, 0.22", "2, 100, 0.459", "3, 100, 0.495",
        "1, 120, 0.26", "2, 120, 0.496", "3, 120, 0.501"
    })
    void hitRatiosAreThoseOfTheTable(long k, long frames, double ratio) {
        SpecValues policy =
                SpecValues.of(Parameters.POLICY, "lru-k")
                        .with(Parameters.K, k)
                        .with(Parameters.REMEMBERED, 2000);
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 4096)
                                .with(MachineSpec.FRAMES, frames)
                                .with(MachineSpec.ADDRESS_BITS, 26)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .withNo(TlbSpec.SECTION)
                                .with(policy)
                                .with(SwapSpec.SLOTS, 0),
                        Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        SplittableRandom random = new SplittableRandom(1993);
        run(machine, random, 20_000); // to a full memory and a known past
        long before = machine.counters().get(Counter.PAGE_FAULTS);
        int references = 200_000;
        run(machine, random, references);
        double faults = machine.counters().get(Counter.PAGE_FAULTS) - before;
        assertThat(1 - faults / references).isCloseTo(ratio, within(0.01));
    }

    private static void run(Machine machine, SplittableRandom random, int references) {
        int[] pages = new int[references];
        for (int i = 0; i < references; i++) {
            pages[i] = i % 2 == 0 ? random.nextInt(SMALL) : SMALL + random.nextInt(LARGE);
        }
        Specs.readPages(machine, 1, pages);
    }
}
