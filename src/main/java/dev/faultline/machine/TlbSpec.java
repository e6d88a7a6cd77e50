package dev.faultline.machine;

/**
 * The geometry and rules of a TLB.
 *
 * @param entries number of entries, 0 for no TLB
 * @param ways entries a set; divides {@code entries}
 * @param replacement which way of a full set is overwritten
 * @param tagged whether entries carry an address-space number; if not, a context switch flushes
 */
public record TlbSpec(int entries, int ways, Replacement replacement, boolean tagged) {

    /** No TLB at all. */
    public static final TlbSpec NONE = new TlbSpec(0, 0, Replacement.LRU, true);

    /** Which way of a full set is overwritten. */
    public enum Replacement {
        LRU,
        FIFO,
        RANDOM
    }
}
