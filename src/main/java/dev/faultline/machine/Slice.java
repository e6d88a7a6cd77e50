package dev.faultline.machine;

/**
 * What a part of a process's turn came to. One object is used again and again.
 *
 * @see SliceRunner
 */
final class Slice {

    private int reached;
    private int clockTicks;
    private long ticks;
    private long switchTicks;
    private long diskTicks;

    /** A slice begins. */
    void begin() {
        clockTicks = 0;
    }

    /** The clock has ticked. */
    void tick() {
        clockTicks++;
    }

    /** The slice is over. */
    void end(int newReached, long newTicks, long newSwitchTicks, long newDiskTicks) {
        reached = newReached;
        ticks = newTicks;
        switchTicks = newSwitchTicks;
        diskTicks = newDiskTicks;
    }

    /** The place in the block of the first access that was not made. */
    int reached() {
        return reached;
    }

    /** The ticks of the clock, which are no accesses. */
    int clockTicks() {
        return clockTicks;
    }

    /** The ticks of computing. */
    long ticks() {
        return ticks;
    }

    /** The ticks of these that it took to switch to the process. */
    long switchTicks() {
        return switchTicks;
    }

    /** The ticks that the disk needs for the slice. */
    long diskTicks() {
        return diskTicks;
    }
}
