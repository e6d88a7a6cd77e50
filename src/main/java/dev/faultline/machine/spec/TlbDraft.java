package dev.faultline.machine.spec;

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
        TlbSpec.@Nullable Management management,
        @Nullable Boolean split,
        @Nullable TlbDraft second,
        @Nullable Long asidBits,
        @Nullable Long walkCache,
        @Nullable Boolean global,
        TlbSpec.@Nullable Invalidation invalidation) {

    private static final int MAX_ASID_BITS = 16;
    private static final int MAX_WALK_CACHE = 64;

    public static final TlbDraft EMPTY = new TlbDraft(null, null, null, null);

    /** A TLB that the hardware manages. */
    public TlbDraft(
            @Nullable Long entries,
            @Nullable Long ways,
            TlbSpec.@Nullable Replacement replacement,
            @Nullable Boolean tagged) {
        this(entries, ways, replacement, tagged, null, null, null);
    }

    /** A TLB whose stale entries the kernel drops. */
    public TlbDraft(
            @Nullable Long entries,
            @Nullable Long ways,
            TlbSpec.@Nullable Replacement replacement,
            @Nullable Boolean tagged,
            TlbSpec.@Nullable Management management,
            @Nullable Boolean split,
            @Nullable TlbDraft second) {
        this(entries, ways, replacement, tagged, management, split, second, null, null, null, null);
    }

    TlbSpec resolve(SpecDraft.Bounds bounds, SpecChecker check) {
        return resolve("/tlb", bounds, check);
    }

    private TlbSpec resolve(String pointer, SpecDraft.Bounds bounds, SpecChecker check) {
        long count = entries == null ? 16 : entries;
        if (count == 0) {
            return TlbSpec.NONE;
        }
        check.range(pointer + "/entries", count, 1, bounds.tlbEntries());
        long perSet = ways == null ? count : ways;
        if (perSet < 1 || perSet > count || count % perSet != 0) {
            check.fail(pointer + "/ways", "must divide the " + count + " entries, not " + perSet);
        }
        if (replacement == TlbSpec.Replacement.TREE_PLRU && Long.bitCount(perSet) != 1) {
            check.fail(pointer + "/ways", "must be a power of two for tree-plru, not " + perSet);
        }
        check.done();
        return new TlbSpec(
                (int) count,
                (int) perSet,
                replacement == null ? TlbSpec.Replacement.LRU : replacement,
                tagged == null || tagged,
                management == null ? TlbSpec.Management.HARDWARE : management,
                split != null && split,
                second == null
                        ? null
                        : second.behind(tagged).resolve(pointer + "/secondLevel", bounds, check),
                numberBits(check),
                walkCacheEntries(pointer, check),
                global != null && global,
                invalidation == null ? TlbSpec.Invalidation.ALL : invalidation);
    }

    private int walkCacheEntries(String pointer, SpecChecker check) {
        long wish = walkCache == null ? 0 : walkCache;
        check.range(pointer + "/walkCache", wish, 0, MAX_WALK_CACHE);
        if (wish > 0 && management == TlbSpec.Management.SOFTWARE) {
            check.fail(pointer + "/walkCache", "the hardware does not walk where the kernel does");
        }
        return (int) wish;
    }

    private int numberBits(SpecChecker check) {
        if (asidBits == null) {
            return 0;
        }
        check.range("/tlb/asidBits", asidBits, 1, MAX_ASID_BITS);
        if (tagged != null && !tagged) {
            check.fail("/tlb/asidBits", "entries without tags have no address-space number");
        }
        check.done();
        return (int) (long) asidBits;
    }

    /** A second level is tagged if the first is. */
    private TlbDraft behind(@Nullable Boolean firstTagged) {
        return new TlbDraft(entries, ways, replacement, firstTagged);
    }
}
