package dev.faultline.machine.protocol;

/** A run of free frames between used ones. */
public record HoleView(int first, int frames) {}
