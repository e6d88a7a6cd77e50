package dev.faultline.machine.spec;

/**
 * What things cost, in ticks.
 *
 * @param memoryReference one reference to memory, by a walk or for the datum itself
 * @param tlbLookup looking into the TLB, once an access
 * @param trap entering and leaving the kernel at a fault
 * @param zeroFill filling a frame with zeros
 * @param pageCopy copying a frame
 * @param swapIn reading a page from the backing store
 * @param swapOut writing a page to the backing store
 * @param fileIn reading a page of a file from the disk
 * @param fileOut writing a page of a file to the disk
 * @param contextSwitch going from one process to another
 * @param shootdown making another processor drop entries from its TLB
 * @param seek finding the place on the disk, once for each page that is read or written
 * @param map entering a page into a page table
 * @param unmap taking a page out of a page table
 * @param signal sending a signal
 * @param exit ending a process
 */
public record Costs(
        long memoryReference,
        long tlbLookup,
        long trap,
        long zeroFill,
        long pageCopy,
        long swapIn,
        long swapOut,
        long fileIn,
        long fileOut,
        long contextSwitch,
        long shootdown,
        long seek,
        long map,
        long unmap,
        long signal,
        long exit) {

    /** Costs without those of seeking, mapping, signals and exits. */
    public Costs(
            long memoryReference,
            long tlbLookup,
            long trap,
            long zeroFill,
            long pageCopy,
            long swapIn,
            long swapOut,
            long fileIn,
            long fileOut,
            long contextSwitch,
            long shootdown) {
        this(
                memoryReference,
                tlbLookup,
                trap,
                zeroFill,
                pageCopy,
                swapIn,
                swapOut,
                fileIn,
                fileOut,
                contextSwitch,
                shootdown,
                0,
                0,
                0,
                0,
                0);
    }

    /** The same with a disk that needs so long for every page, in or out. */
    Costs withDisk(long ticks) {
        return new Costs(
                memoryReference,
                tlbLookup,
                trap,
                zeroFill,
                pageCopy,
                ticks,
                ticks,
                ticks,
                ticks,
                contextSwitch,
                shootdown,
                seek,
                map,
                unmap,
                signal,
                exit);
    }

    private static final long DISK = 8_000_000;

    /** A memory of 100 ticks and a disk of 8 million, as textbooks count nanoseconds. */
    public static final Costs DEFAULT = new Costs(100, 0, 0, 0, 0, DISK, DISK, DISK, DISK, 0, 0);

    private static final Costs SSD =
            new Costs(
                    100, 1, 1_000, 250, 500, 80_000, 100_000, 80_000, 100_000, 2_000, 2_000, 0, 100,
                    100, 2_000, 5_000);

    private static final Costs HARD_DISK =
            new Costs(
                    100, 1, 1_000, 250, 500, 40_000, 40_000, 40_000, 40_000, 2_000, 2_000,
                    8_000_000, 100, 100, 2_000, 5_000);

    /** Costs by name. */
    public enum Preset {
        /** {@link #DEFAULT}. */
        TEXTBOOK,
        /**
         * Nanoseconds of a machine with a flash drive: 100 for a reference to memory, 1 for the
         * TLB, a microsecond for a trap, 80 of them to read a page and 100 to write one.
         */
        SSD,
        /** The same with a disk: 8 milliseconds to find a place, 40 microseconds a page. */
        HARD_DISK;

        /** What things cost. */
        public Costs costs() {
            return switch (this) {
                case TEXTBOOK -> DEFAULT;
                case SSD -> Costs.SSD;
                case HARD_DISK -> Costs.HARD_DISK;
            };
        }
    }

    /** The largest cost: a run of 2^31 accesses at it still fits the clock. */
    public static final long MAX = 1_000_000_000L;
}
