package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.replacement.WatchedFrames;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a frame for a page: a free one, else the one that the policy names, which the {@link
 * Evictor} takes from every page that maps it.
 */
final class Reclaim implements PageTableFrames.Source {

    static final int NONE = ReplacementPolicy.NONE;

    private final FrameTable frames;
    private final ControlGroups groups;
    private final SwapSpace swap;
    private final BackingStore store;
    private final ReplacementPolicy policy;
    private final Evictor evictor;
    private final EvictableFrames evictable;

    /** The frames as the policy sees them. */
    private final Frames view;

    private final Accounting accounting;

    /** Frames that are kept free. */
    private final int keptFree;

    /** Frames that nobody gets as long as another can be freed. */
    private final int reserve;

    /** Free frames that are for one caller only, who takes them without an eviction. */
    private int promised;

    private @Nullable OomKiller killer;

    /** Candidates that may still be shown of the choices of this command. */
    private int candidatesLeft;

    Reclaim(
            Parts parts,
            ReplacementPolicy policy,
            Tasks tasks,
            Evictor evictor,
            Accounting accounting) {
        this.evictor = evictor;
        this.frames = parts.frames();
        this.groups = frames.groups();
        this.swap = parts.swap();
        this.store = parts.store();
        this.policy = policy;
        this.evictable = new EvictableFrames(parts, tasks, evictor, accounting);
        this.view = policy.view(evictable);
        policy.use(view);
        this.accounting = accounting;
        this.keptFree = parts.spec().swap().spareFrame() ? 1 : 0;
        this.reserve = keptFree + parts.spec().paging().watermarks().min();
    }

    /** Whether it should be kept how each victim was chosen. */
    void explain(boolean wanted) {
        evictor.explain(wanted);
        candidatesLeft = wanted ? Fault.Choice.MOST_CANDIDATES : 0;
    }

    /**
     * Answers a frame that nothing maps, or {@link #NONE} if none can be had. {@code spare} is a
     * frame that must stay, or {@link #NONE}; an eviction of a frame that nobody maps is counted to
     * {@code asking}.
     */
    @Override
    public int takeFrame(int spare, Task asking) {
        if (promised > 0) {
            promised--;
            return frames.allocate();
        }
        int frame = tryFrame(spare, asking);
        OomKiller last = killer;
        while (frame == NONE && last != null && last.makeRoom(asking)) {
            frame = tryFrame(spare, asking);
        }
        return frame;
    }

    /** Says for which page of a process a frame is to be found next. */
    void want(Task task, long vpn) {
        policy.wanted(task.asid(), task.asid(), vpn);
    }

    /** Says for which page of a file or of shared memory a frame is to be found next. */
    void want(Task asking, MemoryObject object, long page) {
        policy.wanted(asking.asid(), -1 - object.id(), page);
    }

    /** Says that a frame is to be found for no page of a process, but for its table. */
    @Override
    public void wantTable(int asid) {
        policy.wanted(asid, ReplacementPolicy.NOBODY, 0);
    }

    /** Frees what a process has to give up, whether or not frames are needed. */
    private void releaseSurplus(int spare, Task asking) {
        int frame = surplus(spare);
        while (frame != NONE) {
            evictor.evictAndFree(frame, asking, Counter.SURPLUS_EVICTIONS);
            frame = surplus(spare);
        }
    }

    private int surplus(int spare) {
        evictable.beginLook(spare, NONE);
        int surplus = policy.surplus(view);
        evictable.endLook();
        return surplus;
    }

    private int tryFrame(int spare, Task asking) {
        releaseSurplus(spare, asking);
        int group = asking.group();
        evictable.forGroup(group, groups.hitsLimit(group));
        int frame = freeOrVictim(spare, asking);
        while (frame != NONE && groups.isOver(group)) { // its limit was lowered
            int surplus = victim(frame, spare);
            if (surplus == NONE) {
                break;
            }
            evictor.evictAndFree(surplus, asking, Counter.DIRECT_RECLAIMS);
        }
        if (frame != NONE) {
            groups.charge(frame, group);
        }
        evictable.forGroup(group, false);
        return frame;
    }

