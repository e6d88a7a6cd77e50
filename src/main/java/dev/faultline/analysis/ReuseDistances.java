package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

import java.util.Arrays;

/**
 * The LRU stack distances of all accesses of a trace, in one pass: the number of different pages
 * accessed since the last access to the same page, that page included (Mattson, Gecsei, Slutz,
 * Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970). Under
 * LRU an access faults exactly if its distance is larger than the number of frames, or if it is the
 * first to its page.
 *
 * <p>A Fenwick tree over time has a one at the last access to each page, so a distance is a sum and
 * costs O(log pages) (Bennett and Kruskal, "LRU stack processing", 1975). When the tree is full,
 * time is renumbered, so memory is O(pages).
 */
public final class ReuseDistances implements PageString.Receiver {

    /** A one at the time of each page's last access, as a Fenwick tree. */
    private int[] tree = new int[1 << 10];

    private int now;

    /** When each page was last accessed, counted from 1, by the page's number. */
    private int[] lastAccess = new int[1 << 9];

    /** The number of accesses at each distance. */
    private long[] byDistance = new long[1 << 9];

    private int pages;
    private long accesses;

    private final Progress progress;

    private ReuseDistances(Progress progress) {
        this.progress = progress;
    }

    /**
     * The distances of a trace in pages of {@code pageSize} bytes.
     *
     * @throws java.util.concurrent.CancellationException if {@code progress} says so
     */
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

    /** Renumbers time: the pages in the order of their last access, without gaps. */
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

    /** The number of pages last accessed at this time or before. */
    private int sum(int time) {
        int sum = 0;
        for (int at = time; at > 0; at -= at & -at) {
            sum += tree[at];
        }
        return sum;
    }

    /** The number of accesses, counted once for each page that an access touches. */
    public long accesses() {
        return accesses;
    }

    /** The number of different pages, which is also the number of first accesses. */
    public int pages() {
        return pages;
    }

    /** The number of accesses at a distance, which is at least 1. */
    public long count(int distance) {
        return distance < byDistance.length ? byDistance[distance] : 0;
    }

    /** LRU's faults in this many frames. */
    public long faults(int frames) {
        long hits = 0;
        for (int distance = 1; distance <= Math.min(frames, pages); distance++) {
            hits += byDistance[distance];
        }
        return accesses - hits;
    }

    /** LRU's faults in each of these numbers of frames, given in ascending order. */
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
