package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.AGE_AT;
import static dev.faultline.machine.replacement.Parameters.BITS;
import static dev.faultline.machine.replacement.Parameters.SCAN;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Aging, which comes near to LRU with a few bits a page (Tanenbaum, "Modern Operating Systems",
 * chapter 3). At each choice, or at each tick of the clock, by dialect, every age is shifted right
 * and the referenced bit is put on top and cleared. The page of the smallest age leaves; of
 * several, the first from the hand, or from frame 0, by dialect. A page that is loaded has the age
 * 0. O(frames) an eviction and a tick.
 */
final class Aging extends HandPolicy {

    private final long[] age;
    private final boolean fromHand;
    private final boolean atTicks;
    private final long top;

    Aging(int frames, Settings settings) {
        super(frames, settings);
        age = new long[frames];
        fromHand = settings.get(SCAN) == Parameters.Scan.HAND;
        atTicks = settings.get(AGE_AT) == Parameters.AgeAt.TICK;
        top = 1L << settings.count(BITS) - 1;
    }

    @Override
    public void onLoad(int frame) {
        super.onLoad(frame);
        age[frame] = 0;
    }

    @Override
    public int victim(Frames frames) {
        int victim = NONE;
        int frame = fromHand ? hand() : 0;
        for (int step = 0; step < frameCount; step++) {
            boolean mayLeave = frames.evictable(frame);
            if (!atTicks && shift(frame, frames)) {
                frames.clearReferenced(frame);
            }
            if (mayLeave && (victim == NONE || age[frame] < age[victim])) {
                victim = frame;
            }
            frame = after(frame, 1);
        }
        return victim == NONE ? NONE : take(victim);
    }

    @Override
    public boolean onTick(Frames frames) {
        boolean changed = false;
        for (int frame = 0; atTicks && frame < frameCount; frame++) {
            long before = age[frame];
            shift(frame, frames);
            changed |= age[frame] != before;
        }
        return changed;
    }

    /** Lets a page become older. Answers whether it was referenced. */
    private boolean shift(int frame, Frames frames) {
        boolean referenced = frames.referenced(frame);
        age[frame] = age[frame] >>> 1 | (referenced ? top : 0);
        return referenced;
    }

    /** The age of a frame's page at the last choice or tick. */
    @Override
    public long remembered(int frame) {
        return age[frame];
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        out.writeLongs(age);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        in.readLongs(age);
    }

    @Override
    public String rule() {
        return atTicks
                ? "the page of the smallest age; at each tick all are shifted and get their"
                        + " referenced bit on top"
                : "the page of the smallest age, after each was shifted and got its"
                        + " referenced bit on top";
    }
}
