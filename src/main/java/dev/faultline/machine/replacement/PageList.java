package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * An ordered list of pages, oldest first. A page is known by a number: that of its frame, or for
 * one that has left, that of its {@link Ghosts ghost}. Every operation is O(1) and allocates
 * nothing.
 *
 * <p>Several lists can be made of the same numbers, each of which is in one of them at most.
 */
public final class PageList {

    /** No number. */
    public static final int END = -1;

    private static final int ABSENT = -2;

    private int[] next;
    private int[] previous;
    private int oldest = END;
    private int youngest = END;
    private int size;

    /** A list of numbers below {@code numbers}. */
    public PageList(int numbers) {
        next = new int[numbers];
        previous = new int[numbers];
        Arrays.fill(next, ABSENT);
        Arrays.fill(previous, ABSENT);
    }

    /** A list of the same numbers as another's; a number is in one of the two at most. */
    PageList(PageList other) {
        next = other.next;
        previous = other.previous;
    }

    /** Makes room for numbers below another bound, which is higher. */
    void grow(int numbers) {
        int before = next.length;
        next = Arrays.copyOf(next, numbers);
        previous = Arrays.copyOf(previous, numbers);
        Arrays.fill(next, before, numbers, ABSENT);
        Arrays.fill(previous, before, numbers, ABSENT);
    }

    /** Makes the same room as another has that is of the same numbers. */
    void growAs(PageList other) {
        next = other.next;
        previous = other.previous;
    }

    /** How many numbers are in it. */
    public int size() {
        return size;
    }

    /** Whether a number is in this list, or in another of the same numbers. */
    public boolean isListed(int number) {
        return next[number] != ABSENT;
    }

    /** Adds a number that is in no list. */
    public void addYoungest(int number) {
        addBefore(END, number);
    }

    /** Adds a number as the next older one of a listed one, or of {@link #END} as the youngest. */
    void addBefore(int younger, int number) {
        if (next[number] != ABSENT) {
            throw new IllegalStateException("PageList: " + number + " is listed already");
        }
        int older = younger == END ? youngest : previous[younger];
        next[number] = younger;
        previous[number] = older;
        if (older == END) {
            oldest = number;
        } else {
            next[older] = number;
        }
        if (younger == END) {
            youngest = number;
        } else {
            previous[younger] = number;
        }
        size++;
    }

    /** Makes a listed number the youngest. */
    void renew(int number) {
        youngest = renewed(number, youngest);
    }

    /** Makes a number of listed frames the youngest, one after the other. */
    void renew(int[] numbers, int count) {
        int last = youngest; // at hand, since it is asked for each
        for (int i = 0; i < count; i++) {
            last = renewed(numbers[i], last);
        }
        youngest = last;
    }

    /** Puts a listed number behind the youngest. Answers the number. */
    private int renewed(int number, int last) {
        if (number == last) {
            return number;
        }
        int after = next[number];
        int before = previous[number];
        if (after == ABSENT) {
            throw new IllegalStateException("PageList: " + number + " is not listed");
        }
        if (before == END) {
            oldest = after;
        } else {
            next[before] = after;
        }
        previous[after] = before;
        next[last] = number;
        previous[number] = last;
        next[number] = END;
        return number;
    }

    /** Takes a listed number out. */
    public void remove(int number) {
        int after = next[number];
        int before = previous[number];
        if (after == ABSENT) {
            throw new IllegalStateException("PageList: " + number + " is not listed");
        }
        if (before == END) {
            oldest = after;
        } else {
            next[before] = after;
        }
        if (after == END) {
            youngest = before;
        } else {
            previous[after] = before;
        }
        next[number] = ABSENT;
        previous[number] = ABSENT;
        size--;
    }

    /** Puts a number that is not listed in the place of one that is. */
    void replace(int number, int by) {
        int after = next[number];
        remove(number);
        addBefore(after, by);
    }

    /** The oldest frame that can be taken, or {@link ReplacementPolicy#NONE}. */
    int oldestEvictable(Frames frames) {
        int frame = oldest;
        while (frame != END && !frames.evictable(frame)) {
            frame = next[frame];
        }
        return frame == END ? ReplacementPolicy.NONE : frame;
    }

    /** The youngest frame that can be taken, or {@link ReplacementPolicy#NONE}. */
    int youngestEvictable(Frames frames) {
        int frame = youngest;
        while (frame != END && !frames.evictable(frame)) {
            frame = previous[frame];
        }
        return frame == END ? ReplacementPolicy.NONE : frame;
    }

    /** All numbers, the oldest first. */
    int[] all() {
        int[] all = new int[size];
        int at = 0;
        for (int number = oldest; number != END; number = next[number]) {
            all[at++] = number;
        }
        return all;
    }

    /** All numbers, the youngest first. */
    int[] youngestFirst() {
        int[] all = new int[size];
        int at = 0;
        for (int number = youngest; number != END; number = previous[number]) {
            all[at++] = number;
        }
        return all;
    }

    /** The oldest number, or {@link #END}. */
    public int oldest() {
        return oldest;
    }

    /** The number that is next younger than a listed one, or {@link #END}. */
    public int younger(int number) {
        return next[number];
    }

    /** The next younger number, or after the youngest the oldest, as of a clock's face. */
    int around(int number) {
        return next[number] == END ? oldest : next[number];
    }

    /** Writes the numbers, the oldest first. */
    public void save(StateWriter out) {
        out.writeInt(size);
        for (int number = oldest; number != END; number = next[number]) {
            out.writeInt(number);
        }
    }

    /** Reads what {@link #save} wrote into a list that is empty. */
    public void load(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            addYoungest(in.readInt());
        }
    }
}
