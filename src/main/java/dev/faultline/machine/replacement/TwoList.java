package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.REFAULTS;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * Linux's active and inactive list (the kernel's documentation and mm/vmscan.c as of 6.x; Gorman,
 * "Understanding the Linux Virtual Memory Manager", chapter 10). A page comes in at the young end
 * of the inactive list. At the old end, one that was referenced goes round once and at the second
 * time becomes active; one that was not leaves. While the active list is the longer, its oldest
 * page becomes inactive, its bit cleared. O(1), amortised.
 *
 * <p>With refaults, a page that comes back so soon that it would have stayed had the inactive list
 * been longer by the length of the active one becomes active at once (mm/workingset.c): the time is
 * counted in pages that left or became active.
 */
final class TwoList extends GhostPolicy {

    private final boolean refaults;
    private final PageList inactive;
    private final PageList active;
    private final PageList gone;
    private final boolean[] isActive;

    /** Inactive pages that were seen referenced once. */
    private final boolean[] wentRound;

    /** When a remembered page left. */
    private final long[] leftAt;

    private long age;

    TwoList(int frames, Settings settings) {
        super(frames, settings.get(REFAULTS) ? frames : 0);
        refaults = settings.get(REFAULTS);
        inactive = new PageList(2 * frames);
        active = new PageList(inactive);
        gone = new PageList(inactive);
        isActive = new boolean[frames];
        wentRound = new boolean[frames];
        leftAt = new long[refaults ? frames : 0];
    }

    @Override
    void admit(int frame, int ghost) {
        isActive[frame] = ghost != NONE && age - leftAt[ghost - frameCount] <= active.size();
        wentRound[frame] = false;
        if (ghost != NONE) {
            forget(gone, ghost);
        }
        (isActive[frame] ? active : inactive).addYoungest(frame);
    }

    @Override
    int choose(Frames frames, int ghost) {
        balance(frames);
        for (long step = 0; step < 4L * frameCount && inactive.size() > 0; step++) {
            int frame = inactive.oldest();
            if (!frames.evictable(frame)) {
                inactive.renew(frame);
            } else if (!frames.referenced(frame)) {
                return frame;
            } else {
                frames.clearReferenced(frame);
                if (wentRound[frame]) {
                    activate(frame);
                    balance(frames);
                } else {
                    wentRound[frame] = true;
                    inactive.renew(frame);
                }
            }
        }
        int victim = inactive.oldestEvictable(frames);
        return victim == NONE ? active.oldestEvictable(frames) : victim;
    }

    private void activate(int frame) {
        inactive.remove(frame);
        active.addYoungest(frame);
        isActive[frame] = true;
        wentRound[frame] = false;
        age++;
    }

    private void balance(Frames frames) {
        while (active.size() > inactive.size()) {
            int frame = active.oldest();
            frames.clearReferenced(frame);
            active.remove(frame);
            isActive[frame] = false;
            inactive.addYoungest(frame);
        }
    }

    @Override
    void evicted(int frame) {
        dropped(frame);
        age++;
        int ghost = refaults ? rememberIn(gone, frame) : NONE;
        if (ghost != NONE) {
            leftAt[ghost - frameCount] = age;
        }
    }

    @Override
    void dropped(int frame) {
        (isActive[frame] ? active : inactive).remove(frame);
    }

    @Override
    public String rule() {
        return "the oldest inactive page that was not referenced";
    }

    @Override
    public List<Queue> queues(int most) {
        return List.of(
                Queue.of("active", active, this, most),
                Queue.of("inactive", inactive, this, most),
                Queue.of("gone", gone, this, most));
    }

    /** 2 for an active page, 1 for one that went round, else 0. */
    @Override
    public long remembered(int frame) {
        return isActive[frame] ? 2 : wentRound[frame] ? 1 : 0;
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        inactive.save(out);
        active.save(out);
        gone.save(out);
        for (boolean each : wentRound) {
            out.writeBoolean(each);
        }
        out.writeLongs(leftAt);
        out.writeLong(age);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        inactive.load(in);
        active.load(in);
        gone.load(in);
        for (int frame : active.all()) {
            isActive[frame] = true;
        }
        for (int frame = 0; frame < frameCount; frame++) {
            wentRound[frame] = in.readBoolean();
        }
        in.readLongs(leftAt);
        age = in.readLong();
    }
}
