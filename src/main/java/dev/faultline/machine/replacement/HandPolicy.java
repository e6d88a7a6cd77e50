package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.HAND_PASSES_FILLED;
import static dev.faultline.machine.replacement.Parameters.HAND_START;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A policy with a hand that goes round the frame numbers and ends one past each victim. Where it
 * begins, and whether it also goes past each frame that is filled, is a matter of dialect.
 */
abstract class HandPolicy extends ReplacementPolicy {

    final int frameCount;
    private final boolean passesFilled;
    private int hand;

    HandPolicy(int frames, Settings settings) {
        frameCount = frames;
        passesFilled = settings.get(HAND_PASSES_FILLED);
        hand = settings.count(HAND_START);
    }

    @Override
    public final int hand() {
        return hand;
    }

    /** The frame that is a number of places behind another, going round. */
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
    public void onLoad(int frame) {
        if (passesFilled) {
            hand = after(frame, 1);
        }
    }

    @Override
    public void onFree(int frame) {}

    @Override
    public void save(StateWriter out) {
        out.writeInt(hand);
    }

    @Override
    public void load(StateReader in) {
        hand = in.readInt();
    }
}
