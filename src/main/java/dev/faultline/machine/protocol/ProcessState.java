package dev.faultline.machine.protocol;

/** What a process is doing. */
public enum ProcessState {
    /** It can run. */
    READY,
    /** It ran last on its processor. */
    RUNNING,
    /** It waits for the child that borrowed its memory. */
    BLOCKED,
    /** It is swapped out as a whole. */
    SWAPPED,
    /** It has ended. */
    TERMINATED
}
