package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.TIES;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * Optimal: the page leaves whose next use is farthest away, or that is never used again (Belady, "A
 * study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966).
 * If several are equal, {@code ties} decides. The future is the rest of the same request; after
 * that nothing is known. The future of a process with a program is the rest of the program, and the
 * distance of a use is counted in that process's own accesses. O(frames) an eviction, O(1) an
 * access.
 */
final class Optimal extends ReplacementPolicy {

    /** For each frame, where its page is used next in the future of its owner. */
    private final int[] nextUse;

    private final int[] ownerOf;

    /** What is to come of each owner, and how far it has come. */
    private int[][] futures = new int[1][];

    private int[] positions = new int[1];

    private int current = ANYBODY;
    private final Parameters.Ties ties;

    /** How many pages were loaded before each. */
    private final long[] loadedAs;

    private long loads;

    Optimal(int frames, Settings settings) {
        ties = settings.get(TIES);
        loadedAs = new long[frames];
        nextUse = new int[frames];
        ownerOf = new int[frames];
        Arrays.fill(nextUse, NEVER);
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    public void forgetFuture() {
        Arrays.fill(nextUse, NEVER);
        Arrays.fill(futures, null);
        onTurn(ANYBODY);
    }

    @Override
    public void foresee(int owner, int[] nextUses, int[] firstUses) {
        onTurn(owner);
        futures[owner] = nextUses;
        positions[owner] = 0;
        for (int frame = 0; frame < nextUse.length; frame++) {
            if (firstUses[frame] != NONE) {
                nextUse[frame] = firstUses[frame];
                ownerOf[frame] = owner;
            }
        }
    }

    /** What is foreseen. */
    @Override
    public long hostBytes() {
        long places = 0;
        for (int[] future : futures) {
            places += future == null ? 0 : future.length;
        }
        return Integer.BYTES * (places + 4L * futures.length);
    }

    @Override
    public void onTurn(int owner) {
        if (owner >= futures.length) {
            futures = Arrays.copyOf(futures, 2 * owner);
            positions = Arrays.copyOf(positions, 2 * owner);
        }
        current = owner;
    }

    @Override
    public void onPosition(int newPosition) {
        positions[current] = newPosition;
    }

    @Override
    public void onLoad(int frame) {
        nextUse[frame] = futures[current] == null ? NEVER : 0; // it is about to be used
        ownerOf[frame] = current;
        loadedAs[frame] = loads++;
    }

    @Override
    public void onFree(int frame) {
        nextUse[frame] = NEVER;
    }

    @Override
    public void onAccess(int frame) {
        int[] future = futures[current];
        int position = positions[current]++;
        boolean known = future != null && position < future.length;
        nextUse[frame] = known ? future[position] : NEVER;
        ownerOf[frame] = current;
    }

    @Override
    public void onAccess(int[] frames, int count) {
        int[] future = futures[current];
        int position = positions[current];
        if (future == null || position + count > future.length) {
            super.onAccess(frames, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            nextUse[frames[i]] = future[position + i];
            ownerOf[frames[i]] = current;
        }
        positions[current] = position + count;
    }

    /** How many accesses of its owner away the next use of a frame's page is. */
    private int distance(int frame) {
        return nextUse[frame] == NEVER ? NEVER : nextUse[frame] - positions[ownerOf[frame]];
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
        int mine = distance(frame);
        int its = distance(other);
        if (mine != its) {
            return mine > its;
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

    /** The place, in what was foreseen, where the page is used next, or {@link #NONE}. */
    @Override
    public long remembered(int frame) {
        return nextUse[frame] == NEVER ? NONE : nextUse[frame];
    }
}
