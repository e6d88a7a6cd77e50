package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Objects;
import java.util.Random;

/**
 * Row P10, "not if always keep one page frame free": as many pages as there are slots and frames
 * but one can be used in any order, and none is lost.
 */
class ExchangeTest {

    private static final int SEEDS = 100;
    private static final int STEPS = 300;

    @ParameterizedTest
    @ValueSource(strings = {"fifo", "lru", "clock"})
    void noPageIsLostWhenEverySlotIsTaken(String policy) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            int frames = 2 + random.nextInt(4);
            int slots = 1 + random.nextInt(4);
            int pages = frames - 1 + slots;
            Machine machine = Specs.withProcess(spec(policy, frames, slots));
            long[] model = new long[pages];
            for (int page = 0; page < pages; page++) {
                model[page] = 1L + page;
                access(machine, Op.WRITE, page, model[page]);
            }
            for (int step = 0; step < STEPS; step++) {
                int page = random.nextInt(pages);
                if (random.nextInt(4) == 0) {
                    model[page] = 1L + random.nextInt(255);
                    access(machine, Op.WRITE, page, model[page]);
                } else {
                    assertThat(access(machine, Op.READ, page, 0))
                            .as("seed %d, step %d, page %d", seed, step, page)
                            .isEqualTo(model[page]);
                }
                assertThat(machine.parts().frames().freeCount()).isPositive();
                Laws.check(machine);
            }
        }
    }

    private static long access(Machine machine, int op, int page, long value) {
        Long stored = op == Op.WRITE ? value : null;
        Outcome.Accessed accessed =
                Specs.access(machine, 1, op, page * machine.spec().pageSize(), 1, stored);
        assertThat(accessed.stopped()).isNull();
        return Objects.requireNonNull(accessed.results().getFirst().value());
    }

    private static MachineSpec spec(String policy, int frames, int slots) {
        return new SpecDraft(
                        1L,
                        64L,
                        (long) frames,
                        11L,
                        TranslationDraft.of(Translation.Kind.LINEAR),
                        new TlbDraft(4L, 2L, null, true),
                        policy,
                        new SwapDraft(
                                (long) slots, null, null, null, true, SwapSpec.OutOfMemory.SIGNAL),
                        Costs.DEFAULT,
                        Limits.DEFAULT)
                .resolve(Specs.BOUNDS);
    }
}
