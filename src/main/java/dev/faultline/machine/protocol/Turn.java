package dev.faultline.machine.protocol;

/**
 * A stretch of a process on a processor: a bar of a Gantt chart.
 *
 * @param seq its number, which goes up by one
 * @param from the processor's clock when it began, after the switch to the process
 * @param to the clock when it ended
 */
public record Turn(long seq, int cpu, int pid, long from, long to, Ended ended) {

    /** Why a turn ended. */
    public enum Ended {
        /** It had its quantum; it may go on in another if nobody waits. */
        QUANTUM,
        /** It needed the disk. */
        DISK,
        /** The process ended. */
        EXIT,
        /** The run was over; the next one goes on with the rest. */
        UNTIL
    }
}
