package dev.faultline.machine.spec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * How addresses are translated, with things left out: a hierarchical table of 9 index bits a level,
 * the rest at the root, that takes none of the machine's frames. A hashed or inverted table has as
 * many buckets as there are frames, up to the next power of two. Segments have {@value
 * #SEGMENT_BITS} bits of the address, go into the first hole that fits and are not moved.
 */
public record TranslationDraft(
        Translation.@Nullable Kind kind,
        @Nullable List<Integer> levels,
        Translation.@Nullable Memory memory,
        @Nullable Long buckets,
        @Nullable EntryLayout layout,
        @Nullable Long segmentBits,
        Translation.@Nullable Fit fit,
        @Nullable Boolean compaction) {

    public static final TranslationDraft EMPTY = new TranslationDraft(null, null, null, null);

    private static final int LEVEL_BITS = 9;
    private static final int MAX_LEVELS = 5;
    private static final int MAX_LEVEL_BITS = 20;
    public static final int MAX_LINEAR_BITS = 40;
    private static final int MAX_BUCKETS = 1 << 22;
    private static final int SEGMENT_BITS = 4;
    private static final int MAX_SEGMENT_BITS = 12;

    /** A table whose entries are the machine's own. */
    public TranslationDraft(
            Translation.@Nullable Kind kind,
            @Nullable List<Integer> levels,
            Translation.@Nullable Memory memory,
            @Nullable Long buckets) {
        this(kind, levels, memory, buckets, null, null, null, null);
    }

    /** Segments of so many bits of the address. */
    public static TranslationDraft segments(
            Translation.Kind kind, @Nullable Long segmentBits, Translation.@Nullable Fit fit) {
        return new TranslationDraft(kind, null, null, null, null, segmentBits, fit, null);
    }

    /** A kind of table with nothing else given. */
    public static TranslationDraft of(Translation.Kind kind) {
        return new TranslationDraft(kind, null, null, null);
    }

    /** Bits of an address where nothing says how many: a real trace's, or what fits a page. */
    int defaultAddressBits() {
        return kind == Translation.Kind.SEGMENTATION ? 32 : 48;
    }

    /** Whether the process or its segments are in memory whole. */
    boolean isContiguous() {
        return kindOrDefault().isContiguous();
    }

    private Translation.Kind kindOrDefault() {
        return kind == null ? Translation.Kind.HIERARCHICAL : kind;
    }

    private @Nullable List<Integer> givenLevels() {
        return levels == null && layout != null ? layout.levels() : levels;
    }

    /** Bits of page number that the levels cover, 0 if none are given. */
    int coveredBits(SpecChecker check) {
        List<Integer> given = givenLevels();
        if (given == null) {
            return 0;
        }
        if (kindOrDefault() != Translation.Kind.HIERARCHICAL) {
            check.fail("/translation/levels", "only a hierarchical table has levels");
        }
        check.range("/translation/levels", given.size(), 1, MAX_LEVELS);
        for (int i = 0; i < given.size(); i++) {
            check.range("/translation/levels/" + i, given.get(i), 1, MAX_LEVEL_BITS);
        }
        check.done();
        return given.stream().mapToInt(Integer::intValue).sum();
    }

    Translation resolve(int vpnBits, int frames, SpecChecker check) {
        Translation.Kind effective = kindOrDefault();
        int covered = coveredBits(check);
        List<Integer> given = givenLevels();
        if (given != null && covered != vpnBits) {
            check.fail(
                    "/translation/levels",
                    "cover "
                            + covered
                            + " bits of page number, but addressBits and pageSize leave "
                            + vpnBits);
        }
        if (effective == Translation.Kind.LINEAR && vpnBits > MAX_LINEAR_BITS) {
            check.fail(
                    "/addressBits",
                    "a linear table has at most "
                            + MAX_LINEAR_BITS
                            + " bits of page number, not "
                            + vpnBits);
        }
        List<Integer> effectiveLevels =
                effective != Translation.Kind.HIERARCHICAL
                        ? List.of()
                        : given != null ? given : defaultLevels(vpnBits);
        boolean paged = !effective.isContiguous();
        boolean chained =
                effective == Translation.Kind.HASHED || effective == Translation.Kind.INVERTED;
        if (buckets != null && !chained) {
            check.fail("/translation/buckets", "only a hashed or an inverted table has buckets");
        }
        long chains = buckets != null ? buckets : 2L * Integer.highestOneBit(frames - 1 | 1);
        check.range("/translation/buckets", chains, 1, MAX_BUCKETS);
        Translation.Memory where = memory == null ? Translation.Memory.FREE : memory;
        boolean movable =
                effective == Translation.Kind.LINEAR || effective == Translation.Kind.HIERARCHICAL;
        if (!movable && where != Translation.Memory.FREE) {
            check.fail(
                    "/translation/memory",
                    "only a linear or a hierarchical table can be in frames; this one is free");
        }
        if (layout != null) {
            checkLayout(layout, effectiveLevels, where, frames, check);
        }
        if (layout != null && effective != Translation.Kind.HIERARCHICAL) {
            check.fail("/translation/layout", "only a hierarchical table has a layout");
        }
        if (paged && (fit != null || compaction != null)) {
            check.fail(
                    fit != null ? "/translation/placement" : "/translation/compaction",
                    "only relocation and segmentation look for holes");
        }
        return new Translation(
                effective,
                effectiveLevels,
                where,
                chained ? (int) chains : 0,
                layout,
                segmentBits(effective, vpnBits, check),
                fit == null ? Translation.Fit.FIRST_FIT : fit,
                compaction != null && compaction);
    }

    private int segmentBits(Translation.Kind effective, int vpnBits, SpecChecker check) {
        if (!effective.hasSegments()) {
            if (segmentBits != null) {
                check.fail("/translation/segmentBits", "only where there are segments");
            }
            return 0;
        }
        int most = Math.min(MAX_SEGMENT_BITS, vpnBits - 1);
        if (most < 1) {
            check.fail("/addressBits", "leave no bits for a segment and a page of it");
            return 0;
        }
        long bits = segmentBits != null ? segmentBits : Math.min(SEGMENT_BITS, most);
        check.range("/translation/segmentBits", bits, 1, most);
        if (effective == Translation.Kind.SEGMENTED_PAGING && vpnBits - bits > MAX_LINEAR_BITS) {
            check.fail(
                    "/addressBits",
                    "a segment's page table has at most " + MAX_LINEAR_BITS + " bits of page");
        }
        return (int) bits;
    }

    private static void checkLayout(
            EntryLayout layout,
            List<Integer> levels,
            Translation.Memory where,
            int frames,
            SpecChecker check) {
        if (!levels.equals(layout.levels())) {
            check.fail("/translation/layout", "has the levels " + layout.levels());
        }
        if (frames > layout.mostFrames()) {
            check.fail("/frames", "the layout tells " + layout.mostFrames() + " frames apart");
        }
        if (layout.entryBytes() != 8 && where != Translation.Memory.FREE) {
            check.fail(
                    "/translation/memory", "entries of 4 bytes are only in tables that are free");
        }
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
}
