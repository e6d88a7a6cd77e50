package dev.faultline.machine;

/**
 * The result of a part of a process's turn. One object is reused.
 *
 * @see SliceRunner
 */
final class Slice {

    private int reached;
    private int clockTicks;
    private long ticks;
    private long switchTicks;
    private long diskTicks;

    /** Starts a slice. */
    void begin() {
        clockTicks = 0;
    }

    /** Records a clock tick. */
    void tick() {
        clockTicks++;
    }

    /** Ends the slice. */
    void end(int newReached, long newTicks, long newSwitchTicks, long newDiskTicks) {
        reached = newReached;
        ticks = newTicks;
        switchTicks = newSwitchTicks;
        diskTicks = newDiskTicks;
    }

    /** The index in the block of the first access not made. */
    int reached() {
        return reached;
    }

    /** The number of clock ticks, which are not accesses. */
    int clockTicks() {
        return clockTicks;
    }

    /** The ticks of processor time. */
    long ticks() {
        return ticks;
    }

    /** The part of these spent on the switch to the process. */
    long switchTicks() {
        return switchTicks;
    }

    /** The disk ticks that the slice needs. */
    long diskTicks() {
        return diskTicks;
    }
}
