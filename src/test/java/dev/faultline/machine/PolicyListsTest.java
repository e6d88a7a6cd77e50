package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.QueueView;
import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.oracle.replacement.Paper;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * The lists that policies show, after every access: page by page those of the paper's own steps,
 * and no longer than the paper allows.
 */
class PolicyListsTest {

    @Seeds(
            value = 60,
            strings = {
                "2q",
                "arc",
                "car",
                "lirs",
                "clock-pro",
                "s3-fifo",
                "lru-k",
                "two-list",
                "mglru"
            })
    void areThoseOfThePaper(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int frames = (int) RandomPolicies.fewFrames(random);
        Dialect dialect = random.nextBoolean() ? Dialect.TEXTBOOK : Dialect.LINUX;
        MachineSpec spec = RandomPolicies.spec(random, policy, dialect, frames);
        Paper paper = PolicyOracle.paper(spec.replacement(), frames);
        Machine machine = Specs.withProcess(spec);
        int length = 20 + random.nextInt(200);
        int range = frames + 1 + random.nextInt(12);
        for (long page : RandomPolicies.pages(random, length, range)) {
            if (page == RandomPolicies.TICK) {
                paper.tick();
            } else {
                paper.access(page);
            }
            AccessBlock block = new AccessBlock(spec, 1);
            RandomPolicies.add(spec, block, page, false);
            machine.apply(new Command.Access(1, block, false));
            Map<String, List<Long>> lists = lists(machine);
            assertThat(lists).isEqualTo(paper.lists());
            checkLengths(spec.replacement(), frames, lists);
        }
    }

    /**
     * The steps of the test of ARC in hashicorp/golang-lru (arc/arc_test.go, TestARC_Adaptive), in
     * four frames, with the lists and the target as it has them after each.
     */
    @Test
    void thoseOfArcAreAsAnotherHasThem() {
        Machine machine = Specs.withProcess(Specs.of("arc", 4));
        Specs.readPages(machine, 1, 0, 1, 2, 3, 0, 1, 4);
        checkArc(machine, List.of(3L, 4L), List.of(0L, 1L), List.of(2L), List.of(), 0);
        Specs.readPages(machine, 1, 2);
        checkArc(machine, List.of(4L), List.of(0L, 1L, 2L), List.of(3L), List.of(), 1);
        Specs.readPages(machine, 1, 4);
        checkArc(machine, List.of(), List.of(0L, 1L, 2L, 4L), List.of(3L), List.of(), 1);
        Specs.readPages(machine, 1, 5);
        checkArc(machine, List.of(5L), List.of(1L, 2L, 4L), List.of(3L), List.of(0L), 1);
        Specs.readPages(machine, 1, 0);
        checkArc(machine, List.of(), List.of(1L, 2L, 4L, 0L), List.of(3L, 5L), List.of(), 0);
    }

    private static void checkArc(
            Machine machine,
            List<Long> once,
            List<Long> often,
            List<Long> onceGone,
            List<Long> oftenGone,
            double target) {
        assertThat(lists(machine))
                .isEqualTo(Map.of("T1", once, "T2", often, "B1", onceGone, "B2", oftenGone));
        assertThat(machine.inspect().frames().replacement(0, 1, 0).queues().getFirst().target())
                .isEqualTo(target);
    }

    private static Map<String, List<Long>> lists(Machine machine) {
        Map<String, List<Long>> lists = new HashMap<>();
        for (QueueView queue :
                machine.inspect().frames().replacement(0, Integer.MAX_VALUE, 0).queues()) {
            List<Long> pages =
                    queue.entries().stream()
                            .map(entry -> page(machine, entry.frame(), entry.page()))
                            .toList();
            assertThat(queue.size()).isEqualTo(pages.size());
            lists.put(queue.name(), pages);
        }
        return lists;
    }

    private static long page(Machine machine, @Nullable Integer frame, @Nullable Long gone) {
        return frame == null
                ? Objects.requireNonNull(gone)
                : machine.inspect()
                        .frames()
                        .frames(frame, frame + 1)
                        .getFirst()
                        .mappings()
                        .getFirst()
                        .page();
    }

    /** What the papers say of the lengths; c is the number of frames. */
    private static void checkLengths(PolicySpec spec, int c, Map<String, List<Long>> lists) {
        switch (spec.policy()) {
            case "arc", "car" -> {
                assertThat(size(lists, "T1") + size(lists, "T2")).isLessThanOrEqualTo(c);
                assertThat(size(lists, "T1") + size(lists, "B1")).isLessThanOrEqualTo(c);
                assertThat(all(lists)).isLessThanOrEqualTo(2 * c);
            }
            case "2q" -> {
                assertThat(size(lists, "in") + size(lists, "main")).isLessThanOrEqualTo(c);
                assertThat(size(lists, "out"))
                        .isLessThanOrEqualTo(share(c, spec.count(Parameters.REMEMBERED)));
            }
            case "lirs" -> {
                assertThat(size(lists, "HIR")).isLessThanOrEqualTo(c);
                if (spec.get(Parameters.REMEMBERED) != Parameters.UNBOUNDED) {
                    assertThat(size(lists, "gone"))
                            .isLessThanOrEqualTo(share(c, spec.count(Parameters.REMEMBERED)));
                }
            }
            case "clock-pro" -> assertThat(all(lists)).isLessThanOrEqualTo(2 * c);
            case "s3-fifo" -> {
                assertThat(size(lists, "small") + size(lists, "main")).isLessThanOrEqualTo(c);
                assertThat(size(lists, "ghost")).isLessThanOrEqualTo(c - Math.max(1, c / 10));
            }
            case "lru-k" ->
                    assertThat(size(lists, "gone"))
                            .isLessThanOrEqualTo(share(c, spec.count(Parameters.REMEMBERED)));
            case "two-list" -> {
                assertThat(size(lists, "active") + size(lists, "inactive")).isLessThanOrEqualTo(c);
                assertThat(size(lists, "gone")).isLessThanOrEqualTo(c);
            }
            default -> {
                assertThat(lists).hasSizeBetween(2, 4); // generations
                assertThat(all(lists)).isLessThanOrEqualTo(c);
            }
        }
    }

    private static int share(int frames, int percent) {
        return Math.max(1, frames * percent / 100);
    }

    private static int size(Map<String, List<Long>> lists, String name) {
        return Objects.requireNonNull(lists.get(name)).size();
    }

    private static int all(Map<String, List<Long>> lists) {
        return lists.values().stream().mapToInt(List::size).sum();
    }
}
