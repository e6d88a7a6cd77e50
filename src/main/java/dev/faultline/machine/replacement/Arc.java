package dev.faultline.machine.replacement;

/**
 * Adaptive replacement (Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache",
 * FAST 2003, figure 4): the {@link Adaptive} lists, each in LRU order. O(1).
 */
final class Arc extends Adaptive {

    /** Whether the page that leaves is to be remembered. */
    private boolean remembering;

    Arc(int frames) {
        super(frames);
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    void hit(int frame) {
        if (isOften(frame)) {
            often.renew(frame);
        } else {
            promote(frame);
        }
    }

    @Override
    void onWanted(int ghost) {
        if (ghost != NONE) {
            adapt(ghost);
        }
    }

    @Override
    int choose(Frames frames, int ghost) {
        remembering = true;
        if (ghost == NONE && once.size() + onceGone.size() >= frameCount) {
            if (onceGone.size() == 0) {
                remembering = false;
                return oldest(once, often, frames);
            }
            forget(onceGone.oldest());
        } else if (ghost == NONE && known() >= 2 * frameCount) {
            forget(oftenGone.oldest());
        }
        boolean fromOnce =
                once.size() > 0
                        && (once.size() > target() || leftOften(ghost) && once.size() == target());
        return fromOnce ? oldest(once, often, frames) : oldest(often, once, frames);
    }

    @Override
    void admit(int frame, int ghost) {
        if (ghost != NONE) {
            forget(ghost);
        } else if (once.size() + onceGone.size() >= frameCount && onceGone.size() > 0) {
            forget(onceGone.oldest()); // frames had become free, and nothing had to leave
        }
        add(frame, ghost != NONE);
    }

    @Override
    void evicted(int frame) {
        if (remembering) {
            super.evicted(frame);
        } else {
            dropped(frame);
        }
    }

    @Override
    public String rule() {
        return "the least recently used of the pages used once, while they are more than their"
                + " target; else of those used more often";
    }
}
