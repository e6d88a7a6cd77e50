package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * A translation look-aside buffer with {@code sets × ways} entries; a page's set is <i>page number
 * mod sets</i>. One set is fully associative, one way is direct-mapped, and no entries means no
 * TLB.
 *
 * <p>An entry holds the address-space number, the frame, and the valid, permission and dirty bits
 * of the page-table entry, in the same places as in {@link Pte}:
 *
 * <pre>
 *   63      42 41     10 9       0
 *  +----------+---------+---------+
 *  | asid     | frame   | bits    |
 *  +----------+---------+---------+
 * </pre>
 *
 * <p>An untagged TLB is flushed by each context switch, so all its entries belong to the running
 * process. It stores the address-space number all the same: otherwise, when the kernel invalidates
 * another process's page, this process's entry for the same page number would be dropped.
 *
 * <p>A look-up takes O(ways) at worst and O(1) for a page found recently, by a hint that remembers
 * the place. Hints never change a result.
 */
public final class Tlb {

    static final int MISS = -1;
    private static final int ASID_SHIFT = 42;
    private static final long ASID_BITS = -1L << ASID_SHIFT;
    static final long EMPTY = -1;

    /** Enough hints that two pages in the TLB seldom share one. */
    private static final int HINTS_PER_ENTRY = 4;

    /** Host bytes of an entry and its hints. */
    static final long HOST_BYTES = 3 * Long.BYTES + HINTS_PER_ENTRY * Integer.BYTES;

    /**
     * The bits that an entry must have for an access to go ahead without the page table, by
     * operation.
     */
    private static final long[] NEEDED = {
        Pte.VALID | Pte.READ,
        Pte.VALID | Pte.WRITE | Pte.DIRTY,
        Pte.VALID | Pte.EXECUTE,
        Pte.NO_ENTRY
    };

    private final TlbSpec.Replacement replacement;
    private final boolean tagged;
    private final int sets;
    private final int ways;
    private final int[] hints;

    private final long[] pages;
    private final long[] entries;

    /**
     * What the replacement rule remembers. LRU: when an entry was last used. FIFO: when it was
     * filled. Not recently used: 1 for an entry used recently. Tree PLRU: the nodes of each set's
     * tree, from the second place on, 1 if the right half goes first.
     */
    private final long[] stamps;

    private final boolean stampHits;
    private final boolean markHits;
    private final boolean tree;
    private long moment;
    private long randomState;

    Tlb(TlbSpec spec, long seed) {
        replacement = spec.replacement();
        tagged = spec.tagged();
        ways = spec.ways();
        sets = ways == 0 ? 1 : spec.entries() / ways;
        int size = sets * ways;
        pages = new long[size];
        entries = new long[size];
        stamps = new long[size];
        Arrays.fill(pages, EMPTY);
        hints = new int[HINTS_PER_ENTRY * Integer.highestOneBit(Math.max(1, size))];
        stampHits = replacement == TlbSpec.Replacement.LRU;
        tree = replacement == TlbSpec.Replacement.TREE_PLRU;
        markHits = tree || replacement == TlbSpec.Replacement.NOT_RECENTLY_USED;
        randomState = seed;
    }

    /** Whether there is a TLB. */
    public boolean isPresent() {
        return pages.length > 0;
    }

    /** Whether entries of several address spaces can be in it at once. */
    public boolean isTagged() {
        return tagged;
    }

    /** The number of sets. */
    public int sets() {
        return sets;
    }

    /** The number of ways, the entries of a set. */
    public int ways() {
        return ways;
    }

    /** The place of a page's entry in an address space, or {@link #MISS}. */
    int find(int asid, long vpn) {
        if (!isPresent()) {
            return MISS;
        }
        int place = hint(vpn);
        return holds(place, asid, vpn) ? place : search(asid, vpn);
    }

    /** Where a page's entry would most likely be. There must be a TLB. */
    int hint(long vpn) {
        return hints[hintAt(vpn)];
    }

    private int hintAt(long vpn) {
        return (int) vpn & hints.length - 1;
    }

    /** Whether a place holds a page's entry. */
    boolean holds(int place, int asid, long vpn) {
        return pages[place] == vpn && asid(place) == asid;
    }

    private int search(int asid, long vpn) {
        int first = set(vpn) * ways;
        for (int place = first; place < first + ways; place++) {
            if (holds(place, asid, vpn)) {
                hints[hintAt(vpn)] = place;
                return place;
            }
        }
        return MISS;
    }

    /** The entry at a place, bits as in {@link Pte}. */
    public long entry(int place) {
        return entries[place];
    }

    /** Whether an entry lets an access go ahead without the page table. */
    static boolean suffices(long entry, int op) {
        long needed = NEEDED[op];
        return (entry & needed) == needed;
    }

    /**
     * Runs packed accesses from index {@code from} as long as each hits where its hint says, which
     * is nearly always. It does what {@link #find}, {@link #suffices} and {@link #touch} do, in one
     * tight loop.
     *
     * @param frames receives the frame of each access, or null
     * @return the index of the first access not run, at most {@code to}
     */
    int runHits(long[] words, int from, int to, int asid, int offsetBits, int @Nullable [] frames) {
        long[] pages = this.pages;
        long[] entries = this.entries;
        long[] stamps = this.stamps;
        int[] hints = this.hints;
        long space = (long) asid << ASID_SHIFT;
        long now = moment;
        int at = from;
        for (; at < to; at++) {
            long word = words[at];
            long vpn = AccessBlock.address(word) >>> offsetBits;
            int place = hints[(int) vpn & hints.length - 1];
            long entry = entries[place];
            long needed = NEEDED[AccessBlock.op(word)];
            if (pages[place] != vpn || (entry & (ASID_BITS | needed)) != (space | needed)) {
                break;
            }
            if (stampHits) {
                stamps[place] = ++now;
            } else if (markHits) {
                mark(place);
            }
            if (frames != null) {
                frames[at - from] = Pte.frame(entry);
            }
        }
        moment = now;
        return at;
    }

