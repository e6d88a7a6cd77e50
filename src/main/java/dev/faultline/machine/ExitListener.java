package dev.faultline.machine;

/** Is told about every process that ends. */
interface ExitListener {

    /** A process has ended: it has no memory any more. */
    void hasEnded(Task task);
}
