package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep.Supply;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.replacement.WatchedFrames;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a frame for a page: a free one, or the one that the policy names. The {@link Evictor} takes
 * the latter from every page that maps it.
 */
final class Reclaim {

    static final int NONE = ReplacementPolicy.NONE;

    private final FrameTable frames;
    private final ControlGroups groups;
    private final SwapSpace swap;
    private final ReverseMap reverse;
    private final BackingStore store;
    private final ReplacementPolicy policy;
    private final Evictor evictor;
    private final EvictableFrames evictable;
    private final OomKiller killer;
    private final Accounting accounting;
    private final Story story;

    /** The frames as the policy sees them. */
    private final Frames view;

    /** Frames that are kept free. */
    private final int keptFree;

    /** Frames that no process gets as long as another can be freed. */
    private final int reserve;

    /** Free frames reserved for one caller, which takes them without an eviction. */
    private int promised;

    /** How many candidates the choices of this command may still record. */
    private int candidatesLeft;

    Reclaim(Parts parts, EvictableFrames evictable, Evictor evictor, OomKiller killer) {
        this.evictor = evictor;
        this.evictable = evictable;
        this.killer = killer;
        this.frames = parts.frames();
        this.groups = frames.groups();
        this.swap = parts.swap();
        this.reverse = parts.reverse();
        this.store = parts.store();
        this.policy = parts.policy();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.view = policy.view(evictable);
        policy.attach(view);
        this.keptFree = parts.spec().swap().spareFrame() ? 1 : 0;
        this.reserve = keptFree + parts.spec().paging().watermarks().min();
    }

    /** Sets whether it is recorded how each victim was chosen. */
    void explain(boolean wanted) {
        evictor.explain(wanted);
        candidatesLeft = wanted ? Fault.Choice.MOST_CANDIDATES : 0;
    }

    /**
     * Returns an unmapped frame, or {@link #NONE} if there is none; then the request says why.
     * Processes may be killed for it.
     */
    int takeFrame(FrameRequest request) {
        announce(request);
        if (promised > 0) {
            promised--;
            return allocate(Supply.FREE);
        }
        int frame = tryFrame(request);
        return frame == NONE ? takeByKilling(request) : frame;
    }

    /** Tries again after each process that is ended for it. */
    private int takeByKilling(FrameRequest request) {
        int frame = NONE;
        while (frame == NONE && killer.makeRoom(request)) {
            frame = tryFrame(request);
        }
        return frame == NONE ? request.refuse(refusal(request.asking())) : frame;
    }

    /** Like {@link #takeFrame}, but kills no process. */
    int takeFrameIfAny(FrameRequest request) {
        announce(request);
        int frame = tryFrame(request);
        return frame == NONE ? request.refuse(refusal(request.asking())) : frame;
    }

    /** Tells the policy which page the next frame is for. */
    void announce(FrameRequest request) {
        policy.onFault(request.asking().asid(), request.owner(), request.page());
    }

    /** Frees what a process has to give up, whether or not frames are needed. */
    private void releaseSurplus(FrameRequest request) {
        int frame = surplus(request);
        while (frame != NONE) {
            evictor.evictAndFree(frame, request, Counter.SURPLUS_EVICTIONS);
            frame = surplus(request);
        }
    }

    private int surplus(FrameRequest request) {
        evictable.beginLook(request);
        story.chooses();
        int surplus = policy.surplus(view);
        evictable.endLook();
        if (surplus == NONE) {
            story.choosesNone();
        }
        return surplus;
    }

    private int tryFrame(FrameRequest request) {
        releaseSurplus(request);
        int group = request.asking().group();
        request.setOwnGroupOnly(groups.hitsLimit(group));
        int frame = freeOrVictim(request);
        while (frame != NONE && groups.isOver(group)) { // its limit was lowered
            request.spareFound(frame);
            int surplus = victim(request);
            if (surplus == NONE) {
                break;
            }
            evictor.evictAndFree(surplus, request, Counter.DIRECT_RECLAIMS);
        }
        if (frame != NONE) {
            groups.charge(frame, group);
        }
        request.spareFound(NONE);
        request.setOwnGroupOnly(false);
        return frame;
    }

    /** Takes the first of the free frames; {@link #NONE} if there is none. */
    private int allocate(Supply supply) {
        int frame = frames.allocate();
        story.allocates(frame == NONE ? Supply.NONE : supply, frame, frames.freeCount());
        return frame;
    }

    private int freeOrVictim(FrameRequest request) {
        boolean any = !request.isOwnGroupOnly();
        if (any && hasFree() && policy.mayTakeFree(view)) {
            return allocate(Supply.FREE);
        }
        story.allocates(Supply.NONE, NONE, frames.freeCount());
        int victim = victim(request);
        if (victim == NONE && any && frames.freeCount() > keptFree) {
            return allocate(Supply.FREE);
        }
        if (victim == NONE && any && request.asking().group() != ControlGroups.ROOT) {
            request.setOwnGroupOnly(true); // all others' are protected
            victim = victim(request);
        }
        if (victim != NONE) {
            evictor.evict(victim, request, Counter.DIRECT_RECLAIMS);
        }
        return victim;
    }

    /** The frame that the policy names for a request, or {@link #NONE}. */
    private int victim(FrameRequest request) {
        evictable.beginLook(request);
        story.chooses();
        int victim = candidatesLeft > 0 ? explainedVictim(request) : policy.victim(view);
        evictable.endLook();
        if (victim == NONE) {
            story.noVictim();
        }
        return victim;
    }

