package dev.faultline.machine.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Tree-PLRU and not-recently-used against models that are a tree and a list of flags. */
class TlbReplacementTest {

    /** A set of ways that says which is to go. */
    private interface Model {
        int victim();

        void used(int way);
    }

    /** A node of the tree: its halves are trees again, until one way is left. */
    private static final class Tree implements Model {

        private final int ways;
        private final @Nullable Tree left;
        private final @Nullable Tree right;
        private boolean rightGoesFirst;

        Tree(int ways) {
            this.ways = ways;
            left = ways == 1 ? null : new Tree(ways / 2);
            right = ways == 1 ? null : new Tree(ways / 2);
        }

        @Override
        public int victim() {
            if (left == null || right == null) {
                return 0;
            }
            return rightGoesFirst ? ways / 2 + right.victim() : left.victim();
        }

        @Override
        public void used(int way) {
            if (left == null || right == null) {
                return;
            }
            rightGoesFirst = way < ways / 2;
            (rightGoesFirst ? left : right).used(way % (ways / 2));
        }
    }

    private static final class Flags implements Model {

        private final List<Boolean> used = new ArrayList<>();

        Flags(int ways) {
            for (int way = 0; way < ways; way++) {
                used.add(false);
            }
        }

        @Override
        public int victim() {
            return Math.max(0, used.indexOf(false)); // a lone way goes though it was just used
        }

        @Override
        public void used(int way) {
            used.set(way, true);
            if (!used.contains(false)) {
                used.replaceAll(old -> false);
                used.set(way, true);
            }
        }
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                Arguments.of(TlbSpec.Replacement.TREE_PLRU, 1, 1),
                Arguments.of(TlbSpec.Replacement.TREE_PLRU, 3, 2),
                Arguments.of(TlbSpec.Replacement.TREE_PLRU, 2, 4),
                Arguments.of(TlbSpec.Replacement.TREE_PLRU, 1, 16),
                Arguments.of(TlbSpec.Replacement.NOT_RECENTLY_USED, 1, 1),
                Arguments.of(TlbSpec.Replacement.NOT_RECENTLY_USED, 4, 2),
                Arguments.of(TlbSpec.Replacement.NOT_RECENTLY_USED, 2, 3),
                Arguments.of(TlbSpec.Replacement.NOT_RECENTLY_USED, 1, 7));
    }

    @Seeds(value = 1, of = "shapes")
    void theVictimIsTheModels(TlbSpec.Replacement replacement, int sets, int ways, long seed) {
        Tlb tlb = new Tlb(TlbSpec.of(sets * ways, ways, replacement, true), 1);
        List<Model> models = new ArrayList<>();
        List<Long> held = new ArrayList<>();
        for (int set = 0; set < sets; set++) {
            models.add(
                    replacement == TlbSpec.Replacement.TREE_PLRU
                            ? new Tree(ways)
                            : new Flags(ways));
        }
        for (int place = 0; place < sets * ways; place++) {
            held.add(-1L);
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 10_000; step++) {
            long page = random.nextInt(3 * sets * ways);
            int set = (int) (page % sets);
            List<Long> inSet = held.subList(set * ways, (set + 1) * ways);
            int way = inSet.indexOf(page);
            int place = tlb.find(1, page);
            assertThat(place).isEqualTo(way < 0 ? Tlb.MISS : set * ways + way);
            if (way >= 0) {
                tlb.touch(place);
            } else {
                int empty = inSet.indexOf(-1L);
                way = empty >= 0 ? empty : models.get(set).victim();
                inSet.set(way, page);
                tlb.fill(1, page, Pte.resident(0, Pte.READ));
                assertThat(tlb.find(1, page)).isEqualTo(set * ways + way);
            }
            models.get(set).used(way);
        }
    }
}
