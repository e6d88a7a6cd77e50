package dev.faultline.machine.hardware;

import java.util.Arrays;

/**
 * What the page-table entries that map a frame are known to say: whether any has its accessed bit,
 * or its dirty bit. The bits are in the tables; here is only remembered what was read or written
 * there last, so that a policy that looks at every frame need not walk to every entry. Whoever sets
 * or clears a bit says so here, and a frame is forgotten when an entry comes or goes.
 *
 * <p>Nothing is remembered of a frame whose entry's bits are those of its neighbours too, in a huge
 * page or a segment.
 */
public final class FrameMarks {

    /** Whether a bit is in some entry or in none has to be looked for. */
    public static final byte UNKNOWN = 0;

    /** Some entry has the bit. */
    public static final byte SET = 1;

    /** No entry has the bit. */
    static final byte CLEAR = 2;

    private final byte[] accessed;
    private final byte[] dirty;

    /** To compare with: as long as they are the same, many are looked at together. */
    private final byte[] clear;

    public FrameMarks(int frames) {
        accessed = new byte[frames];
        dirty = new byte[frames];
        clear = new byte[frames];
        Arrays.fill(clear, CLEAR);
    }

    /** What is known of {@link Pte#ACCESSED} or {@link Pte#DIRTY} in a frame's entries. */
    public byte of(int frame, long bit) {
        return bit == Pte.ACCESSED ? accessed[frame] : dirty[frame];
    }

    /** The first frame, from one to below another, not known to be unreferenced; or the latter. */
    public int nextReferenced(int from, int to) {
        int same = Arrays.mismatch(accessed, from, to, clear, from, to);
        return same < 0 ? to : from + same;
    }

    /** These bits, either or both of the two, are set in an entry of the frame. */
    public void set(int frame, long bits) {
        note(frame, bits, SET);
    }

    /** These bits are set in no entry of the frame. */
    public void clear(int frame, long bits) {
        note(frame, bits, CLEAR);
    }

    private void note(int frame, long bits, byte mark) {
        if ((bits & Pte.ACCESSED) != 0) {
            accessed[frame] = mark;
        }
        if ((bits & Pte.DIRTY) != 0) {
            dirty[frame] = mark;
        }
    }

    /** The entries of the frame have to be looked at again. */
    public void forget(int frame) {
        accessed[frame] = UNKNOWN;
        dirty[frame] = UNKNOWN;
    }
}
