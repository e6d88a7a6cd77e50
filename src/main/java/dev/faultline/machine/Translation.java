package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How addresses are translated.
 *
 * @param levels index bits of each level, root first; empty for a linear table
 * @param memory where the tables themselves are
 * @param buckets chains of a hashed table, or anchors of the inverted one; 0 for other kinds
 * @param layout the hardware whose entries these are, or null for the machine's own
 */
public record Translation(
        Kind kind, List<Integer> levels, Memory memory, int buckets, @Nullable EntryLayout layout) {

    /** The kind of page table. */
    public enum Kind {
        LINEAR,
        HIERARCHICAL,
        HASHED,
        /** One table for the machine, with an element a frame. */
        INVERTED
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

    public Translation {
        levels = List.copyOf(levels);
    }

    /** Bytes that a table has before it holds anything, if it is chained. */
    long fixedBytes(int frames) {
        long elements = kind == Kind.INVERTED ? frames : 0;
        return HashChains.ANCHOR_BYTES * buckets + HashChains.ELEMENT_BYTES * elements;
    }

    /** Bytes of an entry of a linear or hierarchical table. */
    int entryBytes() {
        return layout == null ? 8 : layout.entryBytes();
    }
}
