package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;

/**
 * The backing store, and what the kernel promises of it. Each component is the field of the same
 * name.
 */
public record SwapSpec(
        int slots,
        Reservation reservation,
        Overcommit overcommit,
        int overcommitRatio,
        boolean spareFrame,
        OutOfMemory outOfMemory) {

    /** Where the fields of the store stand. */
    public static final Section SECTION = Section.at("/swap", "Swap", "The backing store.");

    public static final Field<Long> SLOTS =
            SECTION.count("slots", 0, Integer.MAX_VALUE)
                    .otherwise(1024L)
                    .numbered(52)
                    .says("Pages that it holds.");

    /** When a page gets its place in the store. */
    public enum Reservation {
        /** When it leaves memory. */
        LAZY,
        /** When it is asked for; frames do not count. */
        EAGER
    }

    public static final Field<Reservation> RESERVATION =
            SECTION.word("reservation", Reservation.class)
                    .otherwise(Reservation.LAZY)
                    .numbered(53)
                    .says(
                            "eager: each page takes a slot when it is asked for; lazy: when it"
                                    + " leaves memory.");

    /** How much memory the kernel grants with lazy reservation (Linux: vm.overcommit_memory). */
    public enum Overcommit {
        /** All that fits into the address space. */
        ALWAYS,
        /** No single wish that is larger than all frames and slots together. */
        HEURISTIC,
        /** No more than the slots and a part of the frames. */
        NEVER
    }

    public static final Field<Overcommit> OVERCOMMIT =
            SECTION.word("overcommit", Overcommit.class)
                    .otherwise(Overcommit.ALWAYS)
                    .numbered(54)
                    .says("What is promised, with lazy reservation.");

    public static final Field<Long> OVERCOMMIT_RATIO =
            SECTION.count("overcommitRatio", 0, 100)
                    .otherwise(50L)
                    .numbered(55)
                    .says("Percent of the frames that never counts on.");

    /** Paging notes: "not if always keep one page frame free". */
    public static final Field<Boolean> SPARE_FRAME =
            SECTION.flag("spareFrame")
                    .otherwise(false)
                    .numbered(56)
                    .says("Whether one frame is kept free, to exchange pages through.");

    /** What happens when a frame is needed and none can be had. */
    public enum OutOfMemory {
        /** The kernel ends the process that holds most, until one can be had. */
        KILL,
        /** The process that needs it gets SIGBUS. */
        SIGNAL
    }

    public static final Field<OutOfMemory> OUT_OF_MEMORY =
            SECTION.word("outOfMemory", OutOfMemory.class)
                    .otherwise(OutOfMemory.KILL)
                    .numbered(57)
                    .says("What happens when no frame can be had.");

    /** The store that a spec comes to. */
    static SwapSpec of(Resolution spec, int frames) {
        SwapSpec swap = spec.make(SwapSpec.class, SECTION);
        if (swap.spareFrame && frames < 2) {
            spec.fail(SPARE_FRAME, "needs a second frame beside the one kept free");
        }
        return swap;
    }
}
