package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

/**
 * A TLB with things left out: 16 entries, tagged, LRU, and as many ways as entries. {@code entries}
 * 0 is none.
 */
public record TlbDraft(
        @Nullable Long entries,
        @Nullable Long ways,
        TlbSpec.@Nullable Replacement replacement,
        @Nullable Boolean tagged,
        TlbSpec.@Nullable Management management) {

    public static final TlbDraft EMPTY = new TlbDraft(null, null, null, null);

    /** A TLB that the hardware manages. */
    public TlbDraft(
            @Nullable Long entries,
            @Nullable Long ways,
            TlbSpec.@Nullable Replacement replacement,
            @Nullable Boolean tagged) {
        this(entries, ways, replacement, tagged, null);
    }

    TlbSpec resolve(SpecDraft.Bounds bounds, SpecChecker check) {
        long count = entries == null ? 16 : entries;
        if (count == 0) {
            return TlbSpec.NONE;
        }
        check.range("/tlb/entries", count, 1, bounds.tlbEntries());
        long perSet = ways == null ? count : ways;
        if (perSet < 1 || perSet > count || count % perSet != 0) {
            check.fail("/tlb/ways", "must divide the " + count + " entries, not " + perSet);
        }
        if (replacement == TlbSpec.Replacement.TREE_PLRU && Long.bitCount(perSet) != 1) {
            check.fail("/tlb/ways", "must be a power of two for tree-plru, not " + perSet);
        }
        check.done();
        return new TlbSpec(
                (int) count,
                (int) perSet,
                replacement == null ? TlbSpec.Replacement.LRU : replacement,
                tagged == null || tagged,
                management == null ? TlbSpec.Management.HARDWARE : management);
    }
}
