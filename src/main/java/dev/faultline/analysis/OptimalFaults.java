package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

import java.util.Arrays;

/**
 * The fewest faults that any policy can have, exactly (Belady, "A study of replacement algorithms
 * for a virtual-storage computer", IBM Systems Journal 5(2), 1966). It takes one backward pass, and
 * one forward pass for each number of frames. The whole page string is held in memory, at 8 bytes
 * an access.
 *
 * <p>The pages in memory are in a heap by their next use, the farthest on top, so an access costs
 * O(log frames).
 */
public final class OptimalFaults {

    private static final int NEVER = Integer.MAX_VALUE;

    private final int[] pages;
    private final int[] nextUse;
    private final int pageCount;

    /**
     * Reads a trace in pages of {@code pageSize} bytes.
     *
     * @param most the most accesses that may be held
     * @throws TraceTooLargeException if there are more
     */
    public OptimalFaults(StoredTrace trace, long pageSize, int most, Progress progress) {
        PageString string = new PageString(trace, pageSize);
        Collector collector = new Collector(most, progress);
        string.forEach(progress, collector);
        progress.hold(
                2L * Integer.BYTES * collector.count + (long) Integer.BYTES * string.pageCount());
        pages = Arrays.copyOf(collector.pages, collector.count);
        pageCount = string.pageCount();
        nextUse = new int[pages.length];
        int[] next = new int[pageCount];
        Arrays.fill(next, NEVER);
        for (int at = pages.length - 1; at >= 0; at--) {
            nextUse[at] = next[pages[at]];
            next[pages[at]] = at;
        }
    }

    private static final class Collector implements PageString.Receiver {
        private final int most;
        private int[] pages = new int[1 << 10];
        private int count;

        private final Progress progress;

        Collector(int most, Progress progress) {
            this.most = most;
            this.progress = progress;
        }

        @Override
        public void page(int number) {
            if (count == most) {
                throw new TraceTooLargeException(
                        "the whole trace has to be known, and at most "
                                + most
                                + " accesses are held; this one has more");
            }
            if (count == pages.length) {
                progress.hold(2L * Integer.BYTES * count);
                pages = Arrays.copyOf(pages, (int) Math.min(most, 2L * count));
            }
            pages[count++] = number;
        }
    }

    /** The number of accesses, counted once for each page that an access touches. */
    public long accesses() {
        return pages.length;
    }

    /** The number of different pages. */
    public int pages() {
        return pageCount;
    }

    /** The fewest faults possible in this many frames. */
    public long faults(int frames, Progress progress) {
        progress.hold(3L * Integer.BYTES * pageCount);
        return new Run(Math.min(frames, Math.max(1, pageCount))).faults(progress);
    }

    /** The pass for one number of frames: a heap of the pages in memory by their next use. */
    private final class Run {
        private final int[] heap;

        /** Each page's place in the heap, or -1. */
        private final int[] place;

        private final int[] use;
        private int size;

        Run(int frames) {
            heap = new int[frames];
            place = new int[pageCount];
            use = new int[pageCount];
            Arrays.fill(place, -1);
        }

        long faults(Progress progress) {
            long faults = 0;
            for (int at = 0; at < pages.length; at++) {
                if ((at & Progress.STEP - 1) == 0 && at > 0) {
                    progress.advance(Progress.STEP);
                }
                int page = pages[at];
                use[page] = nextUse[at];
                if (place[page] >= 0) {
                    rise(place[page]); // its next use has become farther
                    continue;
                }
                faults++;
                if (size == heap.length) {
                    place[heap[0]] = -1;
                    put(0, page);
                    sink(0);
                } else {
                    put(size, page);
                    rise(size++);
                }
            }
            progress.advance(pages.length % Progress.STEP);
            return faults;
        }

        private void put(int at, int page) {
            heap[at] = page;
            place[page] = at;
        }

        private void rise(int from) {
            int at = from;
            int page = heap[at];
            while (at > 0 && use[page] > use[heap[(at - 1) / 2]]) {
                put(at, heap[(at - 1) / 2]);
                at = (at - 1) / 2;
            }
            put(at, page);
        }

        private void sink(int from) {
            int at = from;
            int page = heap[at];
            while (2 * at + 1 < size) {
                int child = 2 * at + 1;
                child += child + 1 < size && use[heap[child + 1]] > use[heap[child]] ? 1 : 0;
                if (use[heap[child]] <= use[page]) {
                    break;
                }
                put(at, heap[child]);
                at = child;
            }
            put(at, page);
        }
    }
}
