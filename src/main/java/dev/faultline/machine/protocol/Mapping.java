package dev.faultline.machine.protocol;

/** A page of a process that maps a frame. */
public record Mapping(int pid, long page) {}
