package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HierarchicalPageTable;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

/** Fills frames with the contents of pages, and maps them. */
final class Loader {

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final ReplacementPolicy policy;
    private final Disk disk;
    private final Accounting accounting;
    private final Story story;
    private final Costs costs;

    Loader(Parts parts) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.reverse = parts.reverse();
        this.policy = parts.policy();
        this.disk = parts.disk();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.costs = parts.spec().costs();
    }

    void zeros(Task task, int frame) {
        memory.zero(frame);
        policy.onLoad(frame);
        story.zeros(frame);
        accounting.count(task, Counter.ZERO_FILLS);
        accounting.spend(task, Counter.FILL_TICKS, costs.zeroFill());
    }

    /** Reads a slot into a frame, which is then a clean copy of it. */
    void slot(Task task, int frame, int slot) {
        memory.fill(frame, store.page(slot));
        policy.onLoad(frame);
        swap.bindFrame(slot, frame);
        frames.bindSlot(frame, slot);
        story.reads(frame, slot);
        disk.swapIn(task, slot);
    }

    /** Reads a slot that another process still needs: the frame becomes this process's own copy. */
    void sharedSlot(Task task, int frame, int slot) {
        memory.fill(frame, store.page(slot));
        frames.setDirty(frame, true);
        policy.onLoad(frame);
        story.reads(frame, slot);
        disk.swapIn(task, slot);
    }

    void file(Task task, int frame, DiskFile file, MemoryObject object, long page) {
        memory.fill(frame, file.page(page));
        policy.onLoad(frame);
        story.readsFile(frame, object.name(), page);
        disk.fileIn(task, object.id(), page);
    }

    /** Copies a frame for a page that is about to be written to; the copy is in no slot yet. */
    void copy(Task task, int from, int to) {
        duplicate(task, from, to);
        accounting.count(task, Counter.COW_COPIES);
    }

    /** Copies a frame; the copy is in no slot yet. */
    void duplicate(Task task, int from, int to) {
        memory.copy(from, to);
        frames.setDirty(to, true);
        policy.onLoad(to);
        story.copies(from, to);
        accounting.spend(task, Counter.COPY_TICKS, costs.pageCopy());
    }

    /** Moves the bytes of a frame to another, which then holds the page. */
    void move(Task task, int from, int to) {
        memory.copy(from, to);
        memory.zero(from);
        frames.setDirty(to, frames.isDirty(from));
        int slot = frames.slot(from);
        if (slot != FrameTable.NONE) {
            frames.bindSlot(from, FrameTable.NONE);
            frames.bindSlot(to, slot);
            swap.bindFrame(slot, to);
        }
        policy.onFree(from);
        policy.onLoad(to);
        frames.setDirty(from, false);
        story.copies(from, to);
        accounting.spend(task, Counter.COPY_TICKS, costs.pageCopy());
    }

    /** Reads a page of a page table back into a frame. */
    void tablePage(Task task, int frame) {
        policy.onLoad(frame);
        story.readsTable(frame);
        disk.swapIn(task, Disk.ANYWHERE);
    }

    /** Keeps the page that was just evicted from a frame in that frame; it is in no slot. */
    int keep(int frame) {
        frames.setDirty(frame, true);
        policy.onLoad(frame);
        story.copies(frame, frame);
        return frame;
    }

    /** Makes one entry map all frames of a huge page, from {@code run} on, to its pages. */
    void mapHuge(Task task, HierarchicalPageTable table, long first, int run, long permissions) {
        int pages = table.pagesOfHuge();
        table.setHuge(first, run, permissions);
        task.addResident(pages);
        for (int i = 0; i < pages; i++) {
            reverse.map(run + i, task.asid(), first + i);
            story.maps(task.pid(), first + i, run + i, permissions);
        }
        accounting.count(task, Counter.HUGE_FILLS);
        accounting.count(task, Counter.MAPS, pages);
        accounting.spend(task, Counter.MAP_TICKS, pages * costs.map());
    }

    /** Makes an entry map a frame. */
    void map(Task task, long vpn, int frame, long permissions) {
        reverse.map(frame, task.asid(), vpn);
        task.table().set(vpn, Pte.resident(frame, permissions));
        if (reverse.mappings(frame) == 1 && !task.table().sharesMarks(vpn)) {
            frames.marks().clear(frame, Pte.ACCESSED | Pte.DIRTY); // nobody has used it yet
        }
        task.addResident(1);
        story.maps(task.pid(), vpn, frame, permissions);
        accounting.count(task, Counter.MAPS);
        accounting.spend(task, Counter.MAP_TICKS, costs.map());
    }
}
