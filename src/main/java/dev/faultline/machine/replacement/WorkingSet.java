package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Working set (Denning, "The working set model for program behavior", CACM 11(5), 1968) by a scan:
 * from the hand on, a referenced page gets the time of now and its bit cleared; one that was not,
 * and was last used more than tau instructions ago, leaves at once. If there is none, the one with
 * the oldest time does, the first from the hand on of equals. O(frames) an eviction.
 */
final class WorkingSet extends HandPolicy {

    private final long[] lastUse;
    private final long tau;

    WorkingSet(int frames, Dialect dialect) {
        super(frames);
        lastUse = new long[frames];
        tau = dialect.tau();
    }

    @Override
    public void loaded(int frame) {
        lastUse[frame] = 0;
    }

    @Override
    public int victim(Frames frames) {
        int oldest = NONE;
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            if (frames.referenced(frame)) {
                lastUse[frame] = frames.now();
                frames.clearReferenced(frame);
            } else if (frames.evictable(frame) && frames.now() - lastUse[frame] > tau) {
                return take(frame);
            }
            if (frames.evictable(frame) && (oldest == NONE || lastUse[frame] < lastUse[oldest])) {
                oldest = frame;
            }
            frame = after(frame, 1);
        }
        return oldest == NONE ? NONE : take(oldest);
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        out.writeLongs(lastUse);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        in.readLongs(lastUse);
    }

    @Override
    public String rule() {
        return "the first page from the hand on unused for more than tau; else that"
                + " of the oldest time";
    }

    /** The time of the last use that was seen. */
    @Override
    public long remembered(int frame) {
        return lastUse[frame];
    }
}
