package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A memory reference of a page-table walk.
 *
 * @param kind what is read
 * @param level the level of a hierarchical table, 1 for the root; 0 in other tables
 * @param index the index of the entry, bucket or element
 * @param address where it is: a physical address if page tables are in frames, null if that page of
 *     the table has no frame yet; otherwise an offset from the beginning of the table
 * @param word what is there: a pointer, a page's entry, or 0 for nothing; in a layout of real
 *     hardware, the hardware's word
 * @param page the page that an element is for, otherwise null
 * @param asid the address space that an element is for, otherwise null
 */
public record TableReference(
        Kind kind,
        int level,
        long index,
        @Nullable Long address,
        long word,
        @Nullable Long page,
        @Nullable Integer asid) {

    /** What a walk reads. */
    public enum Kind {
        /** An entry that points to a node of the next level. */
        NODE,
        /** The page's entry. */
        ENTRY,
        /** The entry of a huge page, in the second-to-last level. */
        HUGE_ENTRY,
        /** A segment's descriptor. */
        SEGMENT,
        /** The head of a chain. */
        BUCKET,
        /** An element of a chain. */
        ELEMENT
    }

    /** The same reference with another address and another word. */
    public TableReference at(@Nullable Long newAddress, long newWord) {
        return new TableReference(kind, level, index, newAddress, newWord, page, asid);
    }
}
