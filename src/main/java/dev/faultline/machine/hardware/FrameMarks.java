package dev.faultline.machine.hardware;

import java.util.Arrays;

/**
 * A cache of what the page-table entries that map a frame say: whether any has its accessed bit or
 * its dirty bit set. The bits themselves are in the tables. A policy that looks at every frame
 * reads this cache instead of walking to every entry.
 *
 * <p>Any code that sets or clears such a bit records it here, and a frame's marks are forgotten
 * when a mapping of it comes or goes. Nothing is recorded for a frame that shares its bits with its
 * neighbours, in a huge page or a segment.
 */
public final class FrameMarks {

    /** Not known: the entries have to be read. */
    public static final byte UNKNOWN = 0;

    /** Some entry has the bit set. */
    public static final byte SET = 1;

    /** No entry has the bit set. */
    static final byte CLEAR = 2;

    private final byte[] accessed;
    private final byte[] dirty;

    /** All {@link #CLEAR}, to compare long stretches with at once. */
    private final byte[] clear;

    /** Marks of {@code frames} frames, all unknown. */
    public FrameMarks(int frames) {
        accessed = new byte[frames];
        dirty = new byte[frames];
        clear = new byte[frames];
        Arrays.fill(clear, CLEAR);
    }

    /**
     * What is known about a bit in the frame's entries: {@link #UNKNOWN}, {@link #SET} or clear.
     *
     * @param bit {@link Pte#ACCESSED} or {@link Pte#DIRTY}
     */
    public byte of(int frame, long bit) {
        return bit == Pte.ACCESSED ? accessed[frame] : dirty[frame];
    }

    /**
     * The first frame in [{@code from}, {@code to}) that is not known to be unreferenced, or {@code
     * to} if there is none.
     */
    public int nextReferenced(int from, int to) {
        int same = Arrays.mismatch(accessed, from, to, clear, from, to);
        return same < 0 ? to : from + same;
    }

    /**
     * Records that some entry of the frame has these bits set.
     *
     * @param bits {@link Pte#ACCESSED}, {@link Pte#DIRTY} or both; other bits are ignored
     */
    public void set(int frame, long bits) {
        note(frame, bits, SET);
    }

    /**
     * Records that no entry of the frame has these bits set.
     *
     * @param bits {@link Pte#ACCESSED}, {@link Pte#DIRTY} or both; other bits are ignored
     */
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

    /** Forgets what is known about the frame. */
    public void forget(int frame) {
        accessed[frame] = UNKNOWN;
        dirty[frame] = UNKNOWN;
    }
}
