package dev.faultline.machine.protocol;

/**
 * What a process runs by itself: a list of accesses that is always the same, of which any part can
 * be had at any time.
 */
public interface Program {

    /** A name that tells it from every other program. */
    String id();

    /** The accesses in it, and ticks; an access that crosses pages is one. */
    long count();

    /**
     * Adds the accesses and ticks {@code from} to below {@code to} to a block, all of which lie in
     * the block's address space, until it has as many pieces as it was made for. Answers the first
     * that was not added.
     */
    long fill(AccessBlock block, long from, long to);

    /** Bytes of its largest access at most. */
    default long largest() {
        return 1;
    }

    /** Bytes of the host's memory that it holds. */
    long hostBytes();
}
