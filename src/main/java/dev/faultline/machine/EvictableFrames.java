package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

/**
 * The frames that the policy chooses from: what it may ask about each, and which may be evicted. A
 * frame stays if it is pinned or locked, if its page is in use at this moment, if its page has no
 * slot to go to, if it holds a page of a table that has to stay, or if its group protects it.
 */
final class EvictableFrames implements Frames {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final ControlGroups groups;
    private final SwapSpace swap;
    private final PageTableFrames tables;
    private final Tasks tasks;
    private final ReverseMap reverse;
    private final MemoryObjects objects;
    private final FrameAllocation allocation;
    private final Accounting accounting;

    /** The request for which a victim is being chosen, or null. */
    private @Nullable FrameRequest request;

    /** Whether nothing keeps any page in its frame, as found before the policy looks around. */
    private boolean allMayLeave;

    EvictableFrames(Parts parts) {
        this.frames = parts.frames();
        this.groups = frames.groups();
        this.swap = parts.swap();
        this.tables = parts.tableFrames();
        this.tasks = parts.tasks();
        this.reverse = parts.reverse();
        this.objects = parts.objects();
        this.allocation = new FrameAllocation(parts.spec(), tasks);
        this.accounting = parts.accounting();
    }

    /** Starts the choice of a victim. */
    void beginLook(FrameRequest forWhom) {
        request = forWhom;
        allMayLeave =
                !tasks.locksExpected()
                        && !frames.hasPinned()
                        && !swap.isFull()
                        && !tables.isFramed()
                        && groups.size() == 0;
    }

    /** Ends the choice of a victim. */
    void endLook() {
        request = null;
        allMayLeave = false;
    }

    /** Whether the frame is pinned, or a process has locked its page. */
    boolean isLocked(int frame) {
        if (frames.isPinned(frame) || !tasks.locksExpected()) {
            return frames.isPinned(frame);
        }
        for (int node = reverse.firstNode(frame); node != NONE; node = reverse.nextNode(node)) {
            if (tasks.get(reverse.pid(node)).space().isLocked(reverse.vpn(node))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean evictable(int frame) {
        FrameRequest forWhom = request;
        return (forWhom == null || !forWhom.spares(frame))
                && frames.isUsed(frame)
                && (allMayLeave || mayLeave(frame, forWhom));
    }

    private boolean mayLeave(int frame, @Nullable FrameRequest forWhom) {
        return (groups.size() == 0 || groupLets(frame, forWhom))
                && (!swap.isFull() || !needsSlot(frame))
                && !tables.isFixed(frame)
                && !isLocked(frame);
    }

    private boolean groupLets(int frame, @Nullable FrameRequest forWhom) {
        return forWhom == null
                ? groups.mayTake(frame, ControlGroups.ROOT, false)
                : groups.mayTake(frame, forWhom.asking().group(), forWhom.isOwnGroupOnly());
    }

    /** Whether the frame's page can leave only to a slot of the store. */
    boolean needsSlot(int frame) {
        return objects.fileOf(frames.object(frame)) == null && dirty(frame);
    }

    @Override
    public boolean referenced(int frame) {
        return reverse.isReferenced(frame);
    }

    @Override
    public void clearReferenced(int frame) {
        reverse.clearReferenced(frame);
    }

    @Override
    public void clearAllReferenced(int count) {
        reverse.clearReferencedBelow(count);
    }

    @Override
    public boolean dirty(int frame) {
        return reverse.isDirty(frame) || tables.owns(frame);
    }

    @Override
    public int owner(int frame) {
        if (tables.owns(frame)) {
            return tables.asid(frame);
        }
        return reverse.users(frame) == 0 ? Tasks.KERNEL : reverse.firstUser(frame);
    }

    @Override
    public long now() {
        Counters all = accounting.total();
        return all.get(Counter.ACCESSES) + all.get(Counter.OTHER_INSTRUCTIONS);
    }

    @Override
    public long time(int owner) {
        return tasks.get(owner).counters().get(Counter.ACCESSES);
    }

    @Override
    public int share(int owner) {
        return allocation.of(owner);
    }
}
