package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Clock, or second chance on a ring (Corbató, "A paging experiment with the Multics system", 1968).
 *
 * <p>The hand goes round the frame numbers, starting at frame 0. A frame whose page was referenced
 * since the hand last passed has its bits cleared and stays; the first one that was not is the
 * victim, and the hand ends one past it. Filling a free frame does not move the hand. The access
 * that loads a page sets its bit. A frame that cannot be taken is passed over as it is. Amortised
 * O(1) an eviction: the hand clears only bits that an access has set.
 */
final class Clock extends ReplacementPolicy {

    private final int frameCount;
    private int hand;

    Clock(int frames) {
        frameCount = frames;
    }

    @Override
    public void loaded(int frame) {}

    @Override
    public void freed(int frame) {}

    @Override
    public int victim(Frames frames) {
        for (int step = 0; step < 2L * frameCount; step++) { // the second round finds cleared bits
            int frame = hand;
            hand = frame + 1 == frameCount ? 0 : frame + 1;
            if (!frames.evictable(frame)) {
                continue;
            }
            if (!frames.referenced(frame)) {
                return frame;
            }
            frames.clearReferenced(frame);
        }
        return NONE;
    }

    @Override
    public void save(StateWriter out) {
        out.writeInt(hand);
    }

    @Override
    public void load(StateReader in) {
        hand = in.readInt();
    }
}