    private int freeOrVictim(int spare, Task asking) {
        boolean any = !evictable.isOwnGroupOnly();
        if (any && hasFree() && policy.mayTakeFree(view)) {
            return frames.allocate();
        }
        int victim = victim(spare);
        if (victim == NONE && any && frames.freeCount() > keptFree) {
            return frames.allocate();
        }
        if (victim == NONE && any && asking.group() != ControlGroups.ROOT) {
            evictable.forGroup(asking.group(), true); // all others' are protected
            victim = victim(spare);
        }
        if (victim != NONE) {
            evictor.evict(victim, asking, Counter.DIRECT_RECLAIMS);
        }
        return victim;
    }

    private int victim(int spare) {
        return victim(spare, NONE);
    }

    /** The frame that the policy names, neither of two, or {@link #NONE}. */
    private int victim(int spare, int alsoSpare) {
        evictable.beginLook(spare, alsoSpare);
        int victim = candidatesLeft > 0 ? explainedVictim() : policy.victim(view);
        evictable.endLook();
        return victim;
    }

    private int explainedVictim() {
        int handBefore = policy.hand();
        WatchedFrames watched = new WatchedFrames(view, candidatesLeft);
        int victim = policy.victim(watched);
        List<Fault.Candidate> candidates = new ArrayList<>();
        watched.forEach(
                (frame, evictable, referenced, dirty, cleared) ->
                        candidates.add(
                                new Fault.Candidate(
                                        frame,
                                        evictable,
                                        referenced,
                                        dirty,
                                        remembered(frame),
                                        cleared)));
        candidatesLeft -= candidates.size();
        evictor.chosen(
                new Fault.Choice(
                        policy.rule(),
                        List.copyOf(candidates),
                        handBefore == NONE ? null : handBefore,
                        policy.hand() == NONE ? null : policy.hand()));
        return victim;
    }

    /**
     * The clock interrupt: the policy looks at the referenced bits, then all are cleared. Answers
     * whether that changed anything.
     */
    boolean tick() {
        boolean noted = policy.ticked(view);
        boolean cleared = evictor.clearAllReferenced();
        return noted || cleared;
    }

    /** What the policy remembers of a frame, or null. */
    @Nullable Long remembered(int frame) {
        long value = policy.remembered(frame);
        return value == NONE ? null : value;
    }

    /**
     * Answers a frame for a page that is in the store. When no other can be had it is the one that
     * is kept free; {@link #exchange} frees another for it.
     */
    int takeFrameToSwapIn(Task asking) {
        int frame = keptFree > 0 && frames.freeCount() > 0 ? tryFrame(NONE, asking) : NONE;
        if (frame == NONE && keptFree > 0) {
            frame = frames.allocate();
            if (frame != NONE) {
                groups.charge(frame, asking.group());
            }
        }
        return frame == NONE ? takeFrame(NONE, asking) : frame;
    }

    /**
     * Answers a frame for a copy of the page in another, which stays for now. When no other can be
     * had it is the one that is kept free, if {@link #exchange} can free that of the original.
     */
    int takeFrameToCopy(int source, Task asking) {
        int frame = keptFree > 0 && frames.freeCount() > 0 ? tryFrame(source, asking) : NONE;
        if (frame == NONE && keptFree > 0 && evictable.evictable(source)) {
            frame = frames.allocate();
            if (frame != NONE) {
                groups.charge(frame, asking.group());
            }
        }
        return frame == NONE ? takeFrame(source, asking) : frame;
    }

    /** Whether a frame is kept free, through which pages are exchanged and copied. */
    boolean keepsSpareFrame() {
        return keptFree > 0;
    }

    /** Whether the frame that is kept free is in use and no slot is free for what has to leave. */
    boolean lacksSpareFrame() {
        return frames.freeCount() < keptFree && swap.isFull();
    }

    /**
     * Frees a frame again after the one that is kept free was filled from a slot: the slot is given
     * up, if nobody else needs it, for the page that has to leave (paging notes, "not if always
     * keep one page frame free").
     */
    void exchange(int filled, Task asking) {
        if (frames.freeCount() >= keptFree) {
            return;
        }
        int slot = frames.slot(filled);
        if (swap.isFull() && slot != NONE && swap.entries(slot) == 0) {
            frames.bindSlot(filled, NONE);
            frames.setDirty(filled, true);
            swap.unbindFrame(slot);
            store.discard(slot);
        }
        evictable.forGroup(asking.group(), groups.isOver(asking.group()));
        int victim = victim(filled);
        evictable.forGroup(asking.group(), false);
        if (victim != NONE) {
            evictor.evictAndFree(victim, asking, Counter.DIRECT_RECLAIMS);
        }
    }

