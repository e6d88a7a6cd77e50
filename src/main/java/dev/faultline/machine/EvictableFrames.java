package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.replacement.Frames;

/**
 * The frames among which the policy chooses: what it may ask of each, and which may leave. One may
 * not that is pinned or locked, that is needed just now, that has no slot to go to, that holds a
 * page of a table which stays, or that is protected in its group.
 */
final class EvictableFrames implements Frames {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final ControlGroups groups;
    private final SwapSpace swap;
    private final PageTableFrames tables;
    private final Tasks tasks;
    private final Evictor evictor;
    private final FrameAllocation allocation;
    private final Accounting accounting;

    /** The frames that may not be taken just now, or {@link #NONE}: what they hold is in use. */
    private int spared = NONE;

    private int alsoSpared = NONE;

    /** Whether any process has ever locked a page. */
    private boolean locksExpected;

    /** Whether nothing keeps any page in its frame, as found before the policy looks around. */
    private boolean allMayLeave;

    /** For whose group a victim is looked for, and whether it must be one of the group's own. */
    private int group;

    private boolean ownGroupOnly;

    EvictableFrames(Parts parts, Tasks tasks, Evictor evictor, Accounting accounting) {
        this.frames = parts.frames();
        this.groups = frames.groups();
        this.swap = parts.swap();
        this.tables = parts.tables();
        this.tasks = tasks;
        this.evictor = evictor;
        this.allocation = new FrameAllocation(parts.spec(), tasks);
        this.accounting = accounting;
    }

    /** From now on a frame is looked for that is for a group, and of its own if that is said. */
    void forGroup(int newGroup, boolean ownOnly) {
        group = newGroup;
        ownGroupOnly = ownOnly;
    }

    /** Whether it must be one of the group's own. */
    boolean isOwnGroupOnly() {
        return ownGroupOnly;
    }

    /** The policy begins to look around; two frames stay, or {@link #NONE}. */
    void beginLook(int spare, int alsoSpare) {
        spared = spare;
        alsoSpared = alsoSpare;
        allMayLeave =
                !locksExpected
                        && !frames.hasPinned()
                        && !swap.isFull()
                        && !tables.isFramed()
                        && groups.size() == 0;
    }

    /** It has chosen. */
    void endLook() {
        spared = NONE;
        alsoSpared = NONE;
        allMayLeave = false;
    }

    /** From now on a process may keep frames in memory. */
    void expectLocks() {
        locksExpected = true;
    }

    /** Whether the frame is pinned, or a process keeps its page in memory. */
    boolean isLocked(int frame) {
        if (frames.isPinned(frame) || !locksExpected) {
            return frames.isPinned(frame);
        }
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            if (tasks.get(frames.pid(node)).space().isLocked(frames.vpn(node))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean evictable(int frame) {
        return frame != spared
                && frame != alsoSpared
                && frames.isUsed(frame)
                && (allMayLeave || mayLeave(frame));
    }

    private boolean mayLeave(int frame) {
        return (groups.size() == 0 || groups.mayTake(frame, group, ownGroupOnly))
                && (!swap.isFull() || !evictor.needsSlot(frame))
                && !tables.isFixed(frame)
                && !isLocked(frame);
    }

    @Override
    public boolean referenced(int frame) {
        return evictor.isReferenced(frame);
    }

    @Override
    public void clearReferenced(int frame) {
        evictor.clearReferenced(frame);
    }

    @Override
    public void clearAllReferenced(int count) {
        FrameMarks marks = frames.marks();
        int frame = marks.nextReferenced(0, count);
        while (frame < count) {
            evictor.clearReferenced(frame);
            frame = marks.nextReferenced(frame + 1, count);
        }
    }

    @Override
    public boolean dirty(int frame) {
        return evictor.isDirty(frame);
    }

    @Override
    public int owner(int frame) {
        if (tables.owns(frame)) {
            return tables.asid(frame);
        }
        return frames.users(frame) == 0 ? Tasks.KERNEL : frames.firstUser(frame);
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
