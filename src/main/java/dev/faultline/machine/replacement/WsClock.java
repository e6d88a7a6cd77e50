package dev.faultline.machine.replacement;

/**
 * WSClock (Carr and Hennessy, "WSClock: a simple and effective algorithm for virtual memory
 * management", SOSP 1981). The hand gives a referenced page the time of now and clears its bit; of
 * those not referenced for more than tau instructions it takes the first that is clean. After a
 * round without one, the first that is old and dirty leaves, which has to be written; else the
 * first that is clean; else the one at the hand. O(frames) an eviction at worst.
 */
final class WsClock extends ByLastUse {

    WsClock(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        int oldAndDirty = NONE;
        int clean = NONE;
        int any = NONE;
        long now = frames.now();
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            boolean mayLeave = frames.evictable(frame);
            see(frame, frames, now);
            if (mayLeave) {
                boolean old = isOld(frame, now);
                boolean asked = old || clean == NONE;
                if (asked && !frames.dirty(frame)) {
                    if (old) {
                        return take(frame);
                    }
                    clean = frame;
                } else if (old && oldAndDirty == NONE) {
                    oldAndDirty = frame;
                }
                any = any == NONE ? frame : any;
            }
            frame = after(frame, 1);
        }
        int victim = oldAndDirty != NONE ? oldAndDirty : clean != NONE ? clean : any;
        return victim == NONE ? NONE : take(victim);
    }

    @Override
    public String rule() {
        return "the first page from the hand on that is clean and unused for more than tau";
    }
}
