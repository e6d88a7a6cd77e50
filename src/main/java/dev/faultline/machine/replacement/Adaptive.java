package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * The lists of {@link Arc} and {@link Car}: T1 has the pages that were used once of late, T2 those
 * that were used more often; B1 and B2 remember what left them. A page that is wanted again soon
 * after it left T1 makes T1's share larger, one that left T2 makes it smaller.
 */
abstract class Adaptive extends GhostPolicy {

    final PageList once;
    final PageList often;
    final PageList onceGone;
    final PageList oftenGone;
    private final boolean[] isOften;

    /** Whether a ghost is in B2 and not in B1. */
    private final boolean[] isOftenGone;

    /** The pages that T1 is meant to have: p. */
    private double target;

    Adaptive(int frames) {
        super(frames, frames + 1);
        once = new PageList(2 * frames + 1);
        often = new PageList(once);
        onceGone = new PageList(once);
        oftenGone = new PageList(once);
        isOften = new boolean[frames];
        isOftenGone = new boolean[frames + 1];
    }

    final double target() {
        return target;
    }

    /** Whether a ghost is of a page that left T2. */
    final boolean leftOften(int ghost) {
        return ghost != NONE && isOftenGone[ghost - frameCount];
    }

    final boolean isOften(int frame) {
        return isOften[frame];
    }

    /** The pages in memory and those that are remembered. */
    final int known() {
        return once.size() + often.size() + ghosts.size();
    }

    /** Moves the target, by more the shorter the list is that the ghost is in. */
    final void adapt(int ghost) {
        double one = onceGone.size();
        double two = oftenGone.size();
        target =
                leftOften(ghost)
                        ? Math.max(0, target - Math.max(1, one / two))
                        : Math.min(frameCount, target + Math.max(1, two / one));
    }

    /** Moves a page of T1 to T2. */
    final void promote(int frame) {
        once.remove(frame);
        isOften[frame] = true;
        often.addYoungest(frame);
    }

    final void forget(int ghost) {
        forget(leftOften(ghost) ? oftenGone : onceGone, ghost);
    }

    /** Puts a page that is new, or was remembered, at the young end of its list. */
    final void add(int frame, boolean known) {
        isOften[frame] = known;
        (known ? often : once).addYoungest(frame);
    }

    @Override
    void evicted(int frame) {
        dropped(frame);
        if (ghosts.isFull()) {
            forget((oftenGone.size() > 0 ? oftenGone : onceGone).oldest());
        }
        int ghost = rememberIn(isOften[frame] ? oftenGone : onceGone, frame);
        if (ghost != NONE) {
            isOftenGone[ghost - frameCount] = isOften[frame];
        }
    }

    @Override
    final void dropped(int frame) {
        (isOften[frame] ? often : once).remove(frame);
    }

    /** The oldest page of a list that can be taken, else of the other. */
    static int oldest(PageList list, PageList otherwise, Frames frames) {
        int victim = list.oldestEvictable(frames);
        return victim == NONE ? otherwise.oldestEvictable(frames) : victim;
    }

    @Override
    public final List<Queue> queues(int most) {
        return List.of(
                Queue.of("T1", once, target, this, most),
                Queue.of("T2", often, frameCount - target, this, most),
                Queue.of("B1", onceGone, this, most),
                Queue.of("B2", oftenGone, this, most));
    }

    @Override
    public final void save(StateWriter out) {
        super.save(out);
        once.save(out);
        often.save(out);
        onceGone.save(out);
        oftenGone.save(out);
        out.writeLong(Double.doubleToLongBits(target));
    }

    @Override
    public final void load(StateReader in) {
        super.load(in);
        once.load(in);
        often.load(in);
        onceGone.load(in);
        oftenGone.load(in);
        for (int frame : often.all()) {
            isOften[frame] = true;
        }
        for (int ghost : oftenGone.all()) {
            isOftenGone[ghost - frameCount] = true;
        }
        target = Double.longBitsToDouble(in.readLong());
    }
}
