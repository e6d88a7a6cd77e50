package dev.faultline.machine;

import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.InvertedTable;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The size and walk cost of every kind of page table for the same pages, all of them in memory. */
public final class PageTableComparison {

    /**
     * One kind of table.
     *
     * @param bytes its size in simulated memory; for the inverted table, all of it
     * @param walks memory references of a walk to each of the pages, summed
     * @param longest memory references of the longest of these walks
     */
    public record Row(Translation translation, long bytes, long walks, long longest) {}

    private static final List<Translation.Kind> CHAINED =
            List.of(Translation.Kind.HASHED, Translation.Kind.INVERTED);

    /** The number of pages between two checks of how much memory the table takes. */
    private static final int STEP = 64;

    /** The number of references between two reports of progress. */
    private static final long TELL = 1 << 20;

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
     * About how many elements and entries are read if this many pages are entered into all tables
     * and looked up; in a chained table that depends on the length of the chains.
     */
    public double effort(long pages) {
        double chained = 0;
        for (Translation.Kind kind : CHAINED) {
            long frames = Math.min(pages, bounds.frames());
            double buckets = chained(kind, frames).translation().buckets();
            chained += 2 + 1.5 * pages / buckets;
        }
        return pages * (2 + 2 * space.translation().levels().size() + chained);
    }

    /**
     * Builds every kind of table for these page numbers, which are in order and all different.
     * Raises {@link SpecDraft.InvalidSpecException} if one takes more than the default of {@link
     * Limits#tableBytes}, and what {@link Room#full} answers if the room has no room for one.
     *
     * @param progress is told how many elements and entries were read, from time to time
     * @param room the tables are in, one after the other
     */
    public List<Row> of(long[] pages, LongConsumer progress, Room room) {
        List<MachineSpec> specs = new ArrayList<>();
        if (space.vpnBits() <= TranslationDraft.MAX_LINEAR_BITS) {
            specs.add(spec(pages.length, TranslationDraft.of(Translation.Kind.LINEAR)));
        }
        specs.add(space);
        CHAINED.forEach(kind -> specs.add(chained(kind, pages.length)));
        List<Row> rows = new ArrayList<>();
        for (MachineSpec spec : specs) {
            rows.add(new Table(spec, progress, room).row(pages));
        }
        return rows;
    }

    private MachineSpec chained(Translation.Kind kind, long pages) {
        return spec(pages, new TranslationDraft(kind, null, null, wishes.buckets()));
    }

    /** The space with another table, and with frames for so many pages. */
    private MachineSpec spec(long pages, TranslationDraft translation) {
        long frames = Math.max(space.frames(), pages);
        return spec(space.pageSize(), frames, (long) space.addressBits(), translation);
    }

    /** A table of one kind, while it is filled and read. */
    private static final class Table {

        private final MachineSpec spec;
        private final HostBudget budget;
        private final LongConsumer progress;
        private final Room room;
        private long unsaid;

        Table(MachineSpec spec, LongConsumer progress, Room room) {
            this.spec = spec;
            this.progress = progress;
            this.room = room;
            budget = new HostBudget(spec.limits().tableBytes());
        }

        Row row(long[] pages) {
            long fixed = spec.translation().fixedBytes(spec.frames());
            hold(fixed);
            PageTables tables = new PageTables(spec, budget);
            PageTable table = tables.newTable(1);
            for (int at = 0; at < pages.length; at++) {
                if (at % STEP == 0) {
                    hold(
                            fixed
                                    + budget.hostBytes()
                                    + tables.growth(Math.min(STEP, pages.length - at)));
                }
                if (!table.prepare(pages[at])) {
                    throw tooLarge(spec);
                }
                table.set(pages[at], Pte.resident(at, Pte.READ));
                tell(2L * table.references());
            }
            long walks = 0;
            long longest = 0;
            for (long page : pages) {
                table.get(page);
                long references = table.references();
                walks += references;
                longest = Math.max(longest, references);
                tell(references);
            }
            progress.accept(unsaid);
            InvertedTable inverted = tables.inverted();
            long bytes = inverted == null ? table.bytes() : inverted.bytes();
            room.settle(0);
            return new Row(spec.translation(), bytes, walks, longest);
        }

        private void hold(long bytes) {
            if (!room.hold(bytes)) {
                throw room.full();
            }
        }

        private void tell(long references) {
            unsaid += references;
            if (unsaid >= TELL) {
                progress.accept(unsaid);
                unsaid = 0;
            }
        }
    }

    private static SpecDraft.InvalidSpecException tooLarge(MachineSpec spec) {
        String detail =
                "the pages lie so far apart that a table of them takes more than "
                        + spec.limits().tableBytes()
                        + " bytes; compare fewer";
        return new SpecDraft.InvalidSpecException(
                List.of(new SpecDraft.InvalidSpecException.Problem("/addresses", detail)));
    }
}
