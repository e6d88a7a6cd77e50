package dev.faultline.machine.spec;

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

    /** Pure demand paging. */
    public static final PagingSpec NONE =
            new PagingSpec(
                    new Watermarks(0, 0, 0), 8, 100, 100, new ReadAhead(1, 1, 0), LoadControl.NONE);

    /** Pages that are read ahead at once, at most. */
    private static final int MOST_AHEAD = 1024;

    /**
     * Frames that are free: below {@code low} the page daemon wakes and frees frames until {@code
     * high} are; {@code min} are left to the kernel, so that who needs a frame then frees one
     * itself. All 0 is no daemon (Linux: mm/page_alloc.c).
     */
    public record Watermarks(int min, int low, int high) {}

    /**
     * Pages that one read brings in, with the page that was asked for.
     *
     * @param swap pages of the store, one after the other in the process's memory; 1 is no more
     *     than was asked for
     * @param file pages of a file
     * @param stride pages that are brought in at the distance that the process's last faults had,
     *     once it was the same twice; 0 is none
     */
    public record ReadAhead(int swap, int file, int stride) {}

    /**
     * Which processes with programs are kept out of memory.
     *
     * @param window of working sets: accesses of a process; of page-fault frequency: accesses of
     *     all processes between two looks
     * @param high of page-fault frequency: faults in 1000 accesses above which one has to go
     * @param low faults in 1000 accesses below which one comes back
     * @param patience ticks after which who is out changes places with who has been in longest
     */
    public record LoadControl(Kind kind, long window, int high, int low, long patience) {

        /** How it is known that memory is too small. */
        public enum Kind {
            NONE,
            /** The working sets together are larger than memory (Denning, CACM 11(5), 1968). */
            WORKING_SET,
            /** The processes fault too often (Chu, Opderbeck, Computer 9(11), 1976). */
            PAGE_FAULT_FREQUENCY
        }

        /** All are in memory. */
        public static final LoadControl NONE = new LoadControl(Kind.NONE, 1000, 8, 4, 1L << 27);
    }

    /** Whether there is a page daemon. */
    public boolean hasDaemon() {
        return watermarks.high > 0 || dirtyBackground < 100 || dirtyLimit < 100;
    }

    /** Whether anything is done beside pure demand paging. */
    public boolean isActive() {
        return hasDaemon() || readAhead.swap > 1 || readAhead.file > 1 || readAhead.stride > 0;
    }

    /** The same with another way of load control. */
    public PagingSpec with(LoadControl.Kind kind) {
        LoadControl control =
                new LoadControl(
                        kind,
                        loadControl.window,
                        loadControl.high,
                        loadControl.low,
                        loadControl.patience);
        return new PagingSpec(
                watermarks, inFlight, dirtyBackground, dirtyLimit, readAhead, control);
    }

    void check(SpecChecker check, int frames) {
        check.range("/reclaim/high", watermarks.high, 0, frames - 1);
        check.range("/reclaim/low", watermarks.low, 0, watermarks.high);
        check.range("/reclaim/min", watermarks.min, 0, watermarks.low);
        check.range("/reclaim/inFlight", inFlight, 1, 1 << 20);
        check.range("/reclaim/dirtyBackground", dirtyBackground, 0, 100);
        check.range("/reclaim/dirtyLimit", dirtyLimit, dirtyBackground == 100 ? 0 : 1, 100);
        if (dirtyBackground < 100 && dirtyBackground > dirtyLimit) {
            check.fail("/reclaim/dirtyBackground", "must be at most dirtyLimit");
        }
        check.range("/readAhead/swap", readAhead.swap, 1, MOST_AHEAD);
        check.range("/readAhead/file", readAhead.file, 1, MOST_AHEAD);
        check.range("/readAhead/stride", readAhead.stride, 0, MOST_AHEAD);
        check.range("/scheduler/loadControl/window", loadControl.window, 1, 1L << 40);
        check.range("/scheduler/loadControl/high", loadControl.high, 1, 1000);
        check.range("/scheduler/loadControl/low", loadControl.low, 0, loadControl.high);
        check.range("/scheduler/loadControl/patience", loadControl.patience, 1, 1L << 50);
    }
}
