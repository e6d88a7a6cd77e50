package dev.faultline.machine.protocol;

/** What a signal does to the process that receives it. */
public enum OnSignal {
    /** The process ends. */
    TERMINATE,
    /** The access is abandoned, and the process continues with the next one. */
    CONTINUE,
    /**
     * The process's {@link UserHandler} runs, then the access runs again. Without a handler the
     * process ends.
     */
    HANDLER
}