    private int explainedVictim(FrameRequest request) {
        int handBefore = policy.hand();
        WatchedFrames watched = new WatchedFrames(view, candidatesLeft);
        int victim = policy.victim(watched);
        List<Fault.Candidate> candidates = new ArrayList<>();
        watched.forEach(
                (frame, mayLeave, referenced, dirty, cleared) ->
                        candidates.add(
                                new Fault.Candidate(
                                        frame,
                                        mayLeave,
                                        referenced,
                                        dirty,
                                        remembered(frame),
                                        cleared)));
        candidatesLeft -= candidates.size();
        request.chose(
                victim == NONE
                        ? null
                        : new Fault.Choice(
                                policy.rule(),
                                List.copyOf(candidates),
                                handBefore == NONE ? null : handBefore,
                                policy.hand() == NONE ? null : policy.hand()));
        return victim;
    }

    /**
     * The clock interrupt: the policy reads the referenced bits, then all are cleared. Returns
     * whether that changed anything.
     */
    boolean tick() {
        boolean noted = policy.onTick(view);
        boolean cleared = reverse.clearReferencedAtTick();
        return noted || cleared;
    }

    /** What the policy remembers of a frame, or null. */
    @Nullable Long remembered(int frame) {
        long value = policy.remembered(frame);
        return value == NONE ? null : value;
    }

    /**
     * Returns a frame for a page that is in the store, or for a copy of the page in the frame that
     * the request spares. If there is no other, it is the spare frame, and {@link #exchange} then
     * frees another one; for a copy, the original's frame must be one that can be freed.
     */
    int takeFrameOrKept(FrameRequest request) {
        if (keptFree == 0) {
            return takeFrame(request);
        }
        announce(request);
        int frame = frames.freeCount() > 0 ? tryFrame(request) : NONE;
        int original = request.spare();
        if (frame == NONE && (original == NONE || evictable.evictable(original))) {
            frame = allocate(Supply.SPARE);
            if (frame != NONE) {
                groups.charge(frame, request.asking().group());
            }
        }
        if (frame == NONE) {
            frame = tryFrame(request);
        }
        return frame == NONE ? takeByKilling(request) : frame;
    }

    /** Whether one frame is always kept free, for exchanging and copying pages. */
    boolean keepsSpareFrame() {
        return keptFree > 0;
    }

    /**
     * Whether the spare frame is in use and there is no free slot for the page that has to leave.
     */
    boolean lacksSpareFrame() {
        return frames.freeCount() < keptFree && swap.isFull();
    }

    /**
     * Frees a frame again after the spare frame was filled from a slot. The slot, if no other page
     * needs it, goes to the page that has to leave (paging notes, "not if always keep one page
     * frame free").
     */
    void exchange(int filled, FrameRequest request) {
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
        request.sparing(filled).setOwnGroupOnly(groups.isOver(request.asking().group()));
        int victim = victim(request);
        request.setOwnGroupOnly(false);
        if (victim != NONE) {
            evictor.evictAndFree(victim, request, Counter.DIRECT_RECLAIMS);
        }
    }

    /** Whether {@code count} frames could be free together, by evicting others' pages. */
    boolean canFree(int count) {
        long free = 1L * frames.freeCount() - keptFree;
        long dirty = 0;
        for (int frame = 0; frame < frames.size() && free < count; frame++) {
            if (evictable.evictable(frame)) {
                free += evictable.needsSlot(frame) ? 0 : 1;
                dirty += evictable.needsSlot(frame) ? 1 : 0;
            }
        }
        return free + Math.min(dirty, swap.size() - swap.used()) >= count;
    }

    /**
     * Frees frames until {@code count} are free; {@link #canFree} must have said that this is
     * possible. The next callers of {@link #takeFrame} get these, and no page leaves memory until
     * {@link #endPromise}.
     */
    void promise(int count, FrameRequest request) {
        announce(request);
        while (frames.freeCount() - keptFree < count) {
            int victim = victim(request);
            if (victim == NONE) {
                throw new IllegalStateException("Reclaim: fewer frames than were counted");
            }
            evictor.evictAndFree(victim, request, Counter.DIRECT_RECLAIMS);
        }
        promised = count;
    }

    /** Ends the reservation of frames for one caller. */
    void endPromise() {
        promised = 0;
    }

    /** Why a process is refused a frame, in words. */
    private String refusal(Task asking) {
        if (!groups.hasRoom(asking.group(), 1)) {
            return "the process's group has all the frames that it may, and none of their pages can"
                    + " leave";
        }
        return swap.isFull()
                ? "swap is full: every page that could leave is dirty and no slot is free"
                : "every page in memory is locked, pinned, protected or in use";
    }

    /** Whether there is a frame that can be had without an eviction. */
    boolean hasFree() {
        return frames.freeCount() > reserve;
    }

    /** Whether a process can have a frame without an eviction, in its own group or any other. */
    boolean hasFree(Task asking) {
        return hasFree() && groups.hasRoom(asking.group(), 1);
    }

    /** Whether {@code count} frames can be had without an eviction. */
    boolean hasFree(int count) {
        return frames.freeCount() - reserve >= count;
    }

    /** The number of free frames, without the spare frame. */
    int freeCount() {
        return frames.freeCount() - keptFree;
    }

    /**
     * Frees a frame that the policy names before a process needs it. Returns false if there is
     * none.
     */
    boolean freeOne(FrameRequest request) {
        announce(request);
        int victim = victim(request);
        if (victim == NONE) {
            return false;
        }
        evictor.evictAndFree(victim, request, Counter.DAEMON_EVICTIONS);
        return true;
    }

    /** Pins a page in its frame, or unpins it. */
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
