package dev.faultline.machine.spec;

/**
 * The backing store, and what the kernel promises of it.
 *
 * @param slots pages that it holds
 * @param overcommitRatio percent of the frames that {@link Overcommit#NEVER} counts on
 * @param spareFrame whether one frame is always kept free, so that pages can be exchanged through
 *     it when every slot is taken (paging notes, "not if always keep one page frame free")
 */
public record SwapSpec(
        int slots,
        Reservation reservation,
        Overcommit overcommit,
        int overcommitRatio,
        boolean spareFrame,
        OutOfMemory outOfMemory) {

    /** When a page gets its place in the store. */
    public enum Reservation {
        /** When it leaves memory. */
        LAZY,
        /** When it is asked for; frames do not count. */
        EAGER
    }

    /** How much memory the kernel grants with lazy reservation (Linux: vm.overcommit_memory). */
    public enum Overcommit {
        /** All that fits into the address space. */
        ALWAYS,
        /** No single wish that is larger than all frames and slots together. */
        HEURISTIC,
        /** No more than the slots and a part of the frames. */
        NEVER
    }

    /** What happens when a frame is needed and none can be had. */
    public enum OutOfMemory {
        /** The kernel ends the process that holds most, until one can be had. */
        KILL,
        /** The process that needs it gets SIGBUS. */
        SIGNAL
    }

    /** A store of so many slots that is used lazily and promised freely. */
    public static SwapSpec of(int slots) {
        return new SwapSpec(
                slots, Reservation.LAZY, Overcommit.ALWAYS, 50, false, OutOfMemory.KILL);
    }
}
