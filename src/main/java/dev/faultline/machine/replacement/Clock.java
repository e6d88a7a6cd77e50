package dev.faultline.machine.replacement;

/**
 * Clock, or second chance on a ring (Corbató, "A paging experiment with the Multics system", 1968).
 *
 * <p>The hand goes round the frame numbers. A frame whose page was referenced since the hand last
 * passed has its bits cleared and stays; the first one that was not is the victim, and the hand
 * ends one past it. A frame that cannot be taken is passed over as it is. Amortised O(1) an
 * eviction: the hand clears only bits that an access has set.
 */
final class Clock extends HandPolicy {

    Clock(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        int frame = hand();
        for (int step = 0; step < 2L * frameCount; step++) { // the second round finds cleared bits
            if (frames.evictable(frame)) {
                if (!frames.referenced(frame)) {
                    return take(frame);
                }
                frames.clearReferenced(frame);
            }
            frame = after(frame, 1);
        }
        return NONE;
    }

    @Override
    public String rule() {
        return "the first page from the hand on that was not referenced; others are cleared";
    }
}
