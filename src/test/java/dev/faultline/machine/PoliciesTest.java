package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Every policy, inside the whole machine, against {@link PolicyOracle} on random strings. */
class PoliciesTest {

    static Stream<String> policies() {
        return Policies.names().stream()
                .flatMap(
                        name ->
                                Arrays.stream(Dialect.values())
                                        .map(dialect -> name + " " + dialect));
    }

    @Seeds(value = 100, of = "policies")
    void evictsWhatTheSlowOneEvicts(String policyAndDialect, long seed) {
        String policy = policyAndDialect.split(" ", -1)[0];
        Dialect dialect = Dialect.valueOf(policyAndDialect.split(" ", -1)[1]);
        SplittableRandom random = new SplittableRandom(seed);
        long frames = RandomPolicies.fewFrames(random);
        MachineSpec spec = RandomPolicies.spec(random, policy, dialect, frames);
        compare(spec, random, 20 + random.nextInt(280), 12);
    }

    static Stream<String> names() {
        return Policies.names().stream();
    }

    /** Shares of a hundredth of the frames, and lists that are long. */
    @Seeds(value = 3, of = "names")
    void evictsTheSameFromManyFrames(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long frames = 200L + random.nextInt(200);
        MachineSpec spec = RandomPolicies.spec(random, policy, Dialect.TEXTBOOK, frames);
        compare(spec, random, 3000, 100);
    }

    private static void compare(MachineSpec spec, SplittableRandom random, int length, int more) {
        long[] pages =
                RandomPolicies.pages(random, length, spec.frames() + 1 + random.nextInt(more));
        boolean[] writes = RandomPolicies.writes(random, length);
        List<Long> expected =
                PolicyOracle.evictions(spec.replacement(), spec.frames(), pages, writes);
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
        assertThat(evicted).isEqualTo(expected);
        Laws.check(machine);
    }

    private static void runAsOne(
            Machine machine, long[] pages, boolean[] writes, List<Long> evicted) {
        AccessBlock block = new AccessBlock(machine.spec(), pages.length);
        for (int i = 0; i < pages.length; i++) {
            RandomPolicies.add(machine.spec(), block, pages[i], writes[i]);
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

    /** A student can read who leaves, and no two policies say the same. */
    @Test
    void eachSaysItsRule() {
        Set<String> rules = new HashSet<>();
        for (String policy : Policies.names()) {
            String rule =
                    new Machine(Specs.of(policy, 4)).inspect().frames().replacement(0, 0, 0).rule();
            assertThat(rule).as(policy).contains(" ");
            rules.add(rule);
        }
        assertThat(rules).hasSameSizeAs(Policies.names());
    }

    /** No policy has fewer faults than the one that knows the future. */
    @Seeds(100)
    void optimalIsNeverBeaten(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] pages = random.ints(200, 0, 12).toArray();
        int frames = 2 + random.nextInt(8);
        long best = faults("optimal", frames, pages);
        for (String policy : Policies.names()) {
            assertThat(faults(policy, frames, pages)).as("%s", policy).isGreaterThanOrEqualTo(best);
        }
    }

    /** What a request brings to know is also when the pages of an earlier one are used next. */
    @Test
    void optimalLooksAheadForPagesThatAreInMemoryAlready() {
        for (int gone = 0; gone < 3; gone++) {
            Machine machine = Specs.withProcess(Specs.of("optimal", 3));
            Specs.readPages(machine, 1, 0, 1, 2);
            int first = (gone + 1) % 3;
            int second = (gone + 2) % 3;
            Specs.readPages(machine, 1, 3, first, second, 3, first, second);
            assertThat(machine.counters().get(Counter.PAGE_FAULTS)).isEqualTo(4);
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
            RandomPolicies.add(machine.spec(), block, pages[i], writes[i]);
            machine.apply(new Command.Access(1, block, i % 2 == 0));
            note(machine, before, evicted);
        }
    }

    /**
     * PFF at a late fault gives up what was not referenced since the last late one, when bits were
     * cleared; a fault that comes early in between changes nothing.
     */
    @Test
    void pffForgetsOnlyAtLateFaults() {
        MachineSpec spec =
                MachineSpec.of(Specs.small("pff", 8, SpecValues.EMPTY, null, null), Specs.BOUNDS);
        assertThat(spec.replacement().get(Parameters.TAU)).isEqualTo(50);
        Machine machine = Specs.withProcess(spec);
        int[] late = new int[51];
        Arrays.fill(late, 2);
        Specs.readPages(machine, 1, 1, 2); // both early
        Specs.readPages(machine, 1, late);
        Specs.readPages(machine, 1, 3); // late: bits are cleared, nothing was unreferenced
        Specs.readPages(machine, 1, 2, 4); // 2 is referenced, 4 an early fault
        Arrays.fill(late, 4);
        Specs.readPages(machine, 1, late);
        Specs.readPages(machine, 1, 5); // late: 1 goes, 2 was referenced since the last late fault
        assertThat(machine.inspect().allocatedPages(1, 0, 99))
                .filteredOn(PageView::valid)
                .extracting(PageView::page)
                .containsExactly(2L, 3L, 4L, 5L);
    }
}
