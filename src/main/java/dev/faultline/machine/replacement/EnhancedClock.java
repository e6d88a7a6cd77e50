package dev.faultline.machine.replacement;

/**
 * Clock with the dirty bit, after Carr and Hennessy as Stallings ("Operating Systems", chapter 8)
 * and Silberschatz tell it: of four classes a page of the lowest leaves that the hand meets.
 *
 * <p>A first round changes nothing and takes the first page neither referenced nor dirty. A second
 * takes the first that is dirty and not referenced, and clears the referenced bits that it passes.
 * If both find none, both are made again, and one of them does. The hand ends one past the victim.
 * O(frames) an eviction at worst.
 */
final class EnhancedClock extends HandPolicy {

    EnhancedClock(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        for (int pass = 0; pass < 2; pass++) {
            int clean = round(frames, false);
            int victim = clean == NONE ? round(frames, true) : clean;
            if (victim != NONE) {
                return take(victim);
            }
        }
        return NONE;
    }

    /** The first page from the hand on that was not referenced and is dirty, or is not. */
    private int round(Frames frames, boolean dirty) {
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            if (frames.evictable(frame)) {
                if (!frames.referenced(frame)) {
                    if (frames.dirty(frame) == dirty) {
                        return frame;
                    }
                } else if (dirty) {
                    frames.clearReferenced(frame);
                }
            }
            frame = after(frame, 1);
        }
        return NONE;
    }

    @Override
    public String rule() {
        return "the first page neither referenced nor dirty; else the first not"
                + " referenced, others being cleared";
    }
}
