package dev.faultline.machine.protocol;

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
        QUANTUM,
        /** It needed the disk. */
        DISK,
        /** The process ended. */
        EXIT,
        /** The run was over; the next run continues the turn. */
        UNTIL
    }
}
