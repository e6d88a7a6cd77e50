package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.TAU;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/** A policy that remembers when each page was seen to be in use, by its hand passing. */
abstract class ByLastUse extends HandPolicy {

    private final long[] lastUse;
    private final long tau;

    ByLastUse(int frames, Settings settings) {
        super(frames, settings);
        lastUse = new long[frames];
        tau = settings.get(TAU);
    }

    @Override
    public final void onLoad(int frame) {
        super.onLoad(frame);
        lastUse[frame] = 0;
    }

    /** Gives a referenced page the time of now and clears its bit. */
    final void see(int frame, Frames frames, long now) {
        if (frames.referenced(frame)) {
            lastUse[frame] = now;
            frames.clearReferenced(frame);
        }
    }

    /** Whether a page was last seen in use more than tau instructions ago. */
    final boolean isOld(int frame, long now) {
        return now - lastUse[frame] > tau;
    }

    /** The time of the last use that was seen. */
    @Override
    public final long remembered(int frame) {
        return lastUse[frame];
    }

    @Override
    public final void save(StateWriter out) {
        super.save(out);
        out.writeLongs(lastUse);
    }

    @Override
    public final void load(StateReader in) {
        super.load(in);
        in.readLongs(lastUse);
    }
}
