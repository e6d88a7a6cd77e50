package dev.faultline.machine.replacement;

/**
 * FIFO with a second chance: the page that was loaded longest ago leaves unless it was referenced;
 * then its bit is cleared and it goes to the end of the queue as if it had just come. The access
 * that loads a page sets its bit. Amortised O(1) an eviction: only bits that an access has set are
 * cleared.
 */
final class SecondChance extends OldestFirst {

    private final int frameCount;

    SecondChance(int frames) {
        super(frames);
        frameCount = frames;
    }

    @Override
    public int victim(Frames frames) {
        for (int step = 0; step < 2L * frameCount; step++) { // the second round finds cleared bits
            int frame = order.oldestEvictable(frames);
            if (frame == NONE || !frames.referenced(frame)) {
                return frame;
            }
            frames.clearReferenced(frame);
            order.renew(frame);
        }
        return NONE;
    }

    @Override
    public String rule() {
        return "the page loaded longest ago that was not referenced; others are"
                + " cleared and go to the end";
    }
}
