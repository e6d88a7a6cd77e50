package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A process.
 *
 * @param parent its parent's pid, or 0 if it was not forked
 * @param areaBytes the sum of its areas' lengths as asked for
 * @param areaBytesInPages the same in whole pages; the difference is internal fragmentation
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
