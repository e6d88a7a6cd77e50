package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.HashChains;
import dev.faultline.machine.hardware.HashedPageTable;
import dev.faultline.machine.hardware.HierarchicalPageTable;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.InvertedPageTable;
import dev.faultline.machine.hardware.InvertedTable;
import dev.faultline.machine.hardware.LinearPageTable;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PageTableInFrames;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.hardware.SegmentedPageTable;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The frames and slots that page tables take where the spec asks for that ({@link
 * Translation.Memory}).
 *
 * <p>A page of a table that holds no valid entry can leave memory, if tables are pageable: its
 * entries go to a slot and are in no frame until a walk faults on it. The one that the last fault
 * needed stays.
 */
final class PageTableFrames implements PageTableInFrames.Frames {

    /** Who finds frames. */
    interface Source {

        /** Says that a frame is to be found for no page of a process, but for its table. */
        void wantTable(int asid);

        /** A frame for whoever asks, or none; the page in {@code spare} may have to leave. */
        int takeFrame(int spare, Task asking);

        /** Whether so many frames could be free together, others' pages leaving for it. */
        boolean canFree(int count);

        /** Frees so many frames for one caller. */
        void promise(int count, Task asking);

        /** Frames that were freed for one caller are everybody's again. */
        void endPromise();
    }

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final BackingStore store;
    private final MachineSpec spec;
    private final Translation.Memory kind;
    private final @Nullable InvertedTable inverted;
    private final Map<Integer, PageTableInFrames.Unit> owners = new TreeMap<>();
    private @Nullable Source source;
    private @Nullable ReplacementPolicy policy;
    private @Nullable Tasks tasks;
    private @Nullable Disk disk;

    /** Pages of tables, in frames and in slots. */
    private long held;

    /** The page of a table that the last fault needed. */
    private PageTableInFrames.@Nullable Unit needed;

    PageTableFrames(MachineSpec spec, FrameTable frames, SwapSpace swap, BackingStore store) {
        this.spec = spec;
        this.kind = spec.translation().memory();
        this.inverted =
                spec.translation().kind() == Translation.Kind.INVERTED
                        ? new InvertedTable(spec.translation().buckets(), spec.frames())
                        : null;
        this.frames = frames;
        this.swap = swap;
        this.store = store;
    }

    /** Tables of no machine, which take no frames. */
    static PageTableFrames alone(MachineSpec spec) {
        BackingStore none = new BackingStore(spec.pageSize(), new HostBudget(0));
        return new PageTableFrames(spec, new FrameTable(0), new SwapSpace(0), none);
    }

    /** Says who finds frames. */
    void use(Source newSource, ReplacementPolicy newPolicy, Tasks newTasks, Disk newDisk) {
        source = newSource;
        policy = newPolicy;
        tasks = newTasks;
        disk = newDisk;
    }

    /** Whether tables take frames at all. */
    boolean isFramed() {
        return kind != Translation.Memory.FREE;
    }

    /** A page table of an address space; those of processes are in frames if the spec says so. */
    PageTable newTable(int asid, HostBudget budget) {
        Translation translation = spec.translation();
        PageTable table =
                switch (translation.kind()) {
                    case LINEAR -> new LinearPageTable(spec.vpnBits(), budget);
                    case HIERARCHICAL ->
                            new HierarchicalPageTable(
                                    toArray(translation.levels()),
                                    translation.entryBytes(),
                                    budget);
                    case HASHED -> new HashedPageTable(translation.buckets(), budget);
                    case RELOCATION, SEGMENTATION -> new SegmentTable(spec, budget);
                    case SEGMENTED_PAGING ->
                            new SegmentedPageTable(
                                    spec.vpnBits(), translation.segmentBits(), budget);
                    case INVERTED ->
                            new InvertedPageTable(
                                    asid,
                                    Objects.requireNonNull(inverted),
                                    new HierarchicalPageTable(
                                            toArray(TranslationDraft.defaultLevels(spec.vpnBits())),
                                            budget));
                };
        return isFramed() && asid != Tasks.KERNEL
                ? new PageTableInFrames(asid, table, spec, this, store)
                : table;
    }

