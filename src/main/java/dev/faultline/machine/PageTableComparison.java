package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What each kind of page table takes for the same pages, all of them in memory. */
public final class PageTableComparison {

    /**
     * A kind of table.
     *
     * @param bytes of simulated memory; of the inverted table, all of it
     * @param walks memory references of a walk to each of the pages, together
     * @param longest memory references of the longest of these walks
     */
    public record Row(Translation translation, long bytes, long walks, long longest) {}

    private final SpecDraft.Bounds bounds;
    private final TranslationDraft wishes;
    private final MachineSpec space;

    /**
     * A comparison over an address space.
     *
     * @param draft of which page size, address bits, frames and translation are looked at; its
     *     levels and buckets are used where they fit. Raises {@link SpecDraft.InvalidSpecException}
     */
    public PageTableComparison(SpecDraft draft, SpecDraft.Bounds bounds) {
        this.bounds = bounds;
        wishes = draft.translation();
        TranslationDraft hierarchical =
                new TranslationDraft(Translation.Kind.HIERARCHICAL, wishes.levels(), null, null);
        space = spec(draft.pageSize(), draft.frames(), draft.addressBits(), hierarchical);
    }

    /** The address space, as the spec of a machine with a hierarchical table. */
    public MachineSpec space() {
        return space;
    }

    private MachineSpec spec(
            @Nullable Long pageSize,
            @Nullable Long frames,
            @Nullable Long addressBits,
            TranslationDraft translation) {
        return new SpecDraft(
                        null,
                        pageSize,
                        frames,
                        addressBits,
                        translation,
                        TlbDraft.EMPTY,
                        null,
                        SwapDraft.of(0),
                        Costs.DEFAULT,
                        Limits.DEFAULT)
                .resolve(bounds);
    }

    /**
     * Builds every kind of table for these page numbers, which are in order and all different.
     * Raises {@link SpecDraft.InvalidSpecException} if one takes more than the default of {@link
     * Limits#tableBytes}.
     */
    public List<Row> of(long[] pages) {
        long frames = Math.max(space.frames(), pages.length);
        long bits = space.addressBits();
        List<Row> rows = new ArrayList<>();
        if (space.vpnBits() <= TranslationDraft.MAX_LINEAR_BITS) {
            TranslationDraft linear = TranslationDraft.of(Translation.Kind.LINEAR);
            rows.add(row(spec(space.pageSize(), frames, bits, linear), pages));
        }
        rows.add(row(space, pages));
        for (Translation.Kind kind : List.of(Translation.Kind.HASHED, Translation.Kind.INVERTED)) {
            TranslationDraft chained = new TranslationDraft(kind, null, null, wishes.buckets());
            rows.add(row(spec(space.pageSize(), frames, bits, chained), pages));
        }
        return rows;
    }

    private static Row row(MachineSpec spec, long[] pages) {
        Translation translation = spec.translation();
        TableMemory tables = TableMemory.alone(spec);
        PageTable table = tables.newTable(1, new Quota(spec.limits().tableBytes()));
        int frame = 0;
        for (long page : pages) {
            if (!table.prepare(page)) {
                throw tooLarge(spec);
            }
            table.set(page, Pte.resident(frame++, Pte.READ));
        }
        long[] walks = Arrays.stream(pages).map(page -> references(table, page)).toArray();
        InvertedTable inverted = tables.inverted();
        return new Row(
                translation,
                inverted == null ? table.bytes() : inverted.bytes(),
                Arrays.stream(walks).sum(),
                Arrays.stream(walks).max().orElse(0));
    }

    private static SpecDraft.InvalidSpecException tooLarge(MachineSpec spec) {
        String detail =
                "the pages lie so far apart that a table of them takes more than "
                        + spec.limits().tableBytes()
                        + " bytes; compare fewer";
        return new SpecDraft.InvalidSpecException(
                List.of(new SpecDraft.InvalidSpecException.Problem("/addresses", detail)));
    }

    private static long references(PageTable table, long page) {
        table.get(page);
        return table.references();
    }
}
