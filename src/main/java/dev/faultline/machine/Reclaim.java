package dev.faultline.machine;

import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.ReplacementPolicy;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Finds a frame for a page: a free one, else the one that the policy names, taken from every page
 * that maps it.
 *
 * <p>A frame can have several entries (aliases), and the hardware marks only the one that was used:
 * the frame is referenced or dirty if any of them says so, and all of them are made invalid
 * (lecture 16, "Page Tables and Dirty Flags").
 */
final class Reclaim implements Frames {

    static final int NONE = ReplacementPolicy.NONE;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final Tlb tlb;
    private final SharedMemory shared;
    private final ReplacementPolicy policy;
    private final List<Task> tasks;
    private final Books books;
    private final Costs costs;
    private final int offsetBits;

    /** The frame that may not be taken just now, or {@link #NONE}. */
    private int spared = NONE;

    private boolean explaining;
    private Fault.@Nullable Eviction lastEviction;

    Reclaim(Parts parts, ReplacementPolicy policy, List<Task> tasks, Books books) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.tlb = parts.tlb();
        this.shared = parts.shared();
        this.policy = policy;
        this.tasks = tasks;
        this.books = books;
        this.costs = parts.spec().costs();
        this.offsetBits = parts.spec().offsetBits();
    }

    /** Whether evictions should be kept for {@link #takeEviction}. */
    void explain(boolean wanted) {
        explaining = wanted;
        lastEviction = null;
    }

    /** The last eviction since this was asked, or null. */
    Fault.@Nullable Eviction takeEviction() {
        Fault.Eviction taken = lastEviction;
        lastEviction = null;
        return taken;
    }

    /**
     * Answers a frame that nothing maps, or {@link #NONE} if none can be had. {@code spare} is a
     * frame that must stay, or {@link #NONE}; an eviction of a frame that nobody maps is counted to
     * {@code asking}.
     */
    int takeFrame(int spare, Task asking) {
        int free = frames.allocate();
        if (free != NONE) {
            return free;
        }
        spared = spare;
        int victim = policy.victim(this);
        spared = NONE;
        if (victim != NONE) {
            evict(victim, asking);
        }
        return victim;
    }

    /** Takes the frame from every page that maps it, writing it back first if it is dirty. */
    void evict(int frame, Task asking) {
        boolean dirty = isDirty(frame);
        int slot = frames.slot(frame);
        Task owner = frames.mappings(frame) == 0 ? asking : task(frames.firstPid(frame));
        if (dirty) {
            slot = swap.take();
            store.writePage(slot, memory.page(frame));
            books.count(owner, Counter.SWAP_OUTS);
            books.count(owner, Counter.TICKS, costs.swapOut());
        } else if (slot != NONE) {
            swap.bindFrame(slot, NONE);
            frames.bindSlot(frame, NONE);
        }
        if (explaining) {
            lastEviction = new Fault.Eviction(frame, frames.mappingsOf(frame), dirty, dirty);
        }
        int mappings = frames.mappings(frame);
        int named = frames.segment(frame) == FrameTable.NONE ? slot : NONE;
        while (frames.mappings(frame) > 0) {
            int node = frames.firstNode(frame);
            unmap(frame, task(frames.pid(node)), frames.vpn(node), named);
        }
        if (frames.segment(frame) != FrameTable.NONE) {
            leaveSegment(frame, slot);
        }
        frames.setDirty(frame, false);
        policy.freed(frame);
        books.count(owner, Counter.EVICTIONS);
        books.events().eviction(books.now(), owner.pid(), frame, slot, mappings, dirty, dirty);
    }

    /** Shared memory remembers itself where its page has gone; the entries name nothing. */
    private void leaveSegment(int frame, int slot) {
        shared.segment(frames.segment(frame)).evicted(frames.segmentPage(frame), slot);
        frames.own(frame, FrameTable.NONE, 0);
        if (slot == NONE) {
            shared.forgotten();
        } else {
            swap.addEntry(slot);
        }
    }

    /** Makes one entry invalid; it names the slot that holds the page, if there is one. */
    private void unmap(int frame, Task task, long vpn, int slot) {
        boolean dirty = Pte.isDirty(task.table().get(vpn));
        task.table().set(vpn, slot == NONE ? 0 : Pte.swapped(slot));
        tlb.invalidate(task.pid(), vpn);
        frames.unmap(frame, task.pid(), vpn);
        task.addResident(-1);
        if (slot != NONE) {
            swap.addEntry(slot);
            task.addSwapped(1);
        }
        books.count(task, Counter.UNMAPS);
        books.events().unmap(books.now(), task.pid(), vpn << offsetBits, frame, dirty);
    }

    @Override
    public boolean evictable(int frame) {
        return frame != spared && (!swap.isFull() || !isDirty(frame));
    }

    /** Whether the frame was written since it was filled, through an entry it has or had. */
    boolean isDirty(int frame) {
        return frames.isDirty(frame) || anyEntryHas(frame, Pte.DIRTY);
    }

    @Override
    public boolean referenced(int frame) {
        return anyEntryHas(frame, Pte.ACCESSED);
    }

    private boolean anyEntryHas(int frame, long bit) {
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            if ((task(frames.pid(node)).table().get(frames.vpn(node)) & bit) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void clearReferenced(int frame) {
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            PageTable table = task(frames.pid(node)).table();
            long vpn = frames.vpn(node);
            table.set(vpn, table.get(vpn) & ~Pte.ACCESSED);
            tlb.invalidate(frames.pid(node), vpn);
        }
    }

    private Task task(int pid) {
        return tasks.get(pid - 1);
    }
}