    private static int[] toArray(List<Integer> levels) {
        return levels.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Bytes of the host's memory that a table takes before it holds anything. */
    long emptyBytes() {
        Translation translation = spec.translation();
        return switch (translation.kind()) {
            case LINEAR, SEGMENTED_PAGING -> LinearPageTable.emptyBytes(spec.vpnBits());
            case HIERARCHICAL -> 8L << translation.levels().getFirst();
            case HASHED -> translation.fixedBytes(spec.frames());
            case RELOCATION, SEGMENTATION ->
                    SegmentTable.DESCRIPTOR_BYTES << translation.segmentBits();
            case INVERTED -> 8L << TranslationDraft.defaultLevels(spec.vpnBits()).getFirst();
        };
    }

    @Override
    public void hold(long pages) {
        held += pages;
    }

    /** Bytes of the host's memory that the tables take which no process's budget has. */
    long hostBytes() {
        return PageTableInFrames.HOST_BYTES * held + (inverted == null ? 0 : inverted.hostBytes());
    }

    /** Bytes of the host's memory that the entries of so many pages more may need. */
    long growth(long pages, HostBudget budget) {
        Translation translation = spec.translation();
        long left = Math.max(0, budget.left());
        return switch (translation.kind()) {
            case LINEAR, SEGMENTED_PAGING ->
                    LinearPageTable.growth(spec.vpnBits(), pages, budget) + accounts(pages, 0);
            case HIERARCHICAL ->
                    HierarchicalPageTable.growth(translation.levels(), pages, budget)
                            + accounts(pages, translation.levels().size() - 1);
            case HASHED -> {
                long elements = Math.min(pages, left / Translation.ELEMENT_BYTES + 1);
                yield HashChains.mostBytes(budget.used() / Translation.ELEMENT_BYTES + elements);
            }
            case INVERTED ->
                    HierarchicalPageTable.growth(
                                    TranslationDraft.defaultLevels(spec.vpnBits()), pages, budget)
                            + (inverted == null ? 0 : inverted.growth(pages));
            case RELOCATION, SEGMENTATION -> budget.used() + Math.min(8 * pages, left); // copied
        };
    }

    /** What is kept of the frames of tables, with nodes of so many levels above the leaves. */
    private long accounts(long pages, int levels) {
        if (!isFramed()) {
            return 0;
        }
        int largest = spec.translation().levels().stream().mapToInt(bits -> bits).max().orElse(0);
        long nodes = 1 + levels * (1 + (8L << largest >>> spec.offsetBits()));
        return PageTableInFrames.HOST_BYTES
                * (long) Math.min((double) pages * nodes, spec.frames());
    }

    /** Writes the table that is the machine's and no process's, if there is one. */
    void save(StateWriter out) {
        if (inverted != null) {
            inverted.save(out);
        }
    }

    /** Reads what {@link #save} wrote. */
    void load(StateReader in) {
        if (inverted != null) {
            inverted.load(in);
        }
    }

    /** The inverted table of the machine, or null. */
    @Nullable InvertedTable inverted() {
        return inverted;
    }

    @Override
    public int take(int asid) {
        if (source == null || policy == null || tasks == null) {
            throw new IllegalStateException("PageTableFrames: nobody finds frames");
        }
        source.wantTable(asid);
        int frame = source.takeFrame(NONE, tasks.get(asid));
        if (frame != NONE) {
            policy.loaded(frame);
        }
        return frame;
    }

    /**
     * Frees the frames that a table takes for pages, in ascending order; they are kept for it until
     * {@link #endPromise}. Answers false, and changes nothing, if they cannot be freed.
     */
    boolean promise(Task task, long[] vpns) {
        if (source == null) {
            return true;
        }
        int count = task.table().framesToPrepare(vpns);
        if (count > 0 && !source.canFree(count)) {
            return false;
        }
        if (count > 0) {
            source.promise(count, task);
        }
        return true;
    }

    /** Frames that were kept for one table are everybody's again. */
    void endPromise() {
        if (source != null) {
            source.endPromise();
        }
    }

    @Override
    public void readBack(int asid) {
        if (disk != null && tasks != null) {
            disk.swapIn(tasks.get(asid), Disk.ANYWHERE);
        }
    }

    @Override
    public void own(int frame, PageTableInFrames.Unit unit) {
        owners.put(frame, unit);
    }

    boolean owns(int frame) {
        return isFramed() && owners.containsKey(frame);
    }

    /** The process whose table has a page in a frame. */
    int asid(int frame) {
        PageTableInFrames.Unit unit = owners.get(frame);
        return unit == null ? 0 : unit.asid();
    }

    /** Whether a frame may not be taken from the table whose page it holds. */
    boolean isFixed(int frame) {
        PageTableInFrames.Unit unit = isFramed() ? owners.get(frame) : null;
        return unit != null
                && (kind != Translation.Memory.PAGEABLE || unit == needed || !unit.mayLeave());
    }

    @Override
    public void need(PageTableInFrames.Unit unit) {
        needed = unit;
    }

    /** Moves the page of a table that is in a frame to a slot. */
    void evict(int frame, int slot) {
        PageTableInFrames.Unit unit = owners.remove(frame);
        if (unit != null) {
            unit.leave(slot);
            swap.addEntry(slot);
        }
    }

    @Override
    public void leaveSlot(int slot) {
        if (swap.removeEntry(slot)) {
            store.discard(slot);
        }
    }

    @Override
    public void free(int frame) {
        owners.remove(frame);
        if (policy != null) {
            policy.freed(frame);
        }
        frames.free(frame);
    }

    @Override
    public boolean isNeeded(PageTableInFrames.Unit unit) {
        return unit == needed;
    }

    @Override
    public void forget(PageTableInFrames.Unit unit) {
        needed = needed == unit ? null : needed;
    }
}
