package dev.faultline.analysis;

import dev.faultline.machine.protocol.Op;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceCursor;

/**
 * The pages that a trace accesses, in order. An access yields one page for each page that it
 * touches; ticks are skipped. Pages are numbered from 0 in the order of their first access. Nothing
 * is allocated per access.
 */
final class PageString {

    /** Receives the pages of a trace. */
    interface Receiver {
        /** A page is accessed. It is the first access if the number is one more than any before. */
        void page(int number);
    }

    /** The most places of the hash table. */
    private static final int MOST_PAGES = 1 << 28;

    /** Host bytes of one place of the hash table: a page and its number. */
    private static final long HOST_BYTES_PER_PLACE = Long.BYTES + Integer.BYTES;

    private final StoredTrace trace;
    private final int offsetBits;
    private Progress progress = Progress.NONE;

    /** An open hash table of page numbers, and the number given to each. */
    private long[] pages = new long[1 << 10];

    private int[] numbers = new int[1 << 10];
    private int count;

    /** A page is sampled only if its hash is below this (SHARDS). */
    private final long threshold;

    private final long seed;
    private long length;

    PageString(StoredTrace trace, long pageSize) {
        this(trace, pageSize, HASHES, 0);
    }

    /** The number of values that a hash can have. */
    static final long HASHES = 1L << 24;

    /**
     * Only the pages whose hash with this seed is below {@code threshold}, out of {@link #HASHES}.
     */
    PageString(StoredTrace trace, long pageSize, long threshold, long seed) {
        this.trace = trace;
        offsetBits = Long.numberOfTrailingZeros(pageSize);
        this.threshold = threshold;
        this.seed = seed;
    }

    /** The number of different pages sampled so far. */
    int pageCount() {
        return count;
    }

    /** The number of accesses so far, sampled or not. */
    long length() {
        return length;
    }

    /**
     * Passes on the pages of the whole trace.
     *
     * @throws java.util.concurrent.CancellationException if the progress says so
     */
    void forEach(Progress newProgress, Receiver receiver) {
        progress = newProgress;
        long told = 0;
        TraceCursor accesses = trace.cursor();
        for (long at = 0; at < trace.count(); at++) {
            if ((at & Progress.STEP - 1) == 0 && at > 0) {
                progress.advance(Progress.STEP);
            }
            if (accesses.op(at) == Op.TICK) {
                continue;
            }
            long first = accesses.address(at) >>> offsetBits;
            long last = accesses.address(at) + accesses.size(at) - 1 >>> offsetBits;
            for (long page = first; page <= last; page++) {
                length++;
                if (length - told == Progress.STEP) {
                    told = length;
                    progress.advance(0); // an access may touch many pages
                }
                if (threshold == HASHES || hash(page) < threshold) {
                    receiver.page(number(page));
                }
            }
        }
        progress.advance(trace.count() % Progress.STEP);
    }

    private long hash(long page) {
        long mixed = (page + 1 + seed * 0x632BE59BD9B4E019L) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 32;
        mixed *= 0xD6E8FEB86659FD93L;
        return mixed >>> 40;
    }

    private int number(long page) {
        int at = find(page);
        if (numbers[at] == 0) {
            if (2 * (count + 1) > pages.length) {
                grow();
                at = find(page);
            }
            pages[at] = page;
            numbers[at] = ++count;
        }
        return numbers[at] - 1;
    }

    private int find(long page) {
        int mask = pages.length - 1;
        int at = (int) (page * 0x9E3779B97F4A7C15L >>> 32) & mask;
        while (numbers[at] != 0 && pages[at] != page) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        if (count >= MOST_PAGES) {
            throw new TraceTooLargeException("the trace touches more than " + count + " pages");
        }
        progress.hold(HOST_BYTES_PER_PLACE * 2 * pages.length);
        long[] oldPages = pages;
        int[] oldNumbers = numbers;
        pages = new long[2 * oldPages.length];
        numbers = new int[pages.length];
        for (int old = 0; old < oldPages.length; old++) {
            if (oldNumbers[old] != 0) {
                int at = find(oldPages[old]);
                pages[at] = oldPages[old];
                numbers[at] = oldNumbers[old];
            }
        }
    }
}
