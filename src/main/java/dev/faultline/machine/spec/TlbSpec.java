package dev.faultline.machine.spec;

import org.jspecify.annotations.Nullable;

/**
 * The geometry and rules of a TLB.
 *
 * @param entries number of entries, 0 for no TLB
 * @param ways entries a set; divides {@code entries}
 * @param replacement which way of a full set is overwritten
 * @param tagged whether entries carry an address-space number; if not, a context switch flushes
 * @param management who loads entries
 * @param split whether there is a second TLB like this, for instructions
 * @param second the TLB behind, or null if there is none
 * @param asidBits bits of an address-space number, or 0 if each process has one of its own
 * @param walkCache nodes of hierarchical tables that walks remember, or 0
 * @param global whether the kernel's own entries stay when processes are switched
 * @param invalidation which copies of an entry the kernel drops when the entry changes
 */
public record TlbSpec(
        int entries,
        int ways,
        Replacement replacement,
        boolean tagged,
        Management management,
        boolean split,
        @Nullable TlbSpec second,
        int asidBits,
        int walkCache,
        boolean global,
        Invalidation invalidation) {

    /** No TLB at all. */
    public static final TlbSpec NONE =
            new TlbSpec(0, 0, Replacement.LRU, true, Management.HARDWARE, false, null);

    /** A TLB whose stale entries the kernel drops. */
    public TlbSpec(
            int entries,
            int ways,
            Replacement replacement,
            boolean tagged,
            Management management,
            boolean split,
            @Nullable TlbSpec second) {
        this(
                entries,
                ways,
                replacement,
                tagged,
                management,
                split,
                second,
                0,
                0,
                false,
                Invalidation.ALL);
    }

    /** One TLB that the hardware manages. */
    public static TlbSpec of(int entries, int ways, Replacement replacement, boolean tagged) {
        return new TlbSpec(entries, ways, replacement, tagged, Management.HARDWARE, false, null);
    }

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

    /** Which copies of a page-table entry the kernel drops when it changes the entry. */
    public enum Invalidation {
        /** Those of every processor, by shootdowns. */
        ALL,
        /** That of the processor which runs the kernel; others keep stale ones. */
        LOCAL,
        /** None. */
        NONE
    }

    public boolean isSoftware() {
        return management == Management.SOFTWARE;
    }
}
