package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

/** What a signal does to the process that receives it. */
public enum OnSignal {
    /** The process ends. */
    @Numbered(1)
    TERMINATE,
    /** The access is abandoned, and the process continues with the next one. */
    @Numbered(2)
    CONTINUE,
    /**
     * The process's {@link UserHandler} runs, then the access runs again. Without a handler the
     * process ends.
     */
    @Numbered(3)
    HANDLER
}
