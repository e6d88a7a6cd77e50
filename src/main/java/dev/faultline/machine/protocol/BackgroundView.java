package dev.faultline.machine.protocol;

/**
 * What the page daemon and the disk have under way.
 *
 * @param dirtyPages pages that were written to and not written back
 * @param inFlight pages on their way to the disk
 * @param awake whether the daemon has more frames to free
 */
public record BackgroundView(int freeFrames, int dirtyPages, int inFlight, boolean awake) {}
