package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

/**
 * One stretch of a process on a processor: a bar of a Gantt chart.
 *
 * @param seq its number; each turn has the next one
 * @param from the processor's clock when it began, after the switch to the process
 * @param to the processor's clock when it ended
 */
public record Turn(long seq, int cpu, int pid, long from, long to, Ended ended) {

    /** Why a turn ended. */
    public enum Ended {
        /** Its quantum was used up. It may continue with another if no process waits. */
        @Numbered(1)
        QUANTUM,
        /** It needed the disk. */
        @Numbered(2)
        DISK,
        /** The process ended. */
        @Numbered(3)
        EXIT,
        /** The run was over; the next run continues the turn. */
        @Numbered(4)
        UNTIL
    }
}
