package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Page-table entries in hash chains: an array of anchors, each the head of a chain of elements
 * (owner, page, entry, link). A new element goes to the front of its chain. Elements never move, so
 * each has a fixed address in the simulated memory.
 */
public final class HashChains {

    static final int NONE = -1;

    private static final long ANCHOR_BYTES = Translation.ANCHOR_BYTES;
    private static final long ELEMENT_BYTES = Translation.ELEMENT_BYTES;

    private static final long EMPTY = -1;

    private final int[] anchors;

    /** Places below this are chosen by the caller, the others by {@link #allocate}. */
    private final int fixed;

    private int[] owners;
    private long[] pages;
    private long[] entries;
    private int[] next;
    private int size;
    private int free = NONE;
    private int examined;

    HashChains(int anchorCount, int fixed) {
        this.anchors = new int[anchorCount];
        this.fixed = fixed;
        Arrays.fill(anchors, NONE);
        int capacity = Math.max(fixed, 16);
        owners = new int[capacity];
        pages = new long[capacity];
        entries = new long[capacity];
        next = new int[capacity];
        Arrays.fill(pages, EMPTY);
        size = fixed;
    }

    int anchorCount() {
        return anchors.length;
    }

    /** The place of an owner's page in a chain, or {@link #NONE}. */
    int find(int anchor, int owner, long page) {
        int references = 1;
        int at = anchors[anchor];
        while (at != NONE) {
            references++;
            if (pages[at] == page && owners[at] == owner) {
                break;
            }
            at = next[at];
        }
        examined = references;
        return at;
    }

    /**
     * The memory references that {@link #find} makes. The elements lie behind the anchors in
     * memory.
     */
    List<TableReference> path(int anchor, int owner, long page) {
        List<TableReference> path = new ArrayList<>();
        int at = anchors[anchor];
        path.add(
                new TableReference(
                        TableReference.Kind.BUCKET,
                        0,
                        anchor,
                        ANCHOR_BYTES * anchor,
                        at == NONE ? 0 : address(at),
                        null,
                        null));
        for (boolean found = false; at != NONE && !found; at = next[at]) {
            path.add(
                    new TableReference(
                            TableReference.Kind.ELEMENT,
                            0,
                            at,
                            address(at),
                            entries[at],
                            pages[at],
                            owners[at]));
            found = pages[at] == page && owners[at] == owner;
        }
        return path;
    }

    private long address(int place) {
        return ANCHOR_BYTES * anchors.length + ELEMENT_BYTES * place;
    }

    /** The number of anchors and elements that the last {@link #find} read. */
    int examined() {
        return examined;
    }

    boolean isEmpty(int place) {
        return pages[place] == EMPTY;
    }

    int owner(int place) {
        return owners[place];
    }

    long page(int place) {
        return pages[place];
    }

    long entry(int place) {
        return entries[place];
    }

    void setEntry(int place, long entry) {
        entries[place] = entry;
    }

    /** Host bytes of the arrays, unused room included. */
    long hostBytes() {
        return ELEMENT_BYTES * pages.length;
    }

    /** The most host memory, in bytes, that {@code elements} more elements need. */
    long growth(long elements) {
        long needed = size + elements;
        return needed <= pages.length ? 0 : mostBytes(needed);
    }

    /** The most host memory, in bytes, that this many elements take. */
    public static long mostBytes(long elements) {
        return ELEMENT_BYTES * (elements + elements / 2);
    }

    /** One past the highest place ever used. */
    int size() {
        return size;
    }

    /** A free place that is not one of the fixed ones. */
    int allocate() {
        if (free != NONE) {
            int place = free;
            free = next[place];
            return place;
        }
        if (size == pages.length) {
            int capacity = size + size / 2;
            owners = Arrays.copyOf(owners, capacity);
            pages = Arrays.copyOf(pages, capacity);
            entries = Arrays.copyOf(entries, capacity);
            next = Arrays.copyOf(next, capacity);
            Arrays.fill(pages, size, capacity, EMPTY);
        }
        return size++;
    }

    /** Inserts an element at a free place, at the front of its chain. */
    void insert(int place, int anchor, int owner, long page, long entry) {
        owners[place] = owner;
        pages[place] = page;
        entries[place] = entry;
        next[place] = anchors[anchor];
        anchors[anchor] = place;
    }

    /** Removes an element from its chain and frees its place. */
    void remove(int place, int anchor) {
        if (anchors[anchor] == place) {
            anchors[anchor] = next[place];
        } else {
            int before = anchors[anchor];
            while (next[before] != place) {
                before = next[before];
            }
            next[before] = next[place];
        }
        pages[place] = EMPTY;
        if (place >= fixed) {
            next[place] = free;
            free = place;
        }
    }

    /** The pages of an owner in [{@code from}, {@code to}), in ascending order. */
    long[] pagesOf(int owner, long from, long to) {
        return IntStream.range(0, size)
                .filter(at -> owners[at] == owner && pages[at] >= from && pages[at] < to)
                .mapToLong(at -> pages[at])
                .sorted()
                .toArray();
    }

    void save(StateWriter out) {
        out.writeInt(size);
        out.writeInt(free);
        for (int anchor : anchors) {
            out.writeInt(anchor);
        }
        for (int at = 0; at < size; at++) {
            boolean empty = isEmpty(at);
            out.writeInt(empty ? 0 : owners[at]);
            out.writeLong(pages[at]);
            out.writeLong(empty ? 0 : entries[at]);
            out.writeInt(empty && at < fixed ? 0 : next[at]);
        }
    }

    void load(StateReader in) {
        int saved = in.readInt();
        while (size < saved) {
            allocate();
        }
        free = in.readInt();
        for (int i = 0; i < anchors.length; i++) {
            anchors[i] = in.readInt();
        }
        for (int at = 0; at < size; at++) {
            owners[at] = in.readInt();
            pages[at] = in.readLong();
            entries[at] = in.readLong();
            next[at] = in.readInt();
        }
    }
}
