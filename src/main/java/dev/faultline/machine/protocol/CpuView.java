package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A processor.
 *
 * @param pid the process that it ran last, or null
 * @param tlbEntries valid entries in its TLBs
 */
public record CpuView(int cpu, @Nullable Integer pid, int tlbEntries) {}
