package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;

/**
 * What the kernel does beside pure demand paging; by default nothing of it.
 *
 * @param watermarks how many frames are kept free in the background
 * @param inFlight pages that the page daemon may have on their way to the disk
 * @param dirtyBackground percent of the frames that may be dirty before the daemon cleans pages
 * @param dirtyLimit percent of the frames that may be dirty before a writer has to clean pages
 * @param readAhead what is read before it is asked for
 * @param loadControl which processes are kept out of memory while it is too small for all
 */
public record PagingSpec(
        Watermarks watermarks,
        int inFlight,
        int dirtyBackground,
        int dirtyLimit,
        ReadAhead readAhead,
        LoadControl loadControl) {

    /** Where the fields of the page daemon stand. */
    public static final Section RECLAIM =
            Section.at(
                    "/reclaim",
                    "Reclaim",
                    "Frames that are kept free and pages that are kept clean, in the background.");

    public static final Field<Long> MIN =
            RECLAIM.smallNumber("min", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .numbered(58)
                    .says("Free frames kept for the kernel alone.");

    public static final Field<Long> LOW =
            RECLAIM.smallNumber("low", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .numbered(59)
                    .says("The page daemon wakes when fewer frames are free.");

    public static final Field<Long> HIGH =
            RECLAIM.smallNumber("high", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .numbered(60)
                    .says(
                            "The page daemon sleeps again at this many free frames; 0 for no daemon.");

    public static final Field<Long> IN_FLIGHT =
            RECLAIM.smallNumber("inFlight", 1, 1 << 20)
                    .otherwise(8L)
                    .numbered(61)
                    .says("The number of pages that the page daemon writes back at once.");

    public static final Field<Long> DIRTY_BACKGROUND =
            RECLAIM.smallNumber("dirtyBackground", 0, 100)
                    .otherwise(100L)
                    .numbered(62)
                    .says(
                            "Percentage of the frames: above it, dirty pages are cleaned in the background.");

    public static final Field<Long> DIRTY_LIMIT =
            RECLAIM.smallNumber("dirtyLimit", 0, 100)
                    .otherwise(100L)
                    .numbered(63)
                    .says(
                            "Percentage of the frames: above it, a process that writes has to clean pages itself.");

    /** Pure demand paging. */
    public static final PagingSpec NONE = of(new Resolution(SpecValues.EMPTY, SpecValues.EMPTY), 1);

    /**
     * Frames that are free: below {@code low} the page daemon wakes and frees frames until {@code
     * high} are; {@code min} are left to the kernel, so that a process that needs a frame then
     * frees one itself. All 0 is no daemon (Linux: mm/page_alloc.c).
     */
    public record Watermarks(int min, int low, int high) {}

    /** Pages that one read brings in. Each component is the field of the same name. */
    public record ReadAhead(int swap, int file, int stride) {

        /** Where the fields of reading ahead stand. */
        public static final Section SECTION =
                Section.at(
                        "/readAhead",
                        "ReadAhead",
                        "Pages that are read before they are asked for.");

        /** Pages that are read ahead at once, at most. */
        private static final int MOST = 1024;

        /** They lie one after the other in the process's memory; 1 is what was asked for. */
        public static final Field<Long> SWAP =
                SECTION.smallNumber("swap", 1, MOST)
                        .otherwise(1L)
                        .numbered(64)
                        .says("Pages of the store that a fault brings in.");

        public static final Field<Long> FILE =
                SECTION.smallNumber("file", 1, MOST)
                        .otherwise(1L)
                        .numbered(65)
                        .says("Pages of a file that a fault brings in.");

        /** The stride is that of the process's last faults, once it was the same twice. */
        public static final Field<Long> STRIDE =
                SECTION.smallNumber("stride", 0, MOST)
                        .otherwise(0L)
                        .numbered(66)
                        .says("Pages brought in once the same stride was seen twice; 0 for none.");
    }

    /**
     * When processes with programs are kept out of memory (load control). Each component is the
     * field of the same name.
     */
    public record LoadControl(Kind kind, long window, int high, int low, long patience) {

        /** Where the fields of load control stand. */
        public static final Section SECTION =
                Section.at(
                        "/scheduler/loadControl",
                        "LoadControl",
                        "When processes with programs are kept out of memory (load control).");

        /** How it is known that memory is too small. */
        public enum Kind {
            /** It is not looked at: every process may run. */
            NONE,
            /** The working sets together are larger than memory (Denning, CACM 11(5), 1968). */
            WORKING_SET,
            /** The processes fault too often (Chu, Opderbeck, Computer 9(11), 1976). */
            PAGE_FAULT_FREQUENCY
        }

        public static final Field<Kind> KIND =
                SECTION.word("kind", Kind.class)
                        .otherwise(Kind.NONE)
                        .numbered(67)
                        .says(
                                "How the kernel recognises that memory is too small for all processes.");

        public static final Field<Long> WINDOW =
                SECTION.number("window", 1, 1L << 40)
                        .otherwise(1000L)
                        .numbered(68)
                        .says(
                                "Accesses: of a process, in its working set; of all, between"
                                        + " two looks at how often they fault.");

        public static final Field<Long> HIGH =
                SECTION.smallNumber("high", 1, 1000)
                        .otherwise(8L)
                        .numbered(69)
                        .says("Faults per 1,000 accesses above which a process is swapped out.");

        /** At most {@link #HIGH}. */
        public static final Field<Long> LOW =
                SECTION.smallNumber("low", 0, 1000)
                        .otherwise(4L)
                        .numbered(70)
                        .says("Faults per 1,000 accesses below which a process comes back.");

        public static final Field<Long> PATIENCE =
                SECTION.number("patience", 1, 1L << 50)
                        .otherwise(1L << 27)
                        .numbered(71)
                        .says(
                                "Ticks after which a process that is out changes places with one that is in.");
    }

    /** Whether there is a page daemon. */
    public boolean hasDaemon() {
        return watermarks.high > 0 || dirtyBackground < 100 || dirtyLimit < 100;
    }

    /** Whether anything is done beside pure demand paging. */
    public boolean isActive() {
        return hasDaemon() || readAhead.swap > 1 || readAhead.file > 1 || readAhead.stride > 0;
    }

    /** What a spec with a number of frames comes to. */
    static PagingSpec of(Resolution spec, int frames) {
        spec.limit(HIGH, frames - 1L);
        spec.limit(LOW, spec.settle(HIGH));
        spec.limit(MIN, spec.settle(LOW));
        spec.settle(MIN);
        spec.settle(IN_FLIGHT);
        long background = spec.settle(DIRTY_BACKGROUND);
        long limit = spec.settle(DIRTY_LIMIT, 100L, background == 100 ? 0 : 1, 100);
        if (background < 100 && background > limit) {
            spec.fail(DIRTY_BACKGROUND, "must be at most dirtyLimit");
        }
        ReadAhead ahead = spec.make(ReadAhead.class, ReadAhead.SECTION);
        spec.limit(LoadControl.LOW, spec.settle(LoadControl.HIGH));
        LoadControl control = spec.make(LoadControl.class, LoadControl.SECTION);
        SpecValues settled = spec.settled();
        return new PagingSpec(
                new Watermarks(settled.count(MIN), settled.count(LOW), settled.count(HIGH)),
                settled.count(IN_FLIGHT),
                (int) background,
                (int) limit,
                ahead,
                control);
    }
}
