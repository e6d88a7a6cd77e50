package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * When a process with a program arrived, ran and ended, by the clock of runs, and how long it was
 * served.
 *
 * @param arrival when it arrived
 * @param firstRun when its first turn began, or null
 * @param completion when it ended, or null
 * @param cpuTicks how long it ran, without switches to it
 * @param diskTicks how long the disk worked for it while it waited
 */
public record TimesView(
        int pid,
        long arrival,
        @Nullable Long firstRun,
        @Nullable Long completion,
        long cpuTicks,
        long diskTicks) {

    /** The time from arrival to completion, or null before it ended. */
    public @Nullable Long turnaround() {
        return completion == null ? null : completion - arrival;
    }

    /** The time from arrival to the first turn, or null before that. */
    public @Nullable Long response() {
        return firstRun == null ? null : firstRun - arrival;
    }

    /**
     * The turnaround without the time on the processor and on the disk, or null before it ended.
     */
    public @Nullable Long waiting() {
        return completion == null ? null : completion - arrival - cpuTicks - diskTicks;
    }
}
