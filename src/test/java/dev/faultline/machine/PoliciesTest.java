package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.replacement.Policies;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Every policy, inside the whole machine, against {@link SlowPolicies} on random strings. */
class PoliciesTest {

    private static final int STRINGS = 100;

    static Stream<String> policies() {
        return Policies.names().stream()
                .flatMap(name -> PolicySpec.DIALECTS.stream().map(dialect -> name + " " + dialect));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void evictsWhatTheSlowOneEvicts(String policyAndDialect) {
        String policy = policyAndDialect.split(" ", -1)[0];
        String dialect = policyAndDialect.split(" ", -1)[1];
        for (int seed = 0; seed < STRINGS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MachineSpec spec = spec(random, policy, dialect);
            int length = 20 + random.nextInt(280);
            long[] pages = new long[length];
            boolean[] writes = new boolean[length];
            int range = spec.frames() + 1 + random.nextInt(12);
            for (int i = 0; i < length; i++) {
                boolean near = i > 0 && random.nextInt(3) == 0;
                pages[i] =
                        near
                                ? pages[i - 1 - random.nextInt(Math.min(i, 4))]
                                : random.nextInt(range);
                writes[i] = random.nextInt(3) == 0;
            }
            List<Long> expected =
                    SlowPolicies.evictions(spec.replacement(), spec.frames(), pages, writes);
            Machine machine = Specs.withProcess(spec);
            List<Long> evicted = new ArrayList<>();
            if (spec.replacement().needsFuture()) {
                runAsOne(machine, pages, writes, evicted);
            } else {
                int half = length / 2;
                run(machine, pages, writes, 0, half, evicted);
                machine = Machine.restore(spec, machine.save());
                run(machine, pages, writes, half, length, evicted);
            }
            assertThat(evicted).as("seed %d", seed).isEqualTo(expected);
            Laws.check(machine);
        }
    }

    private static MachineSpec spec(SplittableRandom random, String policy, String dialect) {
        List<Integer> numbers = random.ints(7, 0, 1000).boxed().toList();
        long frames = 2L + random.nextInt(random.nextInt(4) == 0 ? 30 : 7);
        PolicyDraft draft =
                new PolicyDraft(
                        policy,
                        dialect,
                        null,
                        null,
                        random.nextBoolean() ? null : random.nextBoolean(),
                        random.nextBoolean() ? null : (long) random.nextInt((int) frames),
                        random.nextBoolean() ? null : random.nextBoolean(),
                        random.nextBoolean() ? null : PolicyDraft.Ties.values()[random.nextInt(3)],
                        random.nextBoolean() ? null : 1L + random.nextInt(40),
                        random.nextBoolean() ? null : 1L + random.nextInt(30),
                        random.nextBoolean() ? null : 1L + random.nextInt(32),
                        random.nextBoolean() ? null : 1L + random.nextInt(4),
                        random.nextBoolean() ? null : (long) random.nextInt(5),
                        random.nextBoolean() ? null : (long) random.nextInt(60),
                        random.nextBoolean() ? null : 1L + random.nextInt(300),
                        random.nextBoolean() ? null : 1L + random.nextInt(100),
                        random.nextBoolean() ? null : random.nextBoolean(),
                        null,
                        null,
                        null,
                        numbers);
        return new SpecDraft(
                        1L,
                        64L,
                        frames,
                        12L,
                        TranslationDraft.of(Translation.Kind.LINEAR),
                        new TlbDraft(2L * random.nextInt(4), null, null, true),
                        draft,
                        SwapDraft.of(64),
                        Costs.DEFAULT,
                        Limits.DEFAULT,
                        null,
                        null)
                .resolve(Specs.BOUNDS);
    }

    private static void runAsOne(
            Machine machine, long[] pages, boolean[] writes, List<Long> evicted) {
        AccessBlock block = new AccessBlock(machine.spec(), pages.length);
        for (int i = 0; i < pages.length; i++) {
            block.add(writes[i] ? Op.WRITE : Op.READ, pages[i] * machine.spec().pageSize());
        }
        machine.apply(new Command.Access(1, block, false));
        note(machine, 0, evicted);
    }

    private static void note(Machine machine, long before, List<Long> evicted) {
        for (long seq = before + 1; seq <= machine.lastEvent(); seq++) {
            Event event = machine.event(seq);
            Long address = event.address();
            if (event.kind() == Event.Kind.UNMAP && address != null) {
                evicted.add(address / machine.spec().pageSize());
            }
        }
    }

    /** No policy has fewer faults than the one that knows the future. */
    @Test
    void optimalIsNeverBeaten() {
        for (int seed = 0; seed < STRINGS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] pages = random.ints(200, 0, 12).toArray();
            int frames = 2 + random.nextInt(8);
            long best = faults("optimal", frames, pages);
            for (String policy : Policies.names()) {
                assertThat(faults(policy, frames, pages))
                        .as("seed %d %s", seed, policy)
                        .isGreaterThanOrEqualTo(best);
            }
        }
    }

    private static long faults(String policy, int frames, int[] pages) {
        Machine machine = Specs.withProcess(Specs.of(policy, frames));
        Specs.readPages(machine, 1, pages);
        return machine.counters().get(Counter.PAGE_FAULTS);
    }

    /** Explained accesses and a plain block by turns, for both run the same engine. */
    private static void run(
            Machine machine, long[] pages, boolean[] writes, int from, int to, List<Long> evicted) {
        for (int i = from; i < to; i++) {
            long before = machine.lastEvent();
            AccessBlock block = new AccessBlock(machine.spec(), 1);
            block.add(writes[i] ? Op.WRITE : Op.READ, pages[i] * machine.spec().pageSize());
            machine.apply(new Command.Access(1, block, i % 2 == 0));
            note(machine, before, evicted);
        }
    }
}
