package dev.faultline.machine;

import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.InvertedTable;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PageTables;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

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

    private final SpecValues bounds;
    private final SpecValues wishes;
    private final MachineSpec space;

    /**
     * A comparison over an address space.
     *
     * @param wishes of which page size, address bits, frames and translation are looked at; its
     *     levels and buckets are used where they fit. Raises {@link InvalidSpecException}
     */
    public PageTableComparison(SpecValues wishes, SpecValues bounds) {
        this.bounds = bounds;
        this.wishes = wishes;
        SpecValues hierarchical =
                SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                        .with(Translation.LEVELS, wishes.find(Translation.LEVELS));
        space = spec(wishes.only(MachineSpec.SECTION).with(hierarchical));
    }

    /** The address space, as the spec of a machine with a hierarchical table. */
    public MachineSpec space() {
        return space;
    }

    private MachineSpec spec(SpecValues values) {
        return MachineSpec.of(values.with(SwapSpec.SLOTS, 0), bounds);
    }

    /**
     * About how many elements and entries are read if this many pages are entered into all tables
     * and looked up; in a chained table that depends on the length of the chains.
     */
    public double effort(long pages) {
        double chained = 0;
        for (Translation.Kind kind : CHAINED) {
            long frames = Math.min(pages, bounds.get(MachineSpec.FRAMES));
            double buckets = chained(kind, frames).translation().buckets();
            chained += 2 + 1.5 * pages / buckets;
        }
        return pages * (2 + 2 * space.translation().levels().size() + chained);
    }

    /**
     * Builds every kind of table for these page numbers, which are in order and all different.
     * Raises {@link InvalidSpecException} if one takes more than the default of {@link
     * Limits#tableBytes}, and what {@link Room#full} answers if the room has no room for one.
     *
     * @param progress is told how many elements and entries were read, from time to time
     * @param room the tables are in, one after the other
     */
    public List<Row> of(long[] pages, LongConsumer progress, Room room) {
        List<MachineSpec> specs = new ArrayList<>();
        if (space.vpnBits() <= Translation.MAX_LINEAR_BITS) {
            specs.add(spec(pages.length, SpecValues.of(Translation.KIND, Translation.Kind.LINEAR)));
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
        return spec(
                pages,
                SpecValues.of(Translation.KIND, kind)
                        .with(Translation.BUCKETS, wishes.find(Translation.BUCKETS)));
    }

    /** The space with another table, and with frames for so many pages. */
    private MachineSpec spec(long pages, SpecValues translation) {
        long frames = Math.max(space.frames(), pages);
        return spec(
                SpecValues.of(MachineSpec.PAGE_SIZE, space.pageSize())
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, space.addressBits())
                        .with(translation));
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

    private static InvalidSpecException tooLarge(MachineSpec spec) {
        String detail =
                "the pages lie so far apart that a table of them takes more than "
                        + spec.limits().tableBytes()
                        + " bytes; compare fewer";
        return new InvalidSpecException(
                List.of(new InvalidSpecException.Problem("/addresses", detail)));
    }
}
