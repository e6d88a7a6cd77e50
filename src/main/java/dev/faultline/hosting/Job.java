package dev.faultline.hosting;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/**
 * Long work that a request asks for.
 *
 * @param kind what kind of work it is, in a word
 * @param total how much there is to do, in the unit of its progress
 * @param effort how long it takes, in accesses of ordinary length, which are charged to whoever has
 *     it done; 0 for a change of a machine, which charges them itself
 * @param resultBytes about how many bytes of the server's memory its result takes
 * @param work the work itself
 */
public record Job(String kind, long total, double effort, long resultBytes, Work work) {

    /** What is to be done. */
    public interface Work {
        /** Does it. Raises {@link CancellationException} if the execution does. */
        Object run(Execution execution) throws ExecutionException, InterruptedException;
    }
}
