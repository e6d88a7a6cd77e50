package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Evicts pages: takes them out of their frames, and writes them where they can be found again. All
 * entries of a frame (aliases) are invalidated, and a page is written back if any of them is dirty
 * (lecture 16, "Page Tables and Dirty Flags").
 */
final class Evictor {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final Cpus cpus;
    private final ReverseMap reverse;
    private final MemoryObjects objects;
    private final PageTableFrames tables;
    private final ReplacementPolicy policy;
    private final Tasks tasks;
    private final Disk disk;
    private final Accounting accounting;
    private final Story story;
    private final int offsetBits;
    private final Costs costs;
    private final @Nullable WorkingSetMeter meter;
    private boolean explaining;

    Evictor(Parts parts) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.cpus = parts.cpus();
        this.reverse = parts.reverse();
        this.objects = parts.objects();
        this.tables = parts.tableFrames();
        this.policy = parts.policy();
        this.tasks = parts.tasks();
        this.disk = parts.disk();
        this.meter = parts.meter();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.offsetBits = parts.spec().offsetBits();
        this.costs = parts.spec().costs();
    }

    /** Whether requests should be told what was evicted for them. */
    void explain(boolean wanted) {
        explaining = wanted;
    }

    /**
     * Takes a frame from every page that maps it, writing it back first if it is dirty.
     *
     * @param cause the counter to add to for the process that asks; the eviction itself is charged
     *     to the process that owns the page
     */
    void evict(int frame, FrameRequest request, Counter cause) {
        Task asking = request.asking();
        accounting.count(asking, cause);
        boolean table = tables.owns(frame);
        boolean dirty = table || reverse.isDirty(frame);
        if (story.isTold()) {
            tellVictim(frame, request, cause, dirty);
        }
        if (table) {
            evictTablePage(frame, request);
            return;
        }
        int slot = frames.slot(frame);
        Task owner = owner(frame, asking);
        if (dirty && fileOf(frame) != null) {
            writeToFile(frame, owner);
        } else if (dirty) {
            slot = swap.take();
            store.writePage(slot, memory.page(frame));
            story.writesToSlot(frame, slot);
            disk.swapOut(owner, slot);
        } else if (slot != NONE) {
            swap.bindFrame(slot, NONE);
            frames.bindSlot(frame, NONE);
        }
        List<Mapping> mapped = explaining ? reverse.mappingsOf(frame) : List.of();
        int mappings = reverse.mappings(frame);
        leave(frame, slot);
        enter(request, owner, frame, slot, mapped, mappings, dirty);
    }

    private void tellVictim(int frame, FrameRequest request, Counter cause, boolean dirty) {
        DiskFile file = fileOf(frame);
        story.victim(
                new KernelStep.Victim(
                        switch (cause) {
                            case SURPLUS_EVICTIONS -> KernelStep.Reason.SURPLUS;
                            case DAEMON_EVICTIONS -> KernelStep.Reason.DAEMON;
                            default -> KernelStep.Reason.NEEDED;
                        },
                        frame,
                        reverse.mappingsOf(frame),
                        dirty,
                        request.choice(),
                        file == null ? null : objects.object(frames.object(frame)).name(),
                        file == null ? null : frames.objectPage(frame),
                        tables.owns(frame)));
    }

    /** Records an eviction in the accounts, once the frame is free. */
    private void enter(
            FrameRequest request,
            Task owner,
            int frame,
            int slot,
            List<Mapping> mapped,
            int mappings,
            boolean dirty) {
        Fault.Choice how = request.takeChoice();
        if (explaining) {
            request.evicted(new Fault.Eviction(frame, mapped, dirty, dirty, how));
        }
        accounting.count(owner, Counter.EVICTIONS);
        accounting.count(owner, dirty ? Counter.DIRTY_EVICTIONS : Counter.CLEAN_EVICTIONS);
        accounting
                .events()
                .eviction(accounting.now(), owner.pid(), frame, slot, mappings, dirty, dirty, how);
    }

    /** Takes the frame from every page that maps it, and lets it be free. */
    void evictAndFree(int frame, FrameRequest request, Counter cause) {
        evict(frame, request, cause);
        frames.free(frame);
    }

    /**
     * The process that an eviction is charged to: the first that maps the frame, or the one that
     * asks.
     */
    private Task owner(int frame, Task asking) {
        return reverse.users(frame) == 0 ? asking : task(reverse.firstUser(frame));
    }

    /** Moves a page of a page table to the store. */
    private void evictTablePage(int frame, FrameRequest request) {
        Task owner = task(tables.asid(frame));
        int slot = swap.take();
        tables.evict(frame, slot);
        story.writesToSlot(frame, slot);
        disk.swapOut(owner, slot);
        policy.onFree(frame);
        enter(request, owner, frame, slot, List.of(), 0, true);
    }

    /** Removes a frame from everyone who maps it; its page is now in a slot, or nowhere. */
    private void leave(int frame, int slot) {
        if (meter != null) {
            meter.left(frame);
        }
        int named = frames.object(frame) == FrameTable.NONE ? slot : NONE;
        while (reverse.mappings(frame) > 0) {
            int node = reverse.firstNode(frame);
            unmap(frame, task(reverse.pid(node)), reverse.vpn(node), named);
        }
        if (frames.object(frame) != FrameTable.NONE) {
            leaveObject(frame, slot);
        }
        frames.setDirty(frame, false);
        wasReadAhead(frame);
        policy.onFree(frame);
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
        reverse.clearDirty(frame);
    }

    private @Nullable DiskFile fileOf(int frame) {
        return objects.fileOf(frames.object(frame));
    }

    private void writeToFile(int frame, Task owner) {
        DiskFile file = fileOf(frame);
        if (file != null) {
            long page = frames.objectPage(frame);
            file.write(page, memory.page(frame));
            story.writesToFile(frame, objects.object(frames.object(frame)).name(), page);
            disk.fileOut(owner, frames.object(frame), page);
        }
    }

    /**
     * Writes back a page of a file if any of its entries is dirty, and clears their dirty bits.
     * Returns whether it was written.
     */
    boolean clean(int frame, Task asking) {
        if (fileOf(frame) == null || !reverse.isDirty(frame)) {
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
            story.writesToSlot(frame, slot);
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
        story.unmaps(task.pid(), vpn, frame, slot);
        cpus.invalidate(task.asid(), vpn);
        reverse.unmap(frame, task.asid(), vpn);
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

    private Task task(int pid) {
        return tasks.get(pid);
    }
}
