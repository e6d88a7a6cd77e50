package dev.faultline.machine.protocol;

/**
 * The state of the page daemon and the disk.
 *
 * @param dirtyPages pages written to and not yet written back
 * @param inFlight pages on their way to the disk
 * @param awake whether the daemon still has frames to free
 */
public record BackgroundView(int freeFrames, int dirtyPages, int inFlight, boolean awake) {}
