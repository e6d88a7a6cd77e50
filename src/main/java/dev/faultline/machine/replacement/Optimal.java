package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * Optimal: the page leaves whose next use is farthest away, or that is never used again (Belady, "A
 * study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966).
 * Of equals, which is a matter of dialect. The future is what the same request still has to come;
 * after that nothing is known. O(frames) an eviction, O(1) an access.
 */
final class Optimal extends ReplacementPolicy {

    private final int[] nextUse;
    private int[] future = {};
    private int position;
    private final Dialect.Ties ties;

    /** How many pages were loaded before each. */
    private final long[] loadedAs;

    private long loads;

    Optimal(int frames, Dialect dialect) {
        ties = dialect.tieBreak();
        loadedAs = new long[frames];
        nextUse = new int[frames];
        Arrays.fill(nextUse, NEVER);
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    public void foresee(int[] nextUses, int[] firstUses) {
        future = nextUses;
        System.arraycopy(firstUses, 0, nextUse, 0, nextUse.length);
        position = 0;
    }

    @Override
    public void at(int newPosition) {
        position = newPosition;
    }

    @Override
    public void loaded(int frame) {
        nextUse[frame] = 0; // it is about to be used
        loadedAs[frame] = loads++;
    }

    @Override
    public void freed(int frame) {
        nextUse[frame] = NEVER;
    }

    @Override
    public void referenced(int frame) {
        nextUse[frame] = position < future.length ? future[position] : NEVER;
        position++;
    }

    @Override
    public int victim(Frames frames) {
        int victim = NONE;
        for (int frame = 0; frame < nextUse.length; frame++) {
            if (frames.evictable(frame) && (victim == NONE || isBefore(frame, victim))) {
                victim = frame;
            }
        }
        return victim;
    }

    /** Whether a frame leaves before another with a lower number. */
    private boolean isBefore(int frame, int other) {
        if (nextUse[frame] != nextUse[other]) {
            return nextUse[frame] > nextUse[other];
        }
        return switch (ties) {
            case FRAME -> false;
            case OLDEST -> loadedAs[frame] < loadedAs[other];
            case YOUNGEST -> loadedAs[frame] > loadedAs[other];
        };
    }

    @Override
    public void save(StateWriter out) {
        out.writeLongs(loadedAs);
        out.writeLong(loads);
    }

    @Override
    public void load(StateReader in) {
        in.readLongs(loadedAs);
        loads = in.readLong();
    }

    @Override
    public String rule() {
        return "the page whose next use is farthest away";
    }

    /** The place in the request where the page is used next, or {@link #NEVER}. */
    @Override
    public long remembered(int frame) {
        return nextUse[frame];
    }
}
