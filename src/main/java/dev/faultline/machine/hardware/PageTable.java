package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * One process's page table: entries by virtual page number. The MMU reads it when it walks and sets
 * accessed and dirty bits; the kernel writes everything else.
 */
public sealed interface PageTable
        permits LinearPageTable,
                HierarchicalPageTable,
                HashedPageTable,
                InvertedPageTable,
                PageTableInFrames,
                SegmentTable,
                SegmentedPageTable {

    /** Takes the entries of a table, in the order of page numbers. */
    interface Visitor {
        void entry(long vpn, long pte);
    }

    /** The entry of a page, or 0. */
    long get(long vpn);

    /** The entry of a page, or 0, as the kernel finds it, wherever it is. */
    default long peek(long vpn) {
        return get(vpn);
    }

    /** How many memory references the last {@link #get} cost: one for each level that was read. */
    int references();

    /** What a walk to a page reads, in order, up to the entry or to where it leads nowhere. */
    List<TableReference> path(long vpn);

    /**
     * Makes room for the entry of a page. Answers false, having changed nothing, when the machine's
     * page-table memory is used up.
     */
    boolean prepare(long vpn);

    /** Sets an entry that was prepared or set before; 0 empties it. */
    void set(long vpn, long pte);

    /** Sets the entry of a page that has one. Answers what it was. */
    default long replace(long vpn, long pte) {
        long old = get(vpn);
        set(vpn, pte);
        return old;
    }

    /** Visits every entry that is not 0. The visitor may set entries that were visited. */
    default void forEach(Visitor visitor) {
        forEach(0, Long.MAX_VALUE, visitor);
    }

    /** Visits the entries that are not 0 of the pages {@code from} to below {@code to}. */
    void forEach(long from, long to, Visitor visitor);

    /** Visits the entries that are not 0 of these pages, as they are when their turn comes. */
    default void forEach(LongStream pages, Visitor visitor) {
        pages.forEach(
                vpn -> {
                    long pte = get(vpn);
                    if (pte != 0) {
                        visitor.entry(vpn, pte);
                    }
                });
    }

    /** The pages {@code from} to below {@code to} whose entries are not 0 and are wanted. */
    default long[] pages(long from, long to, LongPredicate wanted) {
        LongStream.Builder pages = LongStream.builder();
        forEach(
                from,
                to,
                (vpn, pte) -> {
                    if (wanted.test(pte)) {
                        pages.add(vpn);
                    }
                });
        return pages.build().toArray();
    }

    /**
     * Whether a page is part of a huge one: an entry of the last level but one that names as many
     * frames, side by side, as a node of the last level has entries.
     */
    default boolean isHuge(long vpn) {
        return false;
    }

    /** Whether a page's accessed and dirty bits are those of its neighbours too. */
    default boolean sharesMarks(long vpn) {
        return isHuge(vpn);
    }

    /** Bytes of simulated memory that the table occupies, at 8 bytes an entry. */
    long bytes();

    /** Bytes of the host's memory that the table uses of the machine's budget. */
    long hostBytes();

    /** Bytes of the host's memory that a table with the same entries would need. */
    long copyBytes();

    /** Bits of a page number that choose an entry in the last node of a walk. */
    default int leafBits() {
        return 0;
    }

    /** Nodes above the last that a walk to a page does not find. */
    default int missingInnerNodes(long vpn) {
        return 0;
    }

    /** Nodes above the last that begin before an address that is in one of them, but for that. */
    default int innerNodesBefore(long address) {
        return 0;
    }

    /** Nodes above the last that are there from the beginning. */
    default int roots() {
        return 0;
    }

    /** Bytes of the largest node above the last. */
    default long innerNodeBytes() {
        return 0;
    }

    /** Whether the entry of a page is in the store, with the page of the table that it is in. */
    default boolean isStored(long vpn) {
        return false;
    }

    /** The page of the table that holds a page's entry stays in memory until another is needed. */
    default void need(long vpn) {}

    /** Puts the page of the table that holds a page's entry, and is in the store, into a frame. */
    default void bringBack(long vpn, int frame) {
        throw new IllegalStateException("PageTable: page " + vpn + " has its entry in memory");
    }

    /** Frames and slots that the table takes. */
    default int storage() {
        return 0;
    }

    /** Frames that {@link #prepare} takes at most for pages, which are in ascending order. */
    default int framesToPrepare(long[] vpns) {
        return 0;
    }

    /** Takes a saved entry in. */
    default void restore(long vpn, long pte) {
        if (!prepare(vpn)) {
            throw new IllegalStateException("PageTable: a saved table exceeds its budget");
        }
        set(vpn, pte);
    }

    /** Writes what there is of the table beside its entries. */
    void saveMemory(StateWriter out);

    /** Reads what {@link #saveMemory} wrote. */
    void loadMemory(StateReader in);

    /** Gives everything back; the table is empty and not used again. */
    void release();
}
