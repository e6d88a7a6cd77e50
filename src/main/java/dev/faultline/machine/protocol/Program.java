package dev.faultline.machine.protocol;

/**
 * What a process runs by itself: a fixed list of accesses, any part of which can be produced at any
 * time.
 */
public interface Program {

    /** A name that no other program has. */
    String id();

    /** The number of accesses and ticks in it. An access that crosses pages counts once. */
    long count();

    /**
     * Adds the accesses and ticks with index {@code from} up to but not including {@code to} to a
     * block, until the block has as many pieces as its capacity. Returns the index of the first one
     * not added. All addresses lie in the block's address space.
     */
    long fill(AccessBlock block, long from, long to);

    /** An upper bound for the size of an access, in bytes. */
    default long largest() {
        return 1;
    }

    /** Bytes of host memory that it holds. */
    long hostBytes();
}
