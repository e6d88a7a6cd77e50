package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * A process's page table: entries by virtual page number. The MMU reads it when it walks, and sets
 * accessed and dirty bits. The kernel writes everything else.
 */
public sealed interface PageTable
        permits LinearPageTable,
                HierarchicalPageTable,
                HashedPageTable,
                InvertedPageTable,
                PageTableInFrames,
                SegmentTable,
                SegmentedPageTable {

    /** Receives the entries of a table, in the order of page numbers. */
    interface Visitor {
        /** Receives one entry. */
        void entry(long vpn, long pte);
    }

    /** The entry of a page, or 0, as a walk finds it. */
    long get(long vpn);

    /** The entry of a page, or 0, as the kernel finds it, even if it is in the backing store. */
    default long peek(long vpn) {
        return get(vpn);
    }

    /**
     * The number of memory references of the last {@link #get}: one for each level, bucket or
     * element read.
     */
    int references();

    /** What a walk to a page reads, in order, up to the entry or the point where the walk ends. */
    List<TableReference> path(long vpn);

    /** Makes room for the entry of a page. Returns false if page-table memory has run out. */
    boolean prepare(long vpn);

    /** Sets the entry of a page that was prepared or set before; 0 empties it. */
    void set(long vpn, long pte);

    /** Sets the entry of a page that has one. Returns the old entry. */
    default long replace(long vpn, long pte) {
        long old = get(vpn);
        set(vpn, pte);
        return old;
    }

    /** Visits every entry that is not 0. The visitor may set entries already visited. */
    default void forEach(Visitor visitor) {
        forEach(0, Long.MAX_VALUE, visitor);
    }

    /** Visits every entry that is not 0 in [{@code from}, {@code to}). */
    void forEach(long from, long to, Visitor visitor);

    /** Visits the entries of these pages that are not 0 when their turn comes. */
    default void forEach(LongStream pages, Visitor visitor) {
        pages.forEach(
                vpn -> {
                    long pte = get(vpn);
                    if (pte != 0) {
                        visitor.entry(vpn, pte);
                    }
                });
    }

    /** The pages in [{@code from}, {@code to}) whose entries are not 0 and meet a condition. */
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
     * Whether a page is part of a huge page: an entry in the second-to-last level that maps as many
     * consecutive frames as a node of the last level has entries.
     */
    default boolean isHuge(long vpn) {
        return false;
    }

    /** Whether a page shares its accessed and dirty bits with its neighbours. */
    default boolean sharesMarks(long vpn) {
        return isHuge(vpn);
    }

    /** Bytes of simulated memory that the table occupies. */
    long bytes();

    /** Bytes that the table takes of the machine's budget. */
    long hostBytes();

    /** Host bytes that a table with the same entries would need. */
    long copyBytes();

    /** The bits of a page number that select an entry in the last node of a walk. */
    default int leafBits() {
        return 0;
    }

    /**
     * The number of inner nodes (those above the last level) still missing on the way to a page.
     */
    default int missingInnerNodes(long vpn) {
        return 0;
    }

    /** The number of inner nodes located before the one that contains this address. */
    default int innerNodesBefore(long address) {
        return 0;
    }

    /** The number of inner nodes that exist from the start. */
    default int roots() {
        return 0;
    }

    /** The size of the largest inner node, in bytes. */
    default long innerNodeBytes() {
        return 0;
    }

    /** Whether the page of the table that holds this page's entry is in the backing store. */
    default boolean isStored(long vpn) {
        return false;
    }

    /**
     * Keeps the page of the table that holds this page's entry in memory until another one is
     * needed.
     */
    default void need(long vpn) {}

    /**
     * Brings the page of the table that holds this page's entry from the backing store into a
     * frame.
     */
    default void bringBack(long vpn, int frame) {
        throw new IllegalStateException("PageTable: page " + vpn + " has its entry in memory");
    }

    /** The number of frames and slots that the table takes. */
    default int storage() {
        return 0;
    }

    /** The most frames that {@link #prepare} takes for these pages, given in ascending order. */
    default int framesToPrepare(long[] vpns) {
        return 0;
    }

    /** Restores a saved entry. */
    default void restore(long vpn, long pte) {
        if (!prepare(vpn)) {
            throw new IllegalStateException("PageTable: a saved table exceeds its budget");
        }
        set(vpn, pte);
    }

    /** Saves the table's own structure, without the entries. */
    void saveMemory(StateWriter out);

    /** Restores what {@link #saveMemory} wrote. */
    void loadMemory(StateReader in);

    /** Releases everything. The table is empty and must not be used again. */
    void release();
}
