package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PageTableInFrames;
import dev.faultline.machine.hardware.TablePage;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

/**
 * Finds frames for the pages of page tables, and makes tables in frames if the spec asks for that
 * (row P13).
 */
final class TablePager implements PageTableInFrames.Frames {

    private static final int NONE = FrameTable.NONE;

    private final Parts parts;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final BackingStore store;
    private final Tasks tasks;
    private final Disk disk;
    private final Story story;
    private final ReplacementPolicy policy;
    private final PageTableFrames owned;
    private final Reclaim reclaim;
    private final FrameRequest request = new FrameRequest();

    /** The fault for whose page a table is made ready, or null. */
    private @Nullable PageFault faulting;

    TablePager(Parts parts, Reclaim reclaim) {
        this.parts = parts;
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.store = parts.store();
        this.tasks = parts.tasks();
        this.disk = parts.disk();
        this.story = parts.story();
        this.policy = parts.policy();
        this.owned = parts.tableFrames();
        this.reclaim = reclaim;
    }

    /** An empty address space of a process, or of the kernel, whose table takes no frames. */
    AddressSpace newSpace(int asid) {
        PageTable table = parts.tables().newTable(asid);
        return new AddressSpace(
                asid,
                parts,
                owned.isFramed() && asid != Tasks.KERNEL
                        ? new PageTableInFrames(asid, table, parts.spec(), this, store)
                        : table);
    }

    /** Makes the table of a fault's process ready for an entry. Answers false if it cannot be. */
    boolean prepare(PageFault fault) {
        PageTable table = fault.task().table();
        if (!owned.isFramed()) {
            return table.prepare(fault.vpn());
        }
        faulting = fault;
        boolean ready = table.prepare(fault.vpn());
        faulting = null;
        return ready;
    }

    /**
     * Frees the frames that a table takes for pages, in ascending order; they are kept for it until
     * {@link #endPromise}. Answers false, and changes nothing, if they cannot be freed.
     */
    boolean promise(Task task, long[] vpns) {
        return promise(task, task.table().framesToPrepare(vpns));
    }

    /** Frees a number of frames for a process's table, as for its pages. */
    boolean promise(Task task, int count) {
        if (count > 0 && !reclaim.canFree(count)) {
            return false;
        }
        if (count > 0) {
            request.forTable(task);
            reclaim.promise(count, request);
        }
        return true;
    }

    /** Frames that were kept for one table are everybody's again. */
    void endPromise() {
        reclaim.endPromise();
    }

    @Override
    public int take(int asid) {
        FrameRequest asked = asking(asid);
        int frame = reclaim.takeFrame(asked);
        if (frame != NONE) {
            policy.onLoad(frame);
            story.tableFrame(asid, frame);
        }
        return frame;
    }

    /**
     * A table that is needed for a fault is asked for by who faults, which may have borrowed it.
     */
    private FrameRequest asking(int asid) {
        FrameRequest asked = faulting == null ? request : faulting.request();
        asked.forTable(faulting == null ? tasks.get(asid) : faulting.task());
        return asked;
    }

    @Override
    public void readBack(int asid) {
        story.readsTable(NONE);
        disk.swapIn(tasks.get(asid), Disk.ANYWHERE);
    }

    @Override
    public void free(int frame) {
        owned.disown(frame);
        policy.onFree(frame);
        frames.free(frame);
    }

    @Override
    public void leaveSlot(int slot) {
        if (swap.removeEntry(slot)) {
            store.discard(slot);
        }
    }

    @Override
    public void own(int frame, TablePage unit) {
        owned.own(frame, unit);
    }

    @Override
    public void need(TablePage unit) {
        owned.need(unit);
    }

    @Override
    public boolean isNeeded(TablePage unit) {
        return owned.isNeeded(unit);
    }

    @Override
    public void forget(TablePage unit) {
        owned.forget(unit);
    }

    @Override
    public void hold(long pages) {
        owned.hold(pages);
    }
}
