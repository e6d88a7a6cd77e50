package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A process. {@code parent} is 0 for one that was not forked; the areas take {@code areaBytes} as
 * asked for, and {@code areaBytesInPages} with what is lost in last pages.
 */
public record ProcessView(
        int pid,
        String name,
        int parent,
        ProcessState state,
        @Nullable Signal signal,
        OnSignal onSignal,
        long residentPages,
        long swappedPages,
        long pageTableBytes,
        long areaBytes,
        long areaBytesInPages,
        @Nullable ForkView fork,
        @Nullable ProgramView program,
        @Nullable Long arrival,
        @Nullable Long finishedAt,
        @Nullable String group,
        Counters counters) {}
