package dev.faultline.bench;

import java.util.Arrays;

/**
 * Base and limit as somebody would write it who wants the counters, nothing else, and fast: a
 * process with a few segments in arrays, all of them in memory.
 */
final class BareSegments {

    private static final long ADDRESS_MASK = (1L << 62) - 1;

    private final int shift;
    private final long offsetMask;
    private final long[] limit;
    private final int[] allowed;
    private final boolean[] used;
    private final boolean[] dirty;

    private long reads;
    private long writes;
    private long executes;
    private long references;

    BareSegments(int addressBits, int segmentBits, long bytes) {
        shift = addressBits - segmentBits;
        offsetMask = (1L << shift) - 1;
        int segments = 1 << segmentBits;
        limit = new long[segments];
        allowed = new int[segments];
        used = new boolean[segments];
        dirty = new boolean[segments];
        Arrays.fill(limit, bytes);
        Arrays.fill(allowed, 7);
    }

    /** Runs packed accesses, up to the first that is beyond a limit. Answers how many it ran. */
    int run(long[] words, int count) {
        long[] limit = this.limit;
        int[] allowed = this.allowed;
        boolean[] used = this.used;
        boolean[] dirty = this.dirty;
        long writes = 0;
        long executes = 0;
        int i = 0;
        for (; i < count; i++) {
            long address = words[i] & ADDRESS_MASK;
            int op = (int) (words[i] >>> 62);
            int segment = (int) (address >>> shift);
            if ((address & offsetMask) >= limit[segment] || (allowed[segment] >>> op & 1) == 0) {
                break;
            }
            used[segment] = true;
            dirty[segment] |= op == 1;
            writes += op & 1;
            executes += op >> 1;
        }
        this.writes += writes;
        this.executes += executes;
        reads += i - writes - executes;
        references += i;
        return i;
    }

    /** What it counted: reads, writes, executes and references to descriptors. */
    long[] counts() {
        return new long[] {reads, writes, executes, references};
    }
}
