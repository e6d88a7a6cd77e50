package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.testing.Seeds;

import java.util.SplittableRandom;

/** What is to come, against a look ahead from every access. */
class NextUsesTest {

    @Seeds(
            value = 20,
            ints = {0, 1, 7, 299, 300, 1000})
    void isWhatALookAheadFinds(int expected, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] asids = random.ints(300, 1, 4).toArray();
        int[] pages = random.ints(300, 0, 2 + random.nextInt(100)).toArray();
        NextUses nextUses = new NextUses(expected, new HostAccount(Room.UNBOUNDED));
        for (int at = pages.length - 1; at >= 0; at--) {
            nextUses.precede(asids[at], pages[at]);
        }
        int[] next = nextUses.nextUses();
        assertThat(next).hasSize(pages.length);
        for (int at = 0; at < pages.length; at++) {
            assertThat(next[at]).isEqualTo(use(asids, pages, asids[at], pages[at], at + 1));
        }
        for (int page = 0; page < 110; page++) {
            assertThat(nextUses.firstUse(2, page)).isEqualTo(use(asids, pages, 2, page, 0));
        }
    }

    private static int use(int[] asids, int[] pages, int asid, int page, int from) {
        for (int at = from; at < pages.length; at++) {
            if (asids[at] == asid && pages[at] == page) {
                return at;
            }
        }
        return ReplacementPolicy.NEVER;
    }
}
