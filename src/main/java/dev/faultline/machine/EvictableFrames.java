package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.SwapSpace;

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

    /** The frames that stay while a victim is chosen, or {@link FrameTable#NONE}. */
    private int spare = NONE;

    private int found = NONE;

    /** The group for which a victim is chosen, and whether it must be one of the group's own. */
    private int group = ControlGroups.ROOT;

    private boolean ownGroupOnly;

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
    void beginLook(FrameRequest request) {
        spare = request.spare();
        found = request.found();
        group = request.asking().group();
        ownGroupOnly = request.isOwnGroupOnly();
        allMayLeave =
                !tasks.locksExpected()
                        && !frames.hasPinned()
                        && !swap.isFull()
                        && !tables.isFramed()
                        && groups.size() == 0;
    }

    /** Ends the choice of a victim. */
    void endLook() {
        spare = NONE;
        found = NONE;
        ownGroupOnly = false;
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
        return frame != spare
                && frame != found
                && frames.isUsed(frame)
                && (allMayLeave || mayLeave(frame));
    }

    private boolean mayLeave(int frame) {
        return (groups.size() == 0 || groups.mayTake(frame, group, ownGroupOnly))
                && (!swap.isFull() || !needsSlot(frame))
                && !tables.isFixed(frame)
                && !isLocked(frame);
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
