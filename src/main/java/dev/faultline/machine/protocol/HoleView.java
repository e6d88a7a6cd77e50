package dev.faultline.machine.protocol;

/**
 * A run of free frames between used ones.
 *
 * @param first its first frame
 * @param frames its length
 */
public record HoleView(int first, int frames) {}
