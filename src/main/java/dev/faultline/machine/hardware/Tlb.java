package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * A translation look-aside buffer of any geometry: {@code sets × ways} entries, the set being the
 * page number modulo the number of sets. One set is fully associative, one way direct-mapped, no
 * entry at all no TLB.
 *
 * <p>An entry holds the address-space tag, the frame, and the valid, permission and dirty bits of
 * the page-table entry, at the same places as in {@link Pte}:
 *
 * <pre>
 *   63      42 41     10 9       0
 *  +----------+---------+---------+
 *  | asid     | frame   | bits    |
 *  +----------+---------+---------+
 * </pre>
 *
 * Without tags, a context switch flushes, so that all entries are of the process that runs; the
 * number is kept all the same, lest the kernel's invalidating a page of another process should drop
 * this one's entry for the same page number.
 *
 * <p>A look-up costs O(ways) at worst and O(1) for a page that was found lately: a hint remembers
 * where. Hints change no answer.
 */
public final class Tlb {

    static final int MISS = -1;
    private static final int ASID_SHIFT = 42;
    private static final long ASID_BITS = -1L << ASID_SHIFT;
    private static final long EMPTY = -1;

    /** So many that two pages which are both in the TLB seldom share a hint. */
    private static final int HINTS_PER_ENTRY = 4;

    /** An entry's numbers and its hints. */
    static final long HOST_BYTES = 3 * Long.BYTES + HINTS_PER_ENTRY * Integer.BYTES;

    /** What an entry must have for an access to go ahead without the page table. */
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
     * When each entry was last used (LRU) or filled (FIFO), on a clock that counts such moments; or
     * 1 for one that was used recently; or, by set, the nodes of its tree from the second place on,
     * 1 where the right half goes first.
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

    public boolean isPresent() {
        return pages.length > 0;
    }

    public boolean isTagged() {
        return tagged;
    }

    public int sets() {
        return sets;
    }

    public int ways() {
        return ways;
    }

    /** The place of a page's entry in the given address space, or {@link #MISS}. */
    int find(int asid, long vpn) {
        if (!isPresent()) {
            return MISS;
        }
        int place = hint(vpn);
        return holds(place, asid, vpn) ? place : search(asid, vpn);
    }

    /** Where a page's entry probably is, if it is anywhere; there must be a TLB. */
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

    public long entry(int place) {
        return entries[place];
    }

    /** Whether an entry lets an access go ahead without the page table. */
    static boolean suffices(long entry, int op) {
        long needed = NEEDED[op];
        return (entry & needed) == needed;
    }

    /**
     * Answers packed accesses of an address space from a place on for as long as each is a hit
     * where the hint says, which is nearly always: what {@link #find}, {@link #suffices} and {@link
     * #touch} do for each, in a loop that keeps what it needs at hand. Notes the frames, if wanted.
     * Answers the place of the first access that is not answered, at most {@code to}.
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

    /** How far {@link #runHits} would come; nothing is run. */
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

    /** The entry was used. */
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

    /** Loads the entry of a page that has none, into an empty way or over the set's victim. */
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

    /** Drops all entries but those of one address space. */
    void flushOthers(int asid) {
        for (int place = 0; place < pages.length; place++) {
            if (asid(place) != asid) {
                pages[place] = EMPTY;
            }
        }
    }

    /** Entries that are in it. */
    int used() {
        int used = 0;
        for (long page : pages) {
            used += page == EMPTY ? 0 : 1;
        }
        return used;
    }

    public boolean isEmpty(int place) {
        return pages[place] == EMPTY;
    }

    public long page(int place) {
        return pages[place];
    }

    public int asid(int place) {
        return (int) (entries[place] >>> ASID_SHIFT);
    }

    /** The set that a page's entry can be in. */
    public int set(long vpn) {
        return (sets & sets - 1) == 0 ? (int) vpn & sets - 1 : (int) (vpn % sets);
    }

    /** A number from 0 to below bound, by SplitMix64 (Steele, Lea, Flood, 2014). */
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
