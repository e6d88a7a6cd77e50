package dev.faultline.machine.replacement;

/**
 * Clock with adaptive replacement (Bansal and Modha, "CAR: clock with adaptive replacement", FAST
 * 2004, figure 2): the {@link Adaptive} lists, of which T1 and T2 are clocks with referenced bits.
 * A page of T1 that was referenced comes into T2, one of T2 goes round again; the first that was
 * not leaves. O(1), amortised.
 */
final class Car extends Adaptive {

    Car(int frames) {
        super(frames);
    }

    @Override
    int choose(Frames frames, int ghost) {
        for (long step = 0; step < 3L * frameCount; step++) {
            boolean fromOnce =
                    often.size() == 0 || once.size() > 0 && once.size() >= Math.max(1, target());
            PageList list = fromOnce ? once : often;
            int frame = list.oldest();
            if (frame == PageList.END) {
                return NONE;
            }
            if (!frames.evictable(frame)) {
                list.renew(frame);
            } else if (!frames.referenced(frame)) {
                return frame;
            } else {
                frames.clearReferenced(frame);
                if (fromOnce) {
                    promote(frame);
                } else {
                    often.renew(frame);
                }
            }
        }
        return oldest(once, often, frames);
    }

    @Override
    void admit(int frame, int ghost) {
        if (ghost != NONE) {
            adapt(ghost);
            forget(ghost);
        } else if (once.size() + onceGone.size() >= frameCount && onceGone.size() > 0) {
            forget(onceGone.oldest());
        } else if (known() >= 2 * frameCount && oftenGone.size() > 0) {
            forget(oftenGone.oldest());
        }
        add(frame, ghost != NONE);
    }

    @Override
    public String rule() {
        return "from the clock of the pages used once, while they are at least their target, else"
                + " of those used more often: the first that was not referenced";
    }
}
