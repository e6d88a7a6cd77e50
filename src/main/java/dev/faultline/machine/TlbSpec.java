package dev.faultline.machine;

/**
 * The geometry and rules of a TLB.
 *
 * @param entries number of entries, 0 for no TLB
 * @param ways entries a set; divides {@code entries}
 * @param replacement which way of a full set is overwritten
 * @param tagged whether entries carry an address-space number; if not, a context switch flushes
 * @param management who loads entries
 */
public record TlbSpec(
        int entries, int ways, Replacement replacement, boolean tagged, Management management) {

    /** No TLB at all. */
    public static final TlbSpec NONE =
            new TlbSpec(0, 0, Replacement.LRU, true, Management.HARDWARE);

    /** Which way of a full set is overwritten. */
    public enum Replacement {
        LRU,
        FIFO,
        RANDOM,
        /**
         * A binary tree over the ways; each node points away from the half used last. Needs ways
         * that are a power of two.
         */
        TREE_PLRU,
        /**
         * A bit a way, set when it is used; when all of a set are, the others are cleared. The
         * first way without goes.
         */
        NOT_RECENTLY_USED
    }

    /** Who loads an entry after a miss. */
    public enum Management {
        /** The hardware, by a walk of the page table. */
        HARDWARE,
        /** The kernel, to which each miss is a trap. */
        SOFTWARE
    }

    boolean isSoftware() {
        return management == Management.SOFTWARE;
    }
}
