package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.HALVE_EVERY;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * A policy that counts the accesses to each page since it was loaded, that one included. Frames of
 * one count are in a list, that whose last access is longest ago first, and the lists in the order
 * of their counts, so that an access and an eviction are O(1) (Shah, Mitra, Matani, "An O(1)
 * algorithm for implementing the LFU cache eviction scheme", 2010).
 */
abstract class ByFrequency extends ReplacementPolicy {

    private static final int END = -1;
    private static final int ABSENT = -2;

    private final int[] next;
    private final int[] previous;
    private final int[] listOf;

    /** Lists, of which there are never more than frames: their count and both their ends. */
    private final long[] count;

    private final int[] first;
    private final int[] last;
    private final int[] higher;
    private final int[] lower;
    private final int[] spare;
    private int spares;
    private int lowest = END;
    private int highest = END;

    /** Accesses after which all counts are halved, or 0. */
    private final long halveEvery;

    /** The accesses so far, and where counts may become equal, the last one to each page. */
    private long accesses;

    private final long[] lastUse;

    ByFrequency(int frames, Settings settings) {
        halveEvery = settings.get(HALVE_EVERY);
        lastUse = new long[halveEvery == 0 ? 0 : frames];
        next = new int[frames];
        previous = new int[frames];
        listOf = new int[frames];
        Arrays.fill(listOf, ABSENT);
        int lists = frames + 1;
        count = new long[lists];
        first = new int[lists];
        last = new int[lists];
        higher = new int[lists];
        lower = new int[lists];
        spare = new int[lists];
        Arrays.setAll(spare, list -> lists - 1 - list);
        spares = lists;
    }

    @Override
    public final boolean watchesReferences() {
        return true;
    }

    @Override
    public final void onLoad(int frame) {
        if (lowest == END || count[lowest] != 0) {
            insert(0, END, lowest);
        }
        append(lowest, frame);
    }

    @Override
    public final void onFree(int frame) {
        int list = listOf[frame];
        unlink(frame);
        listOf[frame] = ABSENT;
        dropIfEmpty(list);
    }

    @Override
    public final void onAccess(int frame) {
        count(frame);
        if (halveEvery > 0) {
            lastUse[frame] = ++accesses;
            if (accesses % halveEvery == 0) {
                halve();
            }
        }
    }

    /** Halves all counts, so that what was used much long ago does not stay for ever. */
    private void halve() {
        int list = lowest;
        while (list != END) {
            int next = higher[list];
            count[list] >>= 1;
            if (lower[list] != END && count[lower[list]] == count[list]) {
                merge(lower[list], list);
            }
            list = next;
        }
    }

    /** Takes a list's frames into another, in the order of their last use. */
    private void merge(int into, int from) {
        int one = first[into];
        int two = first[from];
        first[into] = END;
        last[into] = END;
        while (one != END || two != END) {
            boolean fromOne = two == END || one != END && lastUse[one] < lastUse[two];
            int frame = fromOne ? one : two;
            one = fromOne ? next[one] : one;
            two = fromOne ? two : next[two];
            append(into, frame);
        }
        first[from] = END;
        last[from] = END;
        dropIfEmpty(from);
    }

    private void count(int frame) {
        int list = listOf[frame];
        if (first[list] == frame && last[list] == frame && !isNext(list)) {
            count[list]++; // alone, and the next count is free
            return;
        }
        if (!isNext(list)) {
            insert(count[list] + 1, list, higher[list]);
        }
        int to = higher[list];
        unlink(frame);
        append(to, frame);
        dropIfEmpty(list);
    }

    /** Whether there is a list of the count that is one higher. */
    private boolean isNext(int list) {
        return higher[list] != END && count[higher[list]] == count[list] + 1;
    }

    /** The frame that can be taken of the lowest count, or {@link #NONE}. */
    final int leastUsed(Frames frames) {
        int found = NONE;
        for (int list = lowest; list != END && found == NONE; list = higher[list]) {
            found = evictable(list, frames);
        }
        return found;
    }

    /** The frame that can be taken of the highest count, or {@link #NONE}. */
    final int mostUsed(Frames frames) {
        int found = NONE;
        for (int list = highest; list != END && found == NONE; list = lower[list]) {
            found = evictable(list, frames);
        }
        return found;
    }

    private int evictable(int list, Frames frames) {
        int frame = first[list];
        while (frame != END && !frames.evictable(frame)) {
            frame = next[frame];
        }
        return frame == END ? NONE : frame;
    }

    /** The accesses since the page was loaded. */
    @Override
    public final long remembered(int frame) {
        return listOf[frame] == ABSENT ? NONE : count[listOf[frame]];
    }

    private void insert(long newCount, int below, int above) {
        int list = spare[--spares];
        count[list] = newCount;
        first[list] = END;
        last[list] = END;
        lower[list] = below;
        higher[list] = above;
        if (below == END) {
            lowest = list;
        } else {
            higher[below] = list;
        }
        if (above == END) {
            highest = list;
        } else {
            lower[above] = list;
        }
    }

    private void dropIfEmpty(int list) {
        if (first[list] != END) {
            return;
        }
        if (lower[list] == END) {
            lowest = higher[list];
        } else {
            higher[lower[list]] = higher[list];
        }
        if (higher[list] == END) {
            highest = lower[list];
        } else {
            lower[higher[list]] = lower[list];
        }
        spare[spares++] = list;
    }

    private void append(int list, int frame) {
        listOf[frame] = list;
        next[frame] = END;
        previous[frame] = last[list];
        if (last[list] == END) {
            first[list] = frame;
        } else {
            next[last[list]] = frame;
        }
        last[list] = frame;
    }

    private void unlink(int frame) {
        int list = listOf[frame];
        if (previous[frame] == END) {
            first[list] = next[frame];
        } else {
            next[previous[frame]] = next[frame];
        }
        if (next[frame] == END) {
            last[list] = previous[frame];
        } else {
            previous[next[frame]] = previous[frame];
        }
    }

    @Override
    public final void save(StateWriter out) {
        for (int list = lowest; list != END; list = higher[list]) {
            out.writeLong(count[list]);
            for (int frame = first[list]; frame != END; frame = next[frame]) {
                out.writeInt(frame);
            }
            out.writeInt(END);
        }
        out.writeLong(END);
        out.writeLong(accesses);
        out.writeLongs(lastUse);
    }

    @Override
    public final void load(StateReader in) {
        for (long saved = in.readLong(); saved != END; saved = in.readLong()) {
            insert(saved, highest, END);
            for (int frame = in.readInt(); frame != END; frame = in.readInt()) {
                append(highest, frame);
            }
        }
        accesses = in.readLong();
        in.readLongs(lastUse);
    }
}