    /** Whether so many frames could be free together, others' pages leaving for it. */
    @Override
    public boolean canFree(int count) {
        long free = 1L * frames.freeCount() - keptFree;
        long dirty = 0;
        for (int frame = 0; frame < frames.size() && free < count; frame++) {
            if (evictable.evictable(frame)) {
                free += evictor.needsSlot(frame) ? 0 : 1;
                dirty += evictor.needsSlot(frame) ? 1 : 0;
            }
        }
        return free + Math.min(dirty, swap.size() - swap.used()) >= count;
    }

    /**
     * Frees frames until so many are; {@link #canFree} has said that it can be done. The next
     * callers of {@link #takeFrame} get these, and no page leaves memory meanwhile, until {@link
     * #endPromise}.
     */
    @Override
    public void promise(int count, Task asking) {
        evictable.forGroup(asking.group(), false);
        wantTable(asking.asid());
        while (frames.freeCount() - keptFree < count) {
            int victim = victim(NONE);
            if (victim == NONE) {
                throw new IllegalStateException("Reclaim: fewer frames than were counted");
            }
            evictor.evictAndFree(victim, asking, Counter.DIRECT_RECLAIMS);
        }
        promised = count;
    }

    /** Frames that were freed for one caller are everybody's again. */
    @Override
    public void endPromise() {
        promised = 0;
    }

    /** Why a process was refused a frame, in words. */
    String refusal(Task asking) {
        if (!groups.hasRoom(asking.group(), 1)) {
            return "the process's group has all the frames that it may, and none of their pages can"
                    + " leave";
        }
        return swap.isFull()
                ? "swap is full: every page that could leave is dirty and no slot is free"
                : "every page in memory is locked, pinned, protected or in use";
    }

    /** Whether a frame can be had without taking it from anybody. */
    boolean hasFree() {
        return frames.freeCount() > reserve;
    }

    /** Whether a process can have a frame without anybody, its own group included, losing one. */
    boolean hasFree(Task asking) {
        return hasFree() && groups.hasRoom(asking.group(), 1);
    }

    /** Whether so many frames can be had without taking one from anybody. */
    boolean hasFree(int count) {
        return frames.freeCount() - reserve >= count;
    }

    /** The frames among which the policy chooses. */
    EvictableFrames evictable() {
        return evictable;
    }

    /** Who takes pages from their frames. */
    Evictor evictor() {
        return evictor;
    }

    /** Whom to ask for room when there is none. */
    void use(OomKiller last) {
        killer = last;
    }

    /** Whether the process that was last refused a frame has to end for that. */
    boolean takeCondemned() {
        return killer != null && killer.takeCondemned();
    }

    /** A frame that can be had without anybody being ended for it, or {@link #NONE}. */
    int frameToSpare(int spare, Task asking) {
        return tryFrame(spare, asking);
    }

    /** Frames that are free and not kept for an exchange. */
    int freeCount() {
        return frames.freeCount() - keptFree;
    }

    /**
     * Frees a frame that the policy names, though nobody needs it yet. Answers false if there is
     * none.
     */
    boolean freeOne(Task asking) {
        wantTable(asking.asid());
        evictable.forGroup(ControlGroups.ROOT, false);
        int victim = victim(NONE);
        if (victim == NONE) {
            return false;
        }
        evictor.evictAndFree(victim, asking, Counter.DAEMON_EVICTIONS);
        evictor.takeEviction(); // it is of no access
        return true;
    }

    /** Keeps a page in its frame, or lets it go. */
    Outcome pin(int frame, boolean pinned) {
        if (!frames.isUsed(frame)) {
            return new Outcome.Refused("EINVAL", "frame " + frame + " is free");
        }
        frames.setPinned(frame, pinned);
        Event.Kind kind = pinned ? Event.Kind.PIN : Event.Kind.UNPIN;
        accounting.events().frame(kind, accounting.now(), Tasks.KERNEL, frame);
        return new Outcome.Done();
    }
}
