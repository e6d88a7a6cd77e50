package dev.faultline.machine.replacement;

/** A policy that keeps the frames in the order of their last accesses, TLB hits included. */
abstract class ByRecency extends OldestFirst {

    ByRecency(int frames) {
        super(frames);
    }

    @Override
    public final boolean watchesReferences() {
        return true;
    }

    @Override
    public final void onAccess(int frame) {
        order.renew(frame);
    }

    @Override
    public final void onAccess(int[] frames, int count) {
        order.renew(frames, count);
    }
}
