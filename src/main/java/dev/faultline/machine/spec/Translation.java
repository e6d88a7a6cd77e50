package dev.faultline.machine.spec;

import org.jspecify.annotations.Nullable;

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

    /** The kind of page table. */
    public enum Kind {
        LINEAR,
        HIERARCHICAL,
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
    }

    /** Which of the holes that are large enough a segment is put into; of equals, the lowest. */
    public enum Fit {
        /** The lowest. */
        FIRST_FIT,
        /** The smallest. */
        BEST_FIT,
        /** The largest. */
        WORST_FIT
    }

    /** Where page tables are. */
    public enum Memory {
        /** In a memory of their own that costs the machine nothing. */
        FREE,
        /** In the machine's frames, which they keep. */
        FRAMES,
        /** In the machine's frames, and in the store. */
        PAGEABLE
    }

    /** A linear or hierarchical table that takes none of the machine's frames. */
    public Translation(Kind kind, List<Integer> levels) {
        this(kind, levels, Memory.FREE, 0, null);
    }

    /** Pages, and no segments. */
    public Translation(
            Kind kind,
            List<Integer> levels,
            Memory memory,
            int buckets,
            @Nullable EntryLayout layout) {
        this(kind, levels, memory, buckets, layout, 0, Fit.FIRST_FIT, false);
    }

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
}
