package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * How addresses are translated.
 *
 * @param levels index bits of each level, root first; empty for a linear table
 * @param memory where the tables themselves are
 * @param buckets chains of a hashed table, or anchors of the inverted one; 0 for other kinds
 * @param layout the hardware whose entries these are, or null for the machine's own
 * @param segmentBits bits of an address that choose a segment; 0 where there are none
 * @param fit which hole a segment is put into, where segments are in memory whole
 * @param compaction whether the kernel may move segments together before it swaps one out
 */
public record Translation(
        Kind kind,
        List<Integer> levels,
        Memory memory,
        int buckets,
        @Nullable EntryLayout layout,
        int segmentBits,
        Fit fit,
        boolean compaction) {

    /** Bytes of an anchor, and of an element, of a chained table in the simulated memory. */
    public static final long ANCHOR_BYTES = 8;

    public static final long ELEMENT_BYTES = 24;

    /** Bits of page number that a linear table can have. */
    public static final int MAX_LINEAR_BITS = 40;

    private static final int LEVEL_BITS = 9;
    private static final int MAX_LEVELS = 5;
    private static final int SEGMENT_BITS_OTHERWISE = 4;

    /** Where the fields of translation stand. */
    public static final Section SECTION =
            Section.at("/translation", "Translation", "The kind of page table.");

    /** The kind of page table. */
    public enum Kind {
        /** One array for each process, with an entry for each of its pages. */
        LINEAR,
        /** A tree for each process, with nodes only where there are pages. */
        HIERARCHICAL,
        /** Chains of entries for each process, found by a hash of the page number. */
        HASHED,
        /** One table for the machine, with an element a frame. */
        INVERTED,
        /** A base and a limit for the whole process, which is in memory in one piece. */
        RELOCATION,
        /** A base and a limit for each segment, which is in memory in one piece. */
        SEGMENTATION,
        /** A page table for each segment. */
        SEGMENTED_PAGING;

        /** Whether memory is given out in pieces of any length, which are whole or not there. */
        public boolean isContiguous() {
            return this == RELOCATION || this == SEGMENTATION;
        }

        /** Whether an address names a segment. */
        public boolean hasSegments() {
            return this == SEGMENTATION || this == SEGMENTED_PAGING;
        }

        /** Whether it is made of chains that begin in buckets. */
        boolean isChained() {
            return this == HASHED || this == INVERTED;
        }
    }

    public static final Field<Kind> KIND =
            SECTION.word("kind", Kind.class)
                    .otherwise(Kind.HIERARCHICAL)
                    .numbered(8)
                    .says("The kind of page table, or relocation or segmentation.");

    /** Nine bits a level, the rest at the root, where nothing is said. */
    public static final Field<List<Integer>> LEVELS =
            SECTION.declare("levels", new Type.Numbers(1, MAX_LEVELS, 1, 20))
                    .numbered(9)
                    .says("Index bits of each level, root first.");

    /** Where page tables are. */
    public enum Memory {
        /** In a memory of their own that costs the machine nothing. */
        FREE,
        /** In the machine's frames, which they keep. */
        FRAMES,
        /** In the machine's frames, and in the store. */
        PAGEABLE
    }

    public static final Field<Memory> MEMORY =
            SECTION.word("memory", Memory.class)
                    .otherwise(Memory.FREE)
                    .numbered(10)
                    .says(
                            "Where the tables are: nowhere in the machine, in its frames, or in"
                                    + " its frames and its store.");

    public static final Field<Long> BUCKETS =
            SECTION.count("buckets", 1, 1 << 22)
                    .orNothing()
                    .numbered(11)
                    .says(
                            "Chains of a hashed table, anchors of an inverted one; the frames, up"
                                    + " to a power of two, if left out.");

    public static final Field<EntryLayout> LAYOUT =
            SECTION.word("layout", EntryLayout.class)
                    .orNothing()
                    .numbered(12)
                    .says("Real hardware whose levels and entries these are.");

    public static final Field<Long> SEGMENT_BITS =
            SECTION.count("segmentBits", 1, 12)
                    .orNothing()
                    .numbered(13)
                    .says("Bits of an address that choose its segment; 4 if left out.");

    /** Which of the holes that are large enough a segment is put into; the lowest of several. */
    public enum Fit {
        /** The lowest. */
        FIRST_FIT,
        /** The smallest. */
        BEST_FIT,
        /** The largest. */
        WORST_FIT
    }

    public static final Field<Fit> PLACEMENT =
            SECTION.word("placement", Fit.class)
                    .orNothing()
                    .numbered(14)
                    .says(
                            "Which hole a process or a segment is put into, with relocation and"
                                    + " segmentation; first-fit if left out.");

    public static final Field<Boolean> COMPACTION =
            SECTION.flag("compaction")
                    .orNothing()
                    .numbered(15)
                    .says(
                            "Whether the kernel moves what is in memory together before it swaps"
                                    + " any of it out; false if left out.");

    /** Keeps the lists as copies of its own. */
    public Translation {
        levels = List.copyOf(levels);
    }

    /** Whether what a base and a limit describe is in memory in one piece, or not at all. */
    public boolean isContiguous() {
        return kind.isContiguous();
    }

    /**
     * Memory references of an access that needs no walk before that to its datum: one to a
     * descriptor in memory, none to registers or a TLB.
     */
    public int hitReferences() {
        return kind == Kind.SEGMENTATION ? 1 : 0;
    }

    /** Whether an address beyond the space is a fault like any beyond a limit. */
    boolean hasLimits() {
        return kind == Kind.RELOCATION || kind.hasSegments();
    }

    /** Bytes that a table has before it holds anything, if it is chained. */
    public long fixedBytes(int frames) {
        long elements = kind == Kind.INVERTED ? frames : 0;
        return ANCHOR_BYTES * buckets + ELEMENT_BYTES * elements;
    }

    /** Pages that a huge one has, or 1 if the table has none. */
    public int hugePages() {
        return levels.size() > 1 && memory == Memory.FREE ? 1 << levels.getLast() : 1;
    }

    /** Bytes of an entry of a linear or hierarchical table. */
    public int entryBytes() {
        return layout == null ? 8 : layout.entryBytes();
    }

    /** The bits of an address that a spec comes to, which is the first to be known. */
    static int addressBits(Resolution spec, long pageSize) {
        SpecValues given = spec.given();
        if (given.find(LAYOUT) != null && pageSize != EntryLayout.PAGE) {
            spec.fail(MachineSpec.PAGE_SIZE, "is 4096 in every layout of real hardware");
        }
        int offsetBits = Long.numberOfTrailingZeros(pageSize);
        Kind kind = spec.settle(KIND);
        int covered = coveredBits(spec, kind);
        long otherwise = covered > 0 ? covered + offsetBits : kind == Kind.SEGMENTATION ? 32 : 48;
        long bits =
                spec.settle(
                        MachineSpec.ADDRESS_BITS,
                        otherwise,
                        offsetBits + 1L,
                        MachineSpec.MAX_ADDRESS_BITS);
        spec.done();
        return (int) bits;
    }

    /** The levels that are given; other tables than hierarchical ones are shown with none. */
    private static @Nullable List<Integer> givenLevels(SpecValues given, Kind kind) {
        List<Integer> levels = given.find(LEVELS);
        if (levels != null && levels.isEmpty() && kind != Kind.HIERARCHICAL) {
            return null;
        }
        EntryLayout layout = given.find(LAYOUT);
        return levels == null && layout != null ? layout.levels() : levels;
    }

    /** Bits of page number that the levels cover, 0 if none are given. */
    private static int coveredBits(Resolution spec, Kind kind) {
        List<Integer> levels = givenLevels(spec.given(), kind);
        if (levels == null) {
            return 0;
        }
        if (kind != Kind.HIERARCHICAL) {
            spec.fail(LEVELS, "only a hierarchical table has levels");
        }
        spec.settle(LEVELS, levels);
        spec.done();
        return total(levels);
    }

    private static int total(List<Integer> levels) {
        return levels.stream().mapToInt(Integer::intValue).sum();
    }

    /** The translation that a spec comes to. */
    static Translation of(Resolution spec, int addressBits, long pageSize, int frames) {
        int vpnBits = addressBits - Long.numberOfTrailingZeros(pageSize);
        Kind kind = spec.settle(KIND);
        List<Integer> levels = levels(spec, kind, vpnBits);
        int buckets = buckets(spec, kind, frames);
        Memory memory = spec.settle(MEMORY);
        EntryLayout layout = spec.given().find(LAYOUT);
        spec.put(LAYOUT, layout);
        boolean movable = kind == Kind.LINEAR || kind == Kind.HIERARCHICAL;
        if (!movable && memory != Memory.FREE) {
            spec.fail(
                    MEMORY,
                    "only a linear or a hierarchical table can be in frames; this one is free");
        }
        if (layout != null) {
            checkLayout(spec, layout, levels, memory, frames);
            if (kind != Kind.HIERARCHICAL) {
                spec.fail(LAYOUT, "only a hierarchical table has a layout");
            }
        }
        boolean placed = spec.given().has(PLACEMENT);
        if ((placed || spec.given().has(COMPACTION)) && !kind.isContiguous()) {
            spec.fail(
                    placed ? PLACEMENT : COMPACTION,
                    "only relocation and segmentation look for holes");
        }
        int segmentBits = segmentBits(spec, kind, vpnBits);
        Fit fit = kind.isContiguous() ? spec.settle(PLACEMENT, Fit.FIRST_FIT) : Fit.FIRST_FIT;
        boolean compaction = kind.isContiguous() && spec.settle(COMPACTION, false);
        spec.done();
        Translation translation =
                new Translation(
                        kind, levels, memory, buckets, layout, segmentBits, fit, compaction);
        if (memory != Memory.FREE && pageSize < translation.entryBytes()) {
            spec.fail(
                    MEMORY,
                    "in frames, an entry of "
                            + translation.entryBytes()
                            + " bytes needs pages that hold it, not of "
                            + pageSize);
        }
        return translation;
    }

    private static List<Integer> levels(Resolution spec, Kind kind, int vpnBits) {
        List<Integer> given = givenLevels(spec.given(), kind);
        if (given != null && total(given) != vpnBits) {
            spec.fail(
                    LEVELS,
                    "cover "
                            + total(given)
                            + " bits of page number, but addressBits and pageSize leave "
                            + vpnBits);
        }
        if (kind == Kind.LINEAR && vpnBits > MAX_LINEAR_BITS) {
            spec.fail(
                    MachineSpec.ADDRESS_BITS,
                    "a linear table has at most "
                            + MAX_LINEAR_BITS
                            + " bits of page number, not "
                            + vpnBits);
        }
        List<Integer> levels =
                kind != Kind.HIERARCHICAL
                        ? List.of()
                        : given != null ? given : defaultLevels(vpnBits);
        spec.put(LEVELS, levels);
        return levels;
    }

    /** Nine bits a level from the leaf up, the rest at the root; wider when five do not suffice. */
    public static List<Integer> defaultLevels(int vpnBits) {
        int width = Math.max(LEVEL_BITS, (vpnBits + MAX_LEVELS - 1) / MAX_LEVELS);
        List<Integer> levels = new ArrayList<>();
        for (int left = vpnBits; left > 0; left -= width) {
            levels.addFirst(Math.min(width, left));
        }
        return levels;
    }

    private static int buckets(Resolution spec, Kind kind, int frames) {
        boolean given = spec.given().has(BUCKETS);
        if (given && !kind.isChained()) {
            spec.fail(BUCKETS, "only a hashed or an inverted table has buckets");
        }
        return given || kind.isChained()
                ? spec.settle(BUCKETS, 2L * Integer.highestOneBit(frames - 1 | 1)).intValue()
                : 0;
    }

    private static int segmentBits(Resolution spec, Kind kind, int vpnBits) {
        if (!kind.hasSegments()) {
            if (spec.given().has(SEGMENT_BITS)) {
                spec.fail(SEGMENT_BITS, "only where there are segments");
            }
            return 0;
        }
        int most = Math.min(12, vpnBits - 1);
        if (most < 1) {
            spec.fail(MachineSpec.ADDRESS_BITS, "leave no bits for a segment and a page of it");
            return 0;
        }
        spec.limit(SEGMENT_BITS, most);
        long bits = spec.settle(SEGMENT_BITS, (long) Math.min(SEGMENT_BITS_OTHERWISE, most));
        if (kind == Kind.SEGMENTED_PAGING && vpnBits - bits > MAX_LINEAR_BITS) {
            spec.fail(
                    MachineSpec.ADDRESS_BITS,
                    "a segment's page table has at most " + MAX_LINEAR_BITS + " bits of page");
        }
        return (int) bits;
    }

    private static void checkLayout(
            Resolution spec, EntryLayout layout, List<Integer> levels, Memory memory, int frames) {
        if (!levels.equals(layout.levels())) {
            spec.fail(LAYOUT, "has the levels " + layout.levels());
        }
        if (frames > layout.mostFrames()) {
            spec.fail(
                    MachineSpec.FRAMES,
                    "the layout tells " + layout.mostFrames() + " frames apart");
        }
        if (layout.entryBytes() != 8 && memory != Memory.FREE) {
            spec.fail(MEMORY, "entries of 4 bytes are only in tables that are free");
        }
    }

    /** Checks that what a chained table takes from the beginning is not over the limit. */
    void checkFixed(Resolution spec, int frames, Limits limits) {
        if (fixedBytes(frames) > limits.tableBytes()) {
            spec.fail(
                    BUCKETS,
                    "the table takes "
                            + fixedBytes(frames)
                            + " bytes, more than limits.tableBytes");
        }
    }
}
