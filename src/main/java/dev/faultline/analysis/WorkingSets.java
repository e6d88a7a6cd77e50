package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

import java.util.Arrays;

/**
 * The average working-set size for any window: the number of different pages in the last {@code
 * window} accesses (Denning, "The working set model for program behavior", CACM 11(5), 1968).
 *
 * <p>It is exact, takes one pass, and needs only the intervals between accesses to the same page:
 * an access keeps its page in the working set until the next access to it, for the length of the
 * window, or until the trace ends (Denning and Schwartz, "Properties of the working-set model",
 * CACM 15(3), 1972).
 */
public final class WorkingSets implements PageString.Receiver {

    /** When each page was last accessed, counted from 1. */
    private long[] last = new long[1 << 9];

    private final int[] windows;
    private int pages;
    private long now;

    /**
     * For each window, how long pages stayed in the working set, in accesses, summed over all
     * pages.
     */
    private final long[] stay;

    /** For each window, the accesses that found their page in the working set. */
    private final long[] hits;

    private final Progress progress;

    private WorkingSets(int[] windows, Progress progress) {
        this.progress = progress;
        this.windows = windows;
        stay = new long[windows.length];
        hits = new long[windows.length];
    }

    /**
     * The working sets of a trace in pages of {@code pageSize} bytes, for windows in ascending
     * order.
     *
     * @throws java.util.concurrent.CancellationException if {@code progress} says so
     */
    public static WorkingSets of(
            StoredTrace trace, long pageSize, int[] windows, Progress progress) {
        WorkingSets sets = new WorkingSets(windows, progress);
        new PageString(trace, pageSize).forEach(progress, sets);
        for (int page = 0; page < sets.pages; page++) {
            sets.count(sets.now + 1 - sets.last[page], false);
        }
        return sets;
    }

    @Override
    public void page(int number) {
        now++;
        if (number == pages) {
            pages++;
            if (pages > last.length) {
                progress.hold(2L * Long.BYTES * last.length);
                last = Arrays.copyOf(last, 2 * last.length);
            }
        } else {
            count(now - last[number], true);
        }
        last[number] = now;
    }

    private void count(long interval, boolean again) {
        for (int i = 0; i < windows.length; i++) {
            stay[i] += Math.min(interval, windows[i]);
            hits[i] += again && interval <= windows[i] ? 1 : 0;
        }
    }

    /** The number of accesses, counted once for each page that an access touches. */
    public long accesses() {
        return now;
    }

    /** The number of different pages. */
    public int pages() {
        return pages;
    }

    /** The average number of pages in the working set, for the i-th window. */
    public double averagePages(int i) {
        return now == 0 ? 0 : (double) stay[i] / now;
    }

    /**
     * The number of accesses that did not find their page in the working set, for the i-th window.
     */
    public long faults(int i) {
        return now - hits[i];
    }
}
