package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.replacement.Policies;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Every policy passes over the frames that are pinned, and finds another if there is one. */
class PinsTest {

    static Stream<String> policies() {
        return Policies.names().stream();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aPinnedPageStays(String policy) {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int frames = 2 + random.nextInt(8);
            Machine machine =
                    Specs.withProcess(RandomPolicies.spec(random, policy, "textbook", frames));
            Set<Integer> pinned = new TreeSet<>();
            for (int step = 0; step < 200; step++) {
                int frame = random.nextInt(frames);
                if (random.nextInt(4) > 0) {
                    access(machine, random.nextInt(3) == 0, random.nextInt(2 * frames));
                } else if (pinned.remove(frame)) {
                    machine.apply(new Command.Pin(frame, false));
                } else if (pinned.size() < frames - 1 && frame(machine, frame).used()) {
                    machine.apply(new Command.Pin(frame, true));
                    pinned.add(frame);
                }
                for (int kept : pinned) {
                    assertThat(frame(machine, kept).pinned()).as("seed %d", seed).isTrue();
                }
                Laws.check(machine);
            }
            assertThat(machine.counters().get(Counter.SIGNALS)).as("seed %d", seed).isZero();
        }
    }

    private static Inspector.FrameView frame(Machine machine, int frame) {
        return machine.inspect().frames(frame, frame + 1).getFirst();
    }

    private static void access(Machine machine, boolean write, long page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(write ? Op.WRITE : Op.READ, page * machine.spec().pageSize());
        Outcome outcome = machine.apply(new Command.Access(1, block, false));
        assertThat(((Outcome.Accessed) outcome).stopped()).isNull();
    }
}
