package dev.faultline.history;

import java.util.Arrays;

/** Where the records of successive versions stand in a {@link ByteLog}. */
final class Places {

    private static final int SMALLEST = 16;

    private long[] bodies = new long[SMALLEST];
    private long[] heads = new long[SMALLEST];
    private int start;
    private int count;

    /** The version of the first place. */
    private long first = 1;

    /** Adds the next version's record. */
    void add(long version, long body, long head) {
        if (count == 0) {
            first = version;
            start = 0;
        }
        if (start + count == bodies.length) {
            move();
        }
        bodies[start + count] = body;
        heads[start + count] = head;
        count++;
    }

    /** Moves the places to the beginning of arrays with room for more. */
    private void move() {
        int size = Math.max(SMALLEST, 2 * count);
        bodies = Arrays.copyOf(Arrays.copyOfRange(bodies, start, start + count), size);
        heads = Arrays.copyOf(Arrays.copyOfRange(heads, start, start + count), size);
        start = 0;
    }

    /** Where the steps of a version's record begin, or {@code end} if it has none. */
    long bodyOf(long version, long end) {
        long at = version - first;
        return at < 0 || at >= count ? end : bodies[start + (int) at];
    }

    /** Forgets a version and those before it. */
    void dropTo(long version) {
        int gone = Math.clamp(version - first + 1, 0, count);
        start += gone;
        count -= gone;
        first += gone;
    }

    /** Bytes of host memory. */
    long hostBytes() {
        return 2L * Long.BYTES * bodies.length;
    }
}
