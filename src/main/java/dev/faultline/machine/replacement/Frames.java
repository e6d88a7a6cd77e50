package dev.faultline.machine.replacement;

/** What a policy may ask and do about the frames it chooses among. */
public interface Frames {

    /** Whether any page-table entry that maps the frame has its accessed bit set. */
    boolean referenced(int frame);

    /** Whether the frame was written to since it was filled, through an entry it has or had. */
    boolean dirty(int frame);

    /**
     * The instruction that is under way, counted from 1: each access is one, and each switch and
     * exit of a trace that has such instructions.
     */
    long now();

    /** The address space whose page the frame holds, the first of several, or 0. */
    int owner(int frame);

    /** The frames that a process is allotted, 0 for one that has ended. */
    int share(int owner);

    /** The accesses that an address space has made: its virtual time. */
    long time(int owner);

    /**
     * Clears the accessed bit in every entry that maps the frame and drops the entries' TLB copies,
     * so that the next access walks and sets the bit again: counts do not depend on the TLB.
     */
    void clearReferenced(int frame);

    /** Clears the accessed bits of all frames below a number. */
    default void clearAllReferenced(int frames) {
        for (int frame = 0; frame < frames; frame++) {
            clearReferenced(frame);
        }
    }

    /**
     * Whether the frame can be taken now. It cannot while the kernel copies from it, nor when it is
     * dirty and no slot is left to write it to.
     */
    boolean evictable(int frame);
}
