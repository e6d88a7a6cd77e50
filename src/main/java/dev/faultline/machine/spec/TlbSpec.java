package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;

import org.jspecify.annotations.Nullable;

/**
 * The geometry and rules of a TLB.
 *
 * @param entries number of entries, 0 for no TLB
 * @param ways entries a set; divides {@code entries}
 * @param replacement which way of a full set is overwritten
 * @param tagged whether entries carry an address-space number; if not, a context switch flushes
 * @param management what loads entries
 * @param split whether there is a second TLB like this, for instructions
 * @param second the TLB behind, or null if there is none
 * @param asidBits bits of an address-space number, or 0 if each process has one of its own
 * @param walkCache nodes of hierarchical tables that walks remember, or 0
 * @param global whether the kernel's own entries stay when processes are switched
 * @param invalidation which copies of an entry the kernel drops when the entry changes
 */
public record TlbSpec(
        int entries,
        int ways,
        Replacement replacement,
        boolean tagged,
        Management management,
        boolean split,
        @Nullable TlbSpec second,
        int asidBits,
        int walkCache,
        boolean global,
        Invalidation invalidation) {

    /** Where the fields of a TLB stand. */
    public static final Section SECTION =
            Section.nullableAt("/tlb", "Tlb", "The TLB; null for none.");

    public static final Field<Long> ENTRIES =
            SECTION.count("entries", 1, Integer.MAX_VALUE)
                    .otherwise(16L)
                    .numbered(16)
                    .says("The number of entries.");

    public static final Field<Long> WAYS =
            SECTION.count("ways", 1, Integer.MAX_VALUE)
                    .numbered(17)
                    .says("Entries per set; if left out, all entries form one set.");

    /** Which way of a full set is overwritten. */
    public enum Replacement {
        /** The entry used longest ago. */
        LRU,
        /** The entry filled longest ago. */
        FIFO,
        /** Any of them, at random; the machine's seed decides. */
        RANDOM,
        /**
         * A binary tree over the ways; each node points away from the half used last. Needs ways
         * that are a power of two.
         */
        TREE_PLRU,
        /**
         * A bit a way, set when it is used; when all of a set are, the others are cleared. The
         * first way without goes.
         */
        NOT_RECENTLY_USED
    }

    public static final Field<Replacement> REPLACEMENT =
            SECTION.word("replacement", Replacement.class)
                    .otherwise(Replacement.LRU)
                    .numbered(18)
                    .says("How the entry to replace is chosen within a set.");

    /** What loads an entry after a miss. */
    public enum Management {
        /** The hardware, by a walk of the page table. */
        HARDWARE,
        /** The kernel, to which each miss is a trap. */
        SOFTWARE
    }

    public static final Field<Management> MANAGEMENT =
            SECTION.word("management", Management.class)
                    .otherwise(Management.HARDWARE)
                    .numbered(19)
                    .says(
                            "What loads an entry after a miss: a walk by the hardware, or the kernel,"
                                    + " which every miss traps to.");

    public static final Field<Boolean> TAGGED =
            SECTION.flag("tagged")
                    .otherwise(true)
                    .numbered(20)
                    .says("Whether entries carry an address-space number.");

    public static final Field<Boolean> SPLIT =
            SECTION.flag("split")
                    .otherwise(false)
                    .numbered(21)
                    .says("Whether instructions have a separate TLB of the same size.");

    /** Where the fields of a second level stand; it is as the first in all else. */
    public static final Section SECOND_LEVEL =
            SECTION.add(
                    Section.optionalAt(
                            "/tlb/secondLevel",
                            "SecondLevel",
                            "A larger TLB that is looked up when the first one misses."));

    public static final Field<Long> SECOND_ENTRIES =
            SECOND_LEVEL
                    .count("entries", 1, Integer.MAX_VALUE)
                    .required()
                    .startingOver()
                    .numbered(22)
                    .says("The number of entries.");

    public static final Field<Long> SECOND_WAYS =
            SECOND_LEVEL
                    .count("ways", 1, Integer.MAX_VALUE)
                    .numbered(23)
                    .says("Entries per set; if left out, all entries form one set.");

    public static final Field<Replacement> SECOND_REPLACEMENT =
            SECOND_LEVEL
                    .word("replacement", Replacement.class)
                    .otherwise(Replacement.LRU)
                    .numbered(24)
                    .says("How the entry to replace is chosen within a set.");

    public static final Field<Long> ASID_BITS =
            SECTION.count("asidBits", 1, 16)
                    .orNothing()
                    .numbered(25)
                    .says(
                            "Bits of an address-space number. If left out, every process has a number"
                                    + " of its own for good.");

    public static final Field<Long> WALK_CACHE =
            SECTION.count("walkCache", 0, 64)
                    .otherwise(0L)
                    .numbered(26)
                    .says(
                            "How many last-level nodes of hierarchical tables the walk cache holds;"
                                    + " 0 for no cache.");

    public static final Field<Boolean> GLOBAL =
            SECTION.flag("global")
                    .otherwise(false)
                    .numbered(27)
                    .says(
                            "Whether the kernel's own entries are global, so that they survive a"
                                    + " context switch.");

    /** Which copies of a page-table entry the kernel drops when it changes the entry. */
    public enum Invalidation {
        /** Those of every processor, by shootdowns. */
        ALL,
        /** That of the processor which runs the kernel; others keep stale ones. */
        LOCAL,
        /** None. */
        NONE
    }

    public static final Field<Invalidation> INVALIDATION =
            SECTION.word("invalidation", Invalidation.class)
                    .otherwise(Invalidation.ALL)
                    .numbered(28)
                    .says(
                            "Which copies of a page-table entry the kernel drops when it changes the"
                                    + " entry: those of all processors, of its own, or none.");

    /** No TLB at all. */
    public static final TlbSpec NONE = of(0, 0, Replacement.LRU, true);

    /** One TLB that the hardware manages. */
    public static TlbSpec of(int entries, int ways, Replacement replacement, boolean tagged) {
        return new TlbSpec(
                entries,
                ways,
                replacement,
                tagged,
                Management.HARDWARE,
                false,
                null,
                0,
                0,
                false,
                Invalidation.ALL);
    }

    /** Whether the kernel loads entries, and not the hardware. */
    public boolean isSoftware() {
        return management == Management.SOFTWARE;
    }

    /** The TLB that a spec comes to; by default there is none beside a base and a limit. */
    static TlbSpec of(Resolution spec, Translation translation) {
        boolean registers = translation.isContiguous();
        SpecValues given = spec.given();
        if (given.has(ENTRIES) ? given.find(ENTRIES) == null : registers) {
            return NONE;
        }
        TlbSpec tlb = of(spec);
        if (registers) {
            spec.fail("/tlb", "a base and a limit are in registers: there is no TLB");
        }
        boolean walksNodes =
                translation.levels().size() > 1 && translation.memory() == Translation.Memory.FREE;
        if (tlb.walkCache > 0 && !walksNodes) {
            spec.fail(
                    WALK_CACHE,
                    "only walks of a hierarchical table that takes no frames are remembered");
        }
        return tlb;
    }

    private static TlbSpec of(Resolution spec) {
        Replacement replacement = spec.settle(REPLACEMENT);
        long entries = entries(spec);
        int ways = ways(spec, WAYS, entries, replacement);
        boolean tagged = spec.settle(TAGGED);
        Management management = spec.settle(MANAGEMENT);
        TlbSpec second = second(spec, tagged);
        Long asidBits = spec.given().find(ASID_BITS);
        if (asidBits != null) {
            spec.settle(ASID_BITS, asidBits);
            if (!tagged) {
                spec.fail(ASID_BITS, "entries without tags have no address-space number");
            }
            spec.done();
        }
        long walkCache = spec.settle(WALK_CACHE);
        if (walkCache > 0 && management == Management.SOFTWARE) {
            spec.fail(WALK_CACHE, "the hardware does not walk where the kernel does");
        }
        return new TlbSpec(
                (int) entries,
                ways,
                replacement,
                tagged,
                management,
                spec.settle(SPLIT),
                second,
                asidBits == null ? 0 : asidBits.intValue(),
                (int) walkCache,
                spec.settle(GLOBAL),
                spec.settle(INVALIDATION));
    }

    private static long entries(Resolution spec) {
        Long given = spec.given().find(ENTRIES);
        if (given != null && given == 0) {
            spec.fail(ENTRIES, "must be at least 1; for no TLB, tlb: null");
            spec.done();
        }
        return spec.settle(ENTRIES);
    }

    /** A second level is tagged if the first is. */
    private static @Nullable TlbSpec second(Resolution spec, boolean tagged) {
        Long given = spec.given().find(SECOND_ENTRIES);
        if (given == null) {
            return null;
        }
        if (given < 1) {
            spec.fail(SECOND_ENTRIES, "must be at least 1, not " + given);
            spec.done();
        }
        spec.limit(SECOND_ENTRIES, spec.most(ENTRIES));
        long entries = spec.settle(SECOND_ENTRIES, given);
        Replacement replacement = spec.settle(SECOND_REPLACEMENT);
        int ways = ways(spec, SECOND_WAYS, entries, replacement);
        return of((int) entries, ways, replacement, tagged);
    }

    private static int ways(
            Resolution spec, Field<Long> field, long entries, Replacement replacement) {
        long ways = spec.settle(field, entries, Long.MIN_VALUE, Long.MAX_VALUE);
        if (ways < 1 || ways > entries || entries % ways != 0) {
            spec.fail(field, "must divide the " + entries + " entries, not " + ways);
        }
        if (replacement == Replacement.TREE_PLRU && Long.bitCount(ways) != 1) {
            spec.fail(field, "must be a power of two for tree-plru, not " + ways);
        }
        spec.done();
        return (int) ways;
    }
}
