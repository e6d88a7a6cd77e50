package dev.faultline.machine;

/** What a signal does to the process that gets it. */
public enum OnSignal {
    /** The process ends. */
    TERMINATE,
    /** The access is abandoned and the next one goes on. */
    CONTINUE
}
