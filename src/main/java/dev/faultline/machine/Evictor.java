package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Takes pages from their frames, and writes them where they are to be found again.
 *
 * <p>A frame can have several entries (aliases), and the hardware marks only the one that was used:
 * the frame is referenced or dirty if any of them says so, and all of them are made invalid
 * (lecture 16, "Page Tables and Dirty Flags").
 */
final class Evictor {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final PageTableFrames tables;
    private final ReplacementPolicy policy;
    private final Tasks tasks;
    private final Disk disk;
    private final Accounting accounting;
    private final int offsetBits;
    private final Costs costs;
    private final @Nullable WorkingSetMeter meter;
    private boolean explaining;
    private Fault.@Nullable Eviction lastEviction;

    /** How the victim was chosen that is evicted next. */
    private Fault.@Nullable Choice choice;

    Evictor(
            Parts parts,
            ReplacementPolicy policy,
            Tasks tasks,
            Disk disk,
            @Nullable WorkingSetMeter meter,
            Accounting accounting) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.cpus = parts.cpus();
        this.objects = parts.objects();
        this.tables = parts.tables();
        this.policy = policy;
        this.tasks = tasks;
        this.disk = disk;
        this.meter = meter;
        this.accounting = accounting;
        this.offsetBits = parts.spec().offsetBits();
        this.costs = parts.spec().costs();
    }

    /** Whether evictions should be kept for {@link #takeEviction}. */
    void explain(boolean wanted) {
        explaining = wanted;
        lastEviction = null;
        choice = null;
    }

    /** The next to be evicted was chosen so. */
    void chosen(Fault.Choice how) {
        choice = how;
    }

    /** The last eviction since this was asked, or null. */
    Fault.@Nullable Eviction takeEviction() {
        Fault.Eviction taken = lastEviction;
        lastEviction = null;
        return taken;
    }

    /**
     * Takes the frame from every page that maps it, writing it back first if it is dirty.
     *
     * @param cause what is counted of whoever asks, beside the eviction of whoever owns the page
     */
    void evict(int frame, Task asking, Counter cause) {
        accounting.count(asking, cause);
        if (tables.owns(frame)) {
            evictTablePage(frame);
            return;
        }
        boolean dirty = isDirty(frame);
        int slot = frames.slot(frame);
        Task owner = owner(frame, asking);
        if (dirty && fileOf(frame) != null) {
            writeToFile(frame, owner);
        } else if (dirty) {
            slot = swap.take();
            store.writePage(slot, memory.page(frame));
            disk.swapOut(owner, slot);
        } else if (slot != NONE) {
            swap.bindFrame(slot, NONE);
            frames.bindSlot(frame, NONE);
        }
        List<Mapping> mapped = explaining ? frames.mappingsOf(frame) : List.of();
        int mappings = frames.mappings(frame);
        leave(frame, slot);
        enter(owner, frame, slot, mapped, mappings, dirty);
    }

    /** Records an eviction in the accounts, once the frame is free. */
    private void enter(
            Task owner, int frame, int slot, List<Mapping> mapped, int mappings, boolean dirty) {
        Fault.Choice how = takeChoice();
        if (explaining) {
            lastEviction = new Fault.Eviction(frame, mapped, dirty, dirty, how);
        }
        accounting.count(owner, Counter.EVICTIONS);
        accounting.count(owner, dirty ? Counter.DIRTY_EVICTIONS : Counter.CLEAN_EVICTIONS);
        accounting
                .events()
                .eviction(accounting.now(), owner.pid(), frame, slot, mappings, dirty, dirty, how);
    }

    /** Takes the frame from every page that maps it, and lets it be free. */
    void evictAndFree(int frame, Task asking, Counter cause) {
        evict(frame, asking, cause);
        frames.free(frame);
    }

    /**
     * The process that an eviction is charged to: the first that maps the frame, or the one that
     * asks.
     */
    private Task owner(int frame, Task asking) {
        return frames.users(frame) == 0 ? asking : task(frames.firstUser(frame));
    }

    private Fault.@Nullable Choice takeChoice() {
        Fault.Choice taken = choice;
        choice = null;
        return taken;
    }

    /** A page of a page table goes to the store. */
    private void evictTablePage(int frame) {
        Task owner = task(tables.asid(frame));
        int slot = swap.take();
        tables.evict(frame, slot);
        disk.swapOut(owner, slot);
        policy.freed(frame);
        enter(owner, frame, slot, List.of(), 0, true);
    }

    /** Removes a frame from everyone who maps it; its page is now in a slot, or nowhere. */
    private void leave(int frame, int slot) {
        if (meter != null) {
            meter.left(frame);
        }
        int named = frames.object(frame) == FrameTable.NONE ? slot : NONE;
        while (frames.mappings(frame) > 0) {
            int node = frames.firstNode(frame);
            unmap(frame, task(frames.pid(node)), frames.vpn(node), named);
        }
        if (frames.object(frame) != FrameTable.NONE) {
            leaveObject(frame, slot);
        }
        frames.setDirty(frame, false);
        wasReadAhead(frame);
        policy.freed(frame);
    }

    /** Records that a page that was read ahead leaves unused. */
    void wasReadAhead(int frame) {
        int reader = frames.takeReader(frame);
        if (reader != FrameTable.NOBODY) {
            accounting.count(task(reader), Counter.PREFETCHES_WASTED);
        }
    }

    /** Frees a frame whose page is no longer wanted. */
    void drop(int frame) {
        leave(frame, NONE);
        frames.free(frame);
    }

    /** Marks a page as clean without writing it back. */
    void forgetWrites(int frame) {
        frames.setDirty(frame, false);
        clearInEntries(frame, Pte.DIRTY);
    }

    private @Nullable DiskFile fileOf(int frame) {
        return objects.fileOf(frames.object(frame));
    }

    private void writeToFile(int frame, Task owner) {
        DiskFile file = fileOf(frame);
        if (file != null) {
            file.write(frames.objectPage(frame), memory.page(frame));
            disk.fileOut(owner, frames.object(frame), frames.objectPage(frame));
        }
    }

    /**
     * Writes back a page of a file if any of its entries is dirty, and clears their dirty bits.
     * Returns whether it was written.
     */
    boolean clean(int frame, Task asking) {
        if (fileOf(frame) == null || !isDirty(frame)) {
            return false;
        }
        writeToFile(frame, asking);
        forgetWrites(frame);
        return true;
    }

    /**
     * Writes back a dirty page, which stays in memory and is then clean. Returns false if there is
     * no slot for it.
     */
    boolean writeBack(int frame, Task asking) {
        Task owner = owner(frame, asking);
        if (fileOf(frame) != null) {
            writeToFile(frame, owner);
        } else {
            int slot = swap.take();
            if (slot == NONE) {
                return false;
            }
            store.writePage(slot, memory.page(frame));
            disk.swapOut(owner, slot);
            frames.bindSlot(frame, slot);
            swap.bindFrame(slot, frame);
        }
        forgetWrites(frame);
        accounting.count(owner, Counter.CLEANED);
        accounting.events().frame(Event.Kind.CLEAN, accounting.now(), owner.pid(), frame);
        return true;
    }

    /** Records in a shared object where its page has gone; the entries name nothing. */
    private void leaveObject(int frame, int slot) {
        objects.object(frames.object(frame)).evicted(frames.objectPage(frame), slot);
        frames.own(frame, FrameTable.NONE, 0);
        if (slot == NONE) {
            objects.forgotten();
        } else {
            swap.addEntry(slot);
        }
    }

    /**
     * Invalidates one entry. It names the slot that now holds the page, unless there is none or the
     * entry is the kernel's.
     */
    private void unmap(int frame, Task task, long vpn, int pageSlot) {
        int slot = task.pid() == Tasks.KERNEL ? NONE : pageSlot;
        long old = task.table().replace(vpn, slot == NONE ? 0 : Pte.swapped(slot));
        cpus.invalidate(task.asid(), vpn);
        frames.unmap(frame, task.asid(), vpn);
        task.addResident(-1);
        if (slot != NONE) {
            swap.addEntry(slot);
            task.addSwapped(1);
        }
        accounting.count(task, Counter.UNMAPS);
        accounting.spend(task, Counter.MAP_TICKS, costs.unmap());
        accounting
                .events()
                .unmap(accounting.now(), task.pid(), vpn << offsetBits, frame, Pte.isDirty(old));
    }

    /** Whether the frame can leave only for a slot of the store. */
    boolean needsSlot(int frame) {
        return fileOf(frame) == null && isDirty(frame);
    }

    /** Whether the frame was written since it was filled, through an entry it has or had. */
    boolean isDirty(int frame) {
        return frames.isDirty(frame) || anyEntryHas(frame, Pte.DIRTY) || tables.owns(frame);
    }

    private boolean anyEntryHas(int frame, long bit) {
        byte known = frames.marks().of(frame, bit);
        return known == FrameMarks.UNKNOWN ? lookFor(frame, bit) : known == FrameMarks.SET;
    }

    /** Whether any entry of a frame has a bit, by a look at each; that is remembered. */
    private boolean lookFor(int frame, long bit) {
        boolean shared = false;
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            PageTable table = task(frames.pid(node)).table();
            long vpn = frames.vpn(node);
            shared |= table.sharesMarks(vpn);
            if ((table.get(vpn) & bit) != 0) {
                if (!shared) {
                    frames.marks().set(frame, bit);
                }
                return true;
            }
        }
        if (!shared) {
            frames.marks().clear(frame, bit);
        }
        return false;
    }

    /**
     * A TLB holds no more bits than the entry: where that has not got the bit, nothing is dropped.
     */
    private void clearInEntries(int frame, long bit) {
        clearInEntries(frame, bit, false);
    }

    /** Answers whether any entry had the bit. */
    private boolean clearInEntries(int frame, long bit, boolean everywhere) {
        if (!anyEntryHas(frame, bit)) {
            return false;
        }
        boolean shared = false;
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            PageTable table = task(frames.pid(node)).table();
            long vpn = frames.vpn(node);
            long pte = table.get(vpn);
            shared |= table.sharesMarks(vpn);
            if ((pte & bit) != 0) {
                table.set(vpn, pte & ~bit);
                if (everywhere) {
                    cpus.invalidateEverywhere(frames.pid(node), vpn);
                } else {
                    cpus.invalidate(frames.pid(node), vpn);
                }
            }
        }
        if (!shared) {
            frames.marks().clear(frame, bit);
        }
        return true;
    }

    /** Whether a page was accessed since its bit was cleared last, through any entry. */
    boolean isReferenced(int frame) {
        return anyEntryHas(frame, Pte.ACCESSED);
    }

    /** Clears the accessed bits of all frames, at a tick. Answers whether any was set. */
    boolean clearAllReferenced() {
        FrameMarks marks = frames.marks();
        boolean any = false;
        int frame = marks.nextReferenced(0, frames.size());
        while (frame < frames.size()) {
            any |= clearInEntries(frame, Pte.ACCESSED, true);
            frame = marks.nextReferenced(frame + 1, frames.size());
        }
        return any;
    }

    /** Clears the accessed bit in every entry of a frame. */
    void clearReferenced(int frame) {
        clearInEntries(frame, Pte.ACCESSED);
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }
}
