package dev.faultline.history;

import java.util.function.Supplier;

/**
 * When a checkpoint is due: once replaying what came after the last one would take about as long as
 * is worth waiting for, or as making one takes.
 */
final class Pace {

    private static final long LEAST = 8_000_000;
    private static final long MOST = 150_000_000;

    /** How many times its own cost the work between two checkpoints is at least. */
    private static final int TIMES = 2;

    private volatile long spent;
    private long cost;

    /** The machine has worked for a time, in nanoseconds. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread at a time
    void spent(long nanos) {
        spent += nanos;
    }

    /** Whether a checkpoint is due. */
    boolean isDue() {
        return spent >= Math.clamp(TIMES * cost, LEAST, MOST);
    }

    /** Makes a checkpoint, notes how long that took, and counts from it on. */
    <T> T timed(Supplier<T> making) {
        long start = System.nanoTime();
        T made = making.get();
        cost = System.nanoTime() - start;
        spent = 0;
        return made;
    }
}
