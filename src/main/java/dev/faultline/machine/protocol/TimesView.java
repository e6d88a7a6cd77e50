package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * When a process with a program came, ran and ended, by the clock of runs, and what it has had.
 *
 * @param arrival when it came
 * @param firstRun when it began its first turn, or null
 * @param completion when it ended, or null
 * @param cpuTicks that it ran, switches to it not counted
 * @param diskTicks that the disk worked for it while it waited
 */
public record TimesView(
        int pid,
        long arrival,
        @Nullable Long firstRun,
        @Nullable Long completion,
        long cpuTicks,
        long diskTicks) {

    /** From its arrival to its end, or null before that. */
    public @Nullable Long turnaround() {
        return completion == null ? null : completion - arrival;
    }

    /** From its arrival to its first turn, or null before that. */
    public @Nullable Long response() {
        return firstRun == null ? null : firstRun - arrival;
    }

    /** What it was neither run nor served for, or null before its end. */
    public @Nullable Long waiting() {
        return completion == null ? null : completion - arrival - cpuTicks - diskTicks;
    }
}
