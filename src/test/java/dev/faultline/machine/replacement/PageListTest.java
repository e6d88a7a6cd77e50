package dev.faultline.machine.replacement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.testing.Saved;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Does a list of pages keep its order, whatever is done to it? */
class PageListTest {

    private static final int NUMBERS = 12;

    private static PageList listed(int... numbers) {
        PageList list = new PageList(NUMBERS);
        for (int number : numbers) {
            list.addYoungest(number);
        }
        return list;
    }

    @Test
    void isOneThatWasAddedLastTheYoungest() {
        PageList list = listed(7, 0, 11);
        assertThat(list.all()).containsExactly(7, 0, 11);
        assertThat(list.youngestFirst()).containsExactly(11, 0, 7);
        assertThat(list.oldest()).isEqualTo(7);
        assertThat(list.size()).isEqualTo(3);
    }

    @Test
    void isAnEmptyListEndedAtOnce() {
        PageList list = new PageList(NUMBERS);
        assertThat(list.all()).isEmpty();
        assertThat(list.oldest()).isEqualTo(PageList.END);
        assertThat(list.size()).isZero();
    }

    @Test
    void doesTheYoungestComeRoundToTheOldest() {
        PageList list = listed(3, 5, 9);
        assertThat(list.younger(5)).isEqualTo(9);
        assertThat(list.younger(9)).isEqualTo(PageList.END);
        assertThat(list.around(5)).isEqualTo(9);
        assertThat(list.around(9)).isEqualTo(3);
    }

    @Test
    void doesOneThatTakesAPlaceStandWhereTheOtherStood() {
        PageList list = listed(3, 5, 9);
        list.replace(5, 1);
        assertThat(list.all()).containsExactly(3, 1, 9);
        list.replace(9, 2);
        assertThat(list.all()).containsExactly(3, 1, 2);
        assertThat(list.isListed(5)).isFalse();
    }

    @Test
    void isANumberInOneOfTwoListsAtMost() {
        PageList active = listed(3);
        PageList inactive = new PageList(active);
        assertThat(inactive.isListed(3)).isTrue();
        assertThatThrownBy(() -> inactive.addYoungest(3)).isInstanceOf(IllegalStateException.class);
        active.remove(3);
        inactive.addYoungest(3);
        assertThat(active.all()).isEmpty();
        assertThat(inactive.all()).containsExactly(3);
    }

    @Test
    void isOneThatIsNotListedRefused() {
        PageList list = listed(3);
        assertThatThrownBy(() -> list.remove(4)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> list.renew(4)).isInstanceOf(IllegalStateException.class);
        assertThat(list.all()).containsExactly(3);
    }

    @Test
    void doesOrderStayWhenThereIsRoomForMore() {
        PageList list = listed(3, 5);
        PageList other = new PageList(list);
        list.grow(2 * NUMBERS);
        other.growAs(list);
        list.addYoungest(NUMBERS + 1);
        other.addYoungest(NUMBERS + 2);
        assertThat(list.all()).containsExactly(3, 5, NUMBERS + 1);
        assertThat(other.all()).containsExactly(NUMBERS + 2);
        assertThat(list.isListed(NUMBERS + 2)).isTrue();
    }

    @Test
    void isASavedListTheSame() {
        PageList restored = new PageList(NUMBERS);
        restored.load(Saved.by(listed(7, 0, 11)::save));
        assertThat(restored.all()).containsExactly(7, 0, 11);
    }

    /** Against a list of the host's language. */
    @Seeds(20)
    void isTheOrderThatOfAPlainList(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PageList list = new PageList(NUMBERS);
        List<Integer> plain = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            Integer number = random.nextInt(NUMBERS);
            if (!plain.contains(number)) {
                int place = random.nextInt(plain.size() + 1);
                list.addBefore(place == plain.size() ? PageList.END : plain.get(place), number);
                plain.add(place, number);
            } else if (random.nextBoolean()) {
                list.renew(number);
                renew(plain, number);
            } else if (random.nextBoolean()) {
                Integer oldest = plain.getFirst();
                list.renew(new int[] {number, oldest}, 2);
                renew(plain, number);
                renew(plain, oldest);
            } else {
                list.remove(number);
                plain.removeIf(number::equals);
            }
            assertThat(list.all())
                    .containsExactly(plain.stream().mapToInt(Integer::intValue).toArray());
            assertThat(list.youngestFirst())
                    .containsExactly(
                            plain.reversed().stream().mapToInt(Integer::intValue).toArray());
            assertThat(list.size()).isEqualTo(plain.size());
            assertThat(list.isListed(number)).isEqualTo(plain.contains(number));
        }
    }

    private static void renew(List<Integer> plain, Integer number) {
        plain.removeIf(number::equals);
        plain.add(number);
    }
}
