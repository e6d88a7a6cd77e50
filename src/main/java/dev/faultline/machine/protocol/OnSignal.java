package dev.faultline.machine.protocol;

/** What a signal does to the process that gets it. */
public enum OnSignal {
    /** The process ends. */
    TERMINATE,
    /** The access is abandoned and the next one goes on. */
    CONTINUE,
    /** The process's {@link UserHandler} runs, and then the access again; without one it ends. */
    HANDLER
}
