package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * Pages that have left memory and are remembered by an owner and a page number. Ghosts are numbered
 * from the number of frames on, so that frames and ghosts can be in one {@link PageList}. Every
 * operation but {@link #grow} is O(1) and allocates nothing.
 */
final class Ghosts {

    static final int NONE = ReplacementPolicy.NONE;

    /** Bytes of the host's memory for each ghost, its bucket included. */
    static final long HOST_BYTES = 24;

    private final int first;
    private int[] owners;
    private long[] pages;

    /** The ghosts of one bucket are chained, as are those that are not in use. */
    private int[] next;

    private int[] buckets;
    private int spare;
    private int size;

    /** Room for a number of ghosts, numbered from {@code first} on. */
    Ghosts(int first, int count) {
        this.first = first;
        owners = new int[count];
        pages = new long[count];
        next = new int[count];
        buckets = emptyBuckets(count);
        spare = count == 0 ? NONE : 0;
        chainSpare(0);
    }

    private static int[] emptyBuckets(int count) {
        int[] empty = new int[Math.max(2, Integer.highestOneBit(Math.max(1, count)) * 2)];
        Arrays.fill(empty, NONE);
        return empty;
    }

    /** Chains all from one on as not in use. */
    private void chainSpare(int from) {
        for (int i = from; i < next.length; i++) {
            next[i] = i + 1 == next.length ? NONE : i + 1;
        }
    }

    /** Makes room for more ghosts than there is room for now; all of it must be in use. */
    void grow(int count) {
        int before = next.length;
        owners = Arrays.copyOf(owners, count);
        pages = Arrays.copyOf(pages, count);
        next = Arrays.copyOf(next, count);
        buckets = emptyBuckets(count);
        for (int i = 0; i < before; i++) {
            int bucket = bucket(owners[i], pages[i]);
            next[i] = buckets[bucket];
            buckets[bucket] = i;
        }
        spare = before;
        chainSpare(before);
    }

    int size() {
        return size;
    }

    int capacity() {
        return next.length;
    }

    boolean isFull() {
        return spare == NONE;
    }

    /** The ghost of a page, or {@link #NONE}. */
    int find(int owner, long page) {
        int at = buckets[bucket(owner, page)];
        while (at != NONE && (owners[at] != owner || pages[at] != page)) {
            at = next[at];
        }
        return at == NONE ? NONE : first + at;
    }

    /** Remembers a page that is not remembered yet; there must be room. Answers its ghost. */
    int add(int owner, long page) {
        int at = spare;
        spare = next[at];
        owners[at] = owner;
        pages[at] = page;
        int bucket = bucket(owner, page);
        next[at] = buckets[bucket];
        buckets[bucket] = at;
        size++;
        return first + at;
    }

    void remove(int ghost) {
        int at = ghost - first;
        int bucket = bucket(owners[at], pages[at]);
        if (buckets[bucket] == at) {
            buckets[bucket] = next[at];
        } else {
            int before = buckets[bucket];
            while (next[before] != at) {
                before = next[before];
            }
            next[before] = next[at];
        }
        next[at] = spare;
        spare = at;
        size--;
    }

    /** The owner of a ghost's page. */
    int owner(int ghost) {
        return owners[ghost - first];
    }

    long page(int ghost) {
        return pages[ghost - first];
    }

    private int bucket(int owner, long page) {
        long mixed = (page ^ (long) owner << 40) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & buckets.length - 1;
    }

    void save(StateWriter out) {
        out.writeInt(spare);
        out.writeInts(owners);
        out.writeLongs(pages);
        out.writeInts(next);
        out.writeInts(buckets);
        out.writeInt(size);
    }

    void load(StateReader in) {
        spare = in.readInt();
        in.readInts(owners);
        in.readLongs(pages);
        in.readInts(next);
        in.readInts(buckets);
        size = in.readInt();
    }
}
