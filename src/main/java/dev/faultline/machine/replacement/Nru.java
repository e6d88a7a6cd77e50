package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.CLEAR_EVERY;
import static dev.faultline.machine.replacement.Parameters.SCAN;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Not recently used: the first page of the lowest class 2·referenced + dirty leaves (Tanenbaum,
 * "Modern Operating Systems", chapter 3), in the order of frame numbers from the hand or from frame
 * 0, by dialect; of class 0 there is none lower, so that the look ends there. After the choice all
 * referenced bits are cleared, if {@code clearEvery} instructions have passed since they last were.
 * O(frames) an eviction.
 */
final class Nru extends HandPolicy {

    private final boolean fromHand;
    private final long clearEvery;

    /** The instruction at which all bits were cleared last. */
    private long clearedAt;

    Nru(int frames, Settings settings) {
        super(frames, settings);
        fromHand = settings.get(SCAN) == Parameters.Scan.HAND;
        clearEvery = settings.get(CLEAR_EVERY);
    }

    @Override
    public int victim(Frames frames) {
        int victim = NONE;
        int lowest = Integer.MAX_VALUE;
        int frame = fromHand ? hand() : 0;
        for (int step = 0; step < frameCount && lowest > 0; step++) {
            if (frames.evictable(frame)) {
                int rank = (frames.referenced(frame) ? 2 : 0) + (frames.dirty(frame) ? 1 : 0);
                if (rank < lowest) {
                    lowest = rank;
                    victim = frame;
                }
            }
            frame = after(frame, 1);
        }
        if (frames.now() - clearedAt >= clearEvery) {
            clearedAt = frames.now();
            frames.clearAllReferenced(frameCount);
        }
        return victim == NONE ? NONE : take(victim);
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        out.writeLong(clearedAt);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        clearedAt = in.readLong();
    }

    @Override
    public String rule() {
        return "the first page of the lowest class 2·referenced + dirty";
    }
}
