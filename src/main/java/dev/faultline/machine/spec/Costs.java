package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;

/** What things cost, in ticks. Each component is the field of the same name. */
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

    /** Where costs stand. */
    public static final Section SECTION =
            Section.at("/costs", "Costs", "Ticks; see docs/machine.md.");

    /** The largest cost: a run of 2^31 accesses at it still fits the clock. */
    public static final long MAX = 1_000_000_000L;

    /** A disk of 8 million ticks a page, as textbooks count nanoseconds. */
    private static final long DISK = 8_000_000;

    public static final Field<Preset> PRESET =
            SECTION.word("preset", Preset.class)
                    .forOthers()
                    .numbered(72)
                    .says("Costs to begin with; the textbook's if left out.");

    public static final Field<Long> MEMORY_REFERENCE =
            ticks(
                    73,
                    "memoryReference",
                    100,
                    "One reference to memory, by a walk or for the datum.");

    public static final Field<Long> TLB_LOOKUP =
            ticks(74, "tlbLookup", 0, "Looking into the TLB, once an access.");

    public static final Field<Long> TRAP =
            ticks(75, "trap", 0, "Entering and leaving the kernel at a fault.");

    public static final Field<Long> ZERO_FILL =
            ticks(76, "zeroFill", 0, "Filling a frame with zeros.");

    public static final Field<Long> PAGE_COPY = ticks(77, "pageCopy", 0, "Copying a frame.");

    public static final Field<Long> SWAP_IN =
            ticks(78, "swapIn", DISK, "Reading a page from the backing store.");

    public static final Field<Long> SWAP_OUT =
            ticks(79, "swapOut", DISK, "Writing a page to the backing store.");

    public static final Field<Long> FILE_IN =
            ticks(80, "fileIn", DISK, "Reading a page of a file from the disk.");

    public static final Field<Long> FILE_OUT =
            ticks(81, "fileOut", DISK, "Writing a page of a file to the disk.");

    public static final Field<Long> CONTEXT_SWITCH =
            ticks(82, "contextSwitch", 0, "Going from one process to another.");

    public static final Field<Long> SHOOTDOWN =
            ticks(83, "shootdown", 0, "Making another processor drop entries from its TLB.");

    public static final Field<Long> SEEK =
            ticks(84, "seek", 0, "Finding the place on the disk, once for each page moved.");

    public static final Field<Long> MAP = ticks(85, "map", 0, "Entering a page into a page table.");

    public static final Field<Long> UNMAP =
            ticks(86, "unmap", 0, "Taking a page out of a page table.");

    public static final Field<Long> SIGNAL = ticks(87, "signal", 0, "Sending a signal.");

    public static final Field<Long> EXIT = ticks(88, "exit", 0, "Ending a process.");

    /** A memory of 100 ticks and a disk of 8 million. */
    public static final Costs DEFAULT = of(new Resolution(SpecValues.EMPTY, SpecValues.EMPTY));

    private static Field<Long> ticks(int number, String name, long otherwise, String words) {
        return SECTION.number(name, 0, MAX).otherwise(otherwise).numbered(number).says(words);
    }

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

        /** What things cost where the textbook says otherwise. */
        SpecValues differences() {
            return switch (this) {
                case TEXTBOOK -> SpecValues.EMPTY;
                case SSD -> kernel().with(disk(80_000, 100_000));
                case HARD_DISK -> kernel().with(disk(40_000, 40_000)).with(SEEK, DISK);
            };
        }

        private static SpecValues kernel() {
            return SpecValues.of(TLB_LOOKUP, 1)
                    .with(TRAP, 1_000)
                    .with(ZERO_FILL, 250)
                    .with(PAGE_COPY, 500)
                    .with(CONTEXT_SWITCH, 2_000)
                    .with(SHOOTDOWN, 2_000)
                    .with(MAP, 100)
                    .with(UNMAP, 100)
                    .with(SIGNAL, 2_000)
                    .with(EXIT, 5_000);
        }
    }

    /** A disk that takes a number of ticks to read a page, and another to write one. */
    public static SpecValues disk(long in, long out) {
        return SpecValues.of(SWAP_IN, in).with(SWAP_OUT, out).with(FILE_IN, in).with(FILE_OUT, out);
    }

    /** The costs that a spec comes to. */
    static Costs of(Resolution spec) {
        Preset preset = spec.given().find(PRESET);
        spec.settle(SECTION, preset == null ? SpecValues.EMPTY : preset.differences());
        return spec.make(Costs.class, SECTION);
    }
}
