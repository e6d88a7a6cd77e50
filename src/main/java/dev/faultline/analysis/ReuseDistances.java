package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

import java.util.Arrays;

/**
 * LRU stack distances of all accesses of a trace, in one pass: how many different pages were
 * accessed since the last access to the same page, that page included (Mattson, Gecsei, Slutz,
 * Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970). An
 * access faults under LRU in so many frames exactly if its distance is larger, or if it is the
 * first to its page.
 *
 * <p>The last access to each page is a one in a Fenwick tree over time, so that a distance is a
 * sum: O(log pages) an access (Bennett and Kruskal, "LRU stack processing", 1975). Time is counted
 * anew when the tree is full, so that memory is O(pages).
 */
public final class ReuseDistances implements PageString.Receiver {

    /** Ones at the last access of each page, by time, as sums. */
    private int[] tree = new int[1 << 10];

    private int now;

    /** When each page was accessed last, counted from 1; by the page's number. */
    private int[] lastAccess = new int[1 << 9];

    /** Accesses of each distance. */
    private long[] byDistance = new long[1 << 9];

    private int pages;
    private long accesses;

    private final Progress progress;

    private ReuseDistances(Progress progress) {
        this.progress = progress;
    }

    /** The distances of a trace in pages of so many bytes. */
    public static ReuseDistances of(StoredTrace trace, long pageSize, Progress progress) {
        return of(new PageString(trace, pageSize), progress);
    }

    static ReuseDistances of(PageString string, Progress progress) {
        ReuseDistances distances = new ReuseDistances(progress);
        string.forEach(progress, distances);
        return distances;
    }

    @Override
    public void page(int number) {
        accesses++;
        if (now + 1 >= tree.length) {
            makeRoom();
        }
        now++;
        if (number == pages) {
            pages++;
            if (pages >= lastAccess.length) {
                progress.hold(2L * (Integer.BYTES + Long.BYTES) * lastAccess.length);
                lastAccess = Arrays.copyOf(lastAccess, 2 * lastAccess.length);
                byDistance = Arrays.copyOf(byDistance, lastAccess.length);
            }
        } else {
            int last = lastAccess[number];
            byDistance[pages - sum(last) + 1]++;
            add(last, -1);
        }
        add(now, 1);
        lastAccess[number] = now;
    }

    /** Counts time anew: the pages in the order of their last access, and nothing between. */
    private void makeRoom() {
        int room = tree.length;
        while (room < 4 * (pages + 1)) {
            room *= 2;
        }
        if (room > tree.length) {
            progress.hold(2L * Integer.BYTES * room); // with the list that is made on the way
        }
        int[] pageAt = new int[now + 1];
        Arrays.fill(pageAt, -1);
        for (int page = 0; page < pages; page++) {
            pageAt[lastAccess[page]] = page;
        }
        int time = 0;
        for (int page : pageAt) {
            if (page >= 0) {
                lastAccess[page] = ++time;
            }
        }
        now = time;
        tree = new int[room];
        for (int at = 1; at < room; at++) {
            tree[at] += at <= now ? 1 : 0;
            int parent = at + (at & -at);
            if (parent < room) {
                tree[parent] += tree[at];
            }
        }
    }

    private void add(int time, int value) {
        for (int at = time; at < tree.length; at += at & -at) {
            tree[at] += value;
        }
    }

    /** The pages whose last access was at a time or before. */
    private int sum(int time) {
        int sum = 0;
        for (int at = time; at > 0; at -= at & -at) {
            sum += tree[at];
        }
        return sum;
    }

    /** All accesses; one for each page that an access touches. */
    public long accesses() {
        return accesses;
    }

    /** The different pages, each of which has one first access. */
    public int pages() {
        return pages;
    }

    /** The accesses of a distance, from 1 on. */
    public long count(int distance) {
        return distance < byDistance.length ? byDistance[distance] : 0;
    }

    /** The faults of LRU in so many frames. */
    public long faults(int frames) {
        long hits = 0;
        for (int distance = 1; distance <= Math.min(frames, pages); distance++) {
            hits += byDistance[distance];
        }
        return accesses - hits;
    }

    /** The faults of LRU in each number of frames, which are in rising order. */
    public long[] faults(int[] frames) {
        long[] faults = new long[frames.length];
        long hits = 0;
        int distance = 1;
        for (int i = 0; i < frames.length; i++) {
            while (distance <= Math.min(frames[i], pages)) {
                hits += byDistance[distance++];
            }
            faults[i] = accesses - hits;
        }
        return faults;
    }
}
