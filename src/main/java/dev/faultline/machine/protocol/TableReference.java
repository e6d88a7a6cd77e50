package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A memory reference of a page-table walk.
 *
 * @param kind what is read
 * @param level of a hierarchical table, the root's being 1; 0 where there are no levels
 * @param index which entry of the node, which bucket or which element
 * @param address where it is: in the machine's memory if the tables are in its frames, null if that
 *     page of the table has none yet; else counted from the beginning of the table
 * @param word what is there: the address of what comes next, or the page's entry, 0 for nothing; in
 *     a layout of real hardware, the hardware's word
 * @param page of an element, the page whose it is; else null
 * @param asid of an element, whose page that is; else null
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
        /** An entry that leads to a node of the next level. */
        NODE,
        /** The entry of the page. */
        ENTRY,
        /** The entry of a huge page, at the last level but one. */
        HUGE_ENTRY,
        /** The descriptor of a segment. */
        SEGMENT,
        /** The head of a chain. */
        BUCKET,
        /** An element of a chain. */
        ELEMENT
    }

    /** The same at another address and with another word. */
    public TableReference at(@Nullable Long newAddress, long newWord) {
        return new TableReference(kind, level, index, newAddress, newWord, page, asid);
    }
}
