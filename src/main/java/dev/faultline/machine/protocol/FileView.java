package dev.faultline.machine.protocol;

/** A file on the machine's disk. */
public record FileView(String name, long size, int protection, int cachedPages) {}
