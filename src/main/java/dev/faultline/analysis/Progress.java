package dev.faultline.analysis;

/**
 * Receives the progress of a long piece of work and the memory that it takes. It may end the work.
 */
public interface Progress {

    /** About how many accesses pass between two calls. */
    long STEP = 1 << 16;

    /** Ignores everything. */
    Progress NONE = done -> {};

    /**
     * {@code done} more accesses are done.
     *
     * @throws java.util.concurrent.CancellationException if the rest is no longer wanted
     */
    void advance(long done);

    /**
     * {@code bytes} more bytes of host memory are about to be taken. An implementation that counts
     * memory throws an exception of its own if there is not enough.
     */
    default void hold(long bytes) {}
}
