package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A policy with a hand that goes round the frame numbers, from frame 0 at first, and ends one past
 * each victim.
 */
abstract class HandPolicy extends ReplacementPolicy {

    final int frameCount;
    private int hand;

    HandPolicy(int frames) {
        frameCount = frames;
    }

    @Override
    public final int hand() {
        return hand;
    }

    /** The frame that is so many places behind another, going round. */
    final int after(int frame, int places) {
        int next = frame + places;
        return next >= frameCount ? next - frameCount : next;
    }

    /** Puts the hand one past a victim. Answers the victim. */
    final int take(int victim) {
        hand = after(victim, 1);
        return victim;
    }

    @Override
    public void loaded(int frame) {}

    @Override
    public void freed(int frame) {}

    @Override
    public void save(StateWriter out) {
        out.writeInt(hand);
    }

    @Override
    public void load(StateReader in) {
        hand = in.readInt();
    }
}
