package dev.faultline.machine.protocol;

/** What a process is doing. */
public enum ProcessState {
    READY,
    RUNNING,
    /** Waiting for the child that borrowed its memory. */
    BLOCKED,
    SWAPPED,
    TERMINATED
}
