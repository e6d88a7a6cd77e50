package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;

import java.io.IOException;
import java.util.List;

/**
 * Reads a trace from its beginning to its end, a block at a time. Not for several threads.
 *
 * <p>What stands before a garbled place is always delivered: the accesses before it come first, and
 * the next call raises. The same holds where the stream itself fails.
 */
public interface TraceReader {

    /**
     * Fills a cleared block with the next accesses, until it holds about its capacity or the trace
     * ends. An access is never torn: the last one may lift the block over its capacity.
     *
     * @return false when the trace is at its end and nothing was added
     * @throws TraceException if the trace is garbled at this place; again at every later call
     * @throws IOException if the stream fails
     */
    boolean read(AccessBlock block) throws IOException;

    /** What is to be done after the block that was read last, in order; then it is forgotten. */
    default List<Command> takeCommands() {
        return List.of();
    }
}
