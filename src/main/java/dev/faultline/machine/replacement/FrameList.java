package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/** An ordered list of frames, oldest first; every operation is O(1) and allocates nothing. */
final class FrameList {

    static final int END = -1;
    private static final int ABSENT = -2;

    private final int[] next;
    private final int[] previous;
    private int oldest = END;
    private int youngest = END;

    FrameList(int frames) {
        next = new int[frames];
        previous = new int[frames];
        Arrays.fill(next, ABSENT);
        Arrays.fill(previous, ABSENT);
    }

    void addYoungest(int frame) {
        if (next[frame] != ABSENT) {
            throw new IllegalStateException("FrameList: frame " + frame + " is listed already");
        }
        next[frame] = END;
        previous[frame] = youngest;
        if (youngest == END) {
            oldest = frame;
        } else {
            next[youngest] = frame;
        }
        youngest = frame;
    }

    /** Makes a listed frame the youngest. */
    void renew(int frame) {
        if (frame == youngest) {
            return;
        }
        int after = next[frame];
        int before = previous[frame];
        if (after == ABSENT) {
            throw new IllegalStateException("FrameList: frame " + frame + " is not listed");
        }
        if (before == END) {
            oldest = after;
        } else {
            next[before] = after;
        }
        previous[after] = before;
        next[youngest] = frame;
        previous[frame] = youngest;
        next[frame] = END;
        youngest = frame;
    }

    void remove(int frame) {
        int after = next[frame];
        int before = previous[frame];
        if (after == ABSENT) {
            throw new IllegalStateException("FrameList: frame " + frame + " is not listed");
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
        next[frame] = ABSENT;
        previous[frame] = ABSENT;
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

    /** All frames, the oldest first. */
    int[] all() {
        int count = 0;
        for (int frame = oldest; frame != END; frame = next[frame]) {
            count++;
        }
        int[] all = new int[count];
        int at = 0;
        for (int frame = oldest; frame != END; frame = next[frame]) {
            all[at++] = frame;
        }
        return all;
    }

    /** The oldest frame, or {@link #END}. */
    int oldest() {
        return oldest;
    }

    /** The frame that is next younger than a listed one, or {@link #END}. */
    int younger(int frame) {
        return next[frame];
    }

    void save(StateWriter out) {
        out.writeInts(next);
        out.writeInts(previous);
        out.writeInt(oldest);
        out.writeInt(youngest);
    }

    void load(StateReader in) {
        in.readInts(next);
        in.readInts(previous);
        oldest = in.readInt();
        youngest = in.readInt();
    }
}
