package dev.faultline.analysis;

import java.util.concurrent.CancellationException;

/**
 * How far a long piece of work is, and what it holds. It is told from time to time, and may end the
 * work.
 */
public interface Progress {

    /** Accesses after which it is told, about. */
    long STEP = 1 << 16;

    /** Nobody looks. */
    Progress NONE = done -> {};

    /**
     * So many more accesses are done. Raises {@link CancellationException} if nobody wants the
     * rest.
     */
    void advance(long done);

    /**
     * So many bytes more are about to be taken. Raises what whoever counts them raises if they are
     * not to be had.
     */
    default void hold(long bytes) {}
}
