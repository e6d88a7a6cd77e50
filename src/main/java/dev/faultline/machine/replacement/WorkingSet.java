package dev.faultline.machine.replacement;

/**
 * Working set (Denning, "The working set model for program behavior", CACM 11(5), 1968) by a scan:
 * from the hand on, a referenced page gets the time of now and its bit cleared; one that was not,
 * and was last used more than tau instructions ago, leaves at once. If there is none, the one with
 * the oldest time does, or the first of several from the hand on. O(frames) an eviction.
 */
final class WorkingSet extends ByLastUse {

    WorkingSet(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        long now = frames.now();
        int oldest = NONE;
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            boolean mayLeave = frames.evictable(frame);
            see(frame, frames, now);
            if (mayLeave) {
                if (isOld(frame, now)) {
                    return take(frame);
                }
                if (oldest == NONE || remembered(frame) < remembered(oldest)) {
                    oldest = frame;
                }
            }
            frame = after(frame, 1);
        }
        return oldest == NONE ? NONE : take(oldest);
    }

    @Override
    public String rule() {
        return "the first page from the hand on unused for more than tau; else that"
                + " of the oldest time";
    }
}
