package dev.faultline.machine.protocol;

/**
 * A file on the machine's disk.
 *
 * @param size bytes
 * @param protection the most that mappings of it may allow, a mask of {@link Protection}
 * @param cachedPages its pages in the page cache
 */
public record FileView(String name, long size, int protection, int cachedPages) {}
