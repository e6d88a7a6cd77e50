package dev.faultline.machine;

/** Hears of every process that ends. */
interface ExitListener {

    /** A process has ended: it has no memory any more. */
    void hasEnded(Task task);
}
