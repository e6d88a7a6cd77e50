package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.QueueEntryView;
import dev.faultline.machine.protocol.QueueView;
import dev.faultline.machine.protocol.ReplacementView;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.testing.Seeds;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What holds for every policy while pages are pinned, let go and given back: a pinned page stays, a
 * frame is found if there is one, and the lists that are shown have each used frame once.
 */
class PolicyLawsTest {

    static Stream<SpecValues> policies() {
        return Stream.concat(
                Policies.names().stream().map(name -> SpecValues.of(PolicySpec.POLICY, name)),
                Policies.names().stream()
                        .filter(name -> !Policies.entry(name).is(PolicyEntry.Trait.GLOBAL))
                        .map(
                                name ->
                                        SpecValues.of(PolicySpec.POLICY, name)
                                                .with(Parameters.SCOPE, Parameters.Scope.LOCAL)
                                                .with(
                                                        Parameters.ALLOTMENT,
                                                        Parameters.Allotment.FIXED)));
    }

    @Seeds(value = 40, of = "policies")
    void hold(SpecValues policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int frames = 2 + random.nextInt(8);
        Machine machine = Specs.withProcess(RandomPolicies.withSeed(seed + 1, policy, frames));
        Map<Integer, List<Mapping>> pinned = new TreeMap<>();
        for (int step = 0; step < 200; step++) {
            int frame = random.nextInt(frames);
            long page = random.nextInt(2 * frames);
            if (random.nextInt(20) == 0) {
                machine.apply(Specs.tick(machine.spec(), 1));
            } else if (random.nextInt(4) > 0) {
                access(machine, random.nextInt(3) == 0, page);
            } else if (random.nextInt(3) == 0) {
                giveBack(machine, page);
                pinned.keySet().removeIf(each -> !frame(machine, each).used());
            } else if (pinned.remove(frame) != null) {
                machine.apply(new Command.Pin(frame, false));
            } else if (pinned.size() < frames - 1 && frame(machine, frame).used()) {
                machine.apply(new Command.Pin(frame, true));
                pinned.put(frame, frame(machine, frame).mappings());
            }
            for (int kept : pinned.keySet()) {
                FrameView view = frame(machine, kept);
                assertThat(view.pinned()).isTrue();
                assertThat(view.mappings()).isEqualTo(pinned.get(kept));
            }
            checkLists(machine);
        }
        Laws.check(machine);
        assertThat(machine.counters().get(Counter.SIGNALS)).isZero();
    }

    private static FrameView frame(Machine machine, int frame) {
        return machine.inspect().frames().frames(frame, frame + 1).getFirst();
    }

    private static void access(Machine machine, boolean write, long page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(write ? Op.WRITE : Op.READ, page * machine.spec().pageSize());
        Outcome outcome = machine.apply(new Command.Access(1, block, false));
        assertThat(((Outcome.Accessed) outcome).stopped()).isNull();
    }

    private static void giveBack(Machine machine, long page) {
        long size = machine.spec().pageSize();
        machine.apply(new Command.Advise(1, page * size, size, Command.Advice.DONTNEED));
    }

    /** LIRS shows its LIR pages in the stack only, LRU-K none of those that are in memory. */
    private static void checkLists(Machine machine) {
        ReplacementView view =
                machine.inspect().frames().replacement(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
        List<Integer> shown = new ArrayList<>(view.order());
        for (QueueView queue : view.queues()) {
            queue.entries().stream()
                    .map(QueueEntryView::frame)
                    .filter(
                            frame ->
                                    frame != null
                                            && !(queue.name().equals("HIR")
                                                    && shown.contains(frame)))
                    .forEach(shown::add);
        }
        List<Integer> used =
                IntStream.range(0, machine.spec().frames())
                        .filter(frame -> frame(machine, frame).used())
                        .boxed()
                        .toList();
        boolean showsAll = !view.order().isEmpty() || view.queues().size() > 1;
        if (showsAll || machine.spec().policy().equals("clock-pro")) {
            assertThat(shown).containsExactlyInAnyOrderElementsOf(used);
        }
    }
}