    /** The index that {@link #runHits} would return. Nothing is run. */
    int hitsEnd(long[] words, int from, int to, int asid, int offsetBits) {
        long space = (long) asid << ASID_SHIFT;
        int at = from;
        for (; at < to; at++) {
            long word = words[at];
            long vpn = AccessBlock.address(word) >>> offsetBits;
            int place = hints[(int) vpn & hints.length - 1];
            long needed = NEEDED[AccessBlock.op(word)];
            if (pages[place] != vpn
                    || (entries[place] & (ASID_BITS | needed)) != (space | needed)) {
                break;
            }
        }
        return at;
    }

    /** Records that an entry was used. */
    void touch(int place) {
        if (stampHits) {
            stamps[place] = ++moment;
        } else if (markHits) {
            mark(place);
        }
    }

    private void mark(int place) {
        int first = place - place % ways;
        if (tree) {
            for (int node = ways + place - first; node > 1; node /= 2) {
                stamps[first + node / 2] = node % 2 == 0 ? 1 : 0;
            }
            return;
        }
        stamps[place] = 1;
        for (int other = first; other < first + ways; other++) {
            if (stamps[other] == 0 || pages[other] == EMPTY) {
                return;
            }
        }
        Arrays.fill(stamps, first, first + ways, 0);
        stamps[place] = 1;
    }

    void setDirty(int place) {
        entries[place] |= Pte.DIRTY;
    }

    /**
     * Loads the entry of a page that has none, into an empty way or in place of the set's victim.
     */
    void fill(int asid, long vpn, long pte) {
        if (ways == 0) {
            return;
        }
        int place = place(vpn);
        pages[place] = vpn;
        entries[place] =
                (long) asid << ASID_SHIFT
                        | (long) Pte.frame(pte) << Pte.NUMBER_SHIFT
                        | (pte & Pte.HARDWARE);
        if (markHits) {
            mark(place);
        } else {
            stamps[place] = ++moment;
        }
        hints[hintAt(vpn)] = place;
    }

    private int place(long vpn) {
        int first = set(vpn) * ways;
        int oldest = first;
        for (int place = first; place < first + ways; place++) {
            if (pages[place] == EMPTY) {
                return place;
            }
            if (stamps[place] < stamps[oldest]) {
                oldest = place;
            }
        }
        return switch (replacement) {
            case RANDOM -> first + random(ways);
            case TREE_PLRU -> first + treeVictim(first);
            case LRU, FIFO, NOT_RECENTLY_USED -> oldest;
        };
    }

    private int treeVictim(int first) {
        int node = 1;
        while (node < ways) {
            node = 2 * node + (int) stamps[first + node];
        }
        return node - ways;
    }

    /** Drops a page's entry, if there is one. */
    void invalidate(int asid, long vpn) {
        int place = find(asid, vpn);
        if (place != MISS) {
            pages[place] = EMPTY;
        }
    }

    /** Drops the entries of one address space. */
    void flush(int asid) {
        for (int place = 0; place < pages.length; place++) {
            if (asid(place) == asid) {
                pages[place] = EMPTY;
            }
        }
    }

    void flushAll() {
        Arrays.fill(pages, EMPTY);
    }

    /** Drops all entries except those of one address space. */
    void flushOthers(int asid) {
        for (int place = 0; place < pages.length; place++) {
            if (asid(place) != asid) {
                pages[place] = EMPTY;
            }
        }
    }

    /** The number of entries in use. */
    int used() {
        int used = 0;
        for (long page : pages) {
            used += page == EMPTY ? 0 : 1;
        }
        return used;
    }

    /** Whether a place holds no entry. */
    public boolean isEmpty(int place) {
        return pages[place] == EMPTY;
    }

    /** The page number of the entry at a place. */
    public long page(int place) {
        return pages[place];
    }

    /** The address-space number of the entry at a place. */
    public int asid(int place) {
        return (int) (entries[place] >>> ASID_SHIFT);
    }

    /** The set that a page's entry is in. */
    public int set(long vpn) {
        return (sets & sets - 1) == 0 ? (int) vpn & sets - 1 : (int) (vpn % sets);
    }

    /**
     * A number from 0 up to but not including {@code bound}, by SplitMix64 (Steele, Lea, Flood,
     * 2014).
     */
    private int random(int bound) {
        randomState += 0x9E3779B97F4A7C15L;
        long z = randomState;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(z ^ z >>> 31, bound);
    }

    void save(StateWriter out) {
        out.writeLongs(pages);
        for (int place = 0; place < pages.length; place++) {
            boolean empty = pages[place] == EMPTY;
            out.writeLong(empty ? 0 : entries[place]);
            out.writeLong(empty && !tree ? 0 : stamps[place]);
        }
        out.writeLong(moment);
        out.writeLong(randomState);
    }

    void load(StateReader in) {
        in.readLongs(pages);
        for (int place = 0; place < pages.length; place++) {
            entries[place] = in.readLong();
            stamps[place] = in.readLong();
        }
        moment = in.readLong();
        randomState = in.readLong();
    }
}
