package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * WSClock (Carr and Hennessy, "WSClock: a simple and effective algorithm for virtual memory
 * management", SOSP 1981). The hand gives a referenced page the time of now and clears its bit; of
 * those not referenced for more than tau instructions it takes the first that is clean. After a
 * round without one, the first that is old and dirty leaves, which has to be written; else the
 * first that is clean; else the one at the hand. O(frames) an eviction at worst.
 */
final class WsClock extends HandPolicy {

    private final long[] lastUse;
    private final long tau;

    WsClock(int frames, Dialect dialect) {
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
        int oldAndDirty = NONE;
        int clean = NONE;
        int any = NONE;
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            if (frames.referenced(frame)) {
                lastUse[frame] = frames.now();
                frames.clearReferenced(frame);
            }
            if (frames.evictable(frame)) {
                boolean old = frames.now() - lastUse[frame] > tau;
                boolean dirty = frames.dirty(frame);
                if (old && !dirty) {
                    return take(frame);
                }
                oldAndDirty = oldAndDirty == NONE && old ? frame : oldAndDirty;
                clean = clean == NONE && !dirty ? frame : clean;
                any = any == NONE ? frame : any;
            }
            frame = after(frame, 1);
        }
        int victim = oldAndDirty != NONE ? oldAndDirty : clean != NONE ? clean : any;
        return victim == NONE ? NONE : take(victim);
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
        return "the first page from the hand on that is clean and unused for more than tau";
    }

    /** The time of the last use that was seen. */
    @Override
    public long remembered(int frame) {
        return lastUse[frame];
    }
}
