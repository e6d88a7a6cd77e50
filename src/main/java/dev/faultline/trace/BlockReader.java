package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * A reader that delivers what it has read before it raises: trouble met with accesses in the block
 * is kept for the next call.
 */
abstract class BlockReader implements TraceReader {

    static final String TICK_WITH_ADDRESS = "a tick has no address: expected 0";

    private @Nullable IOException trouble;

    @Override
    public final boolean read(AccessBlock block) throws IOException {
        if (trouble != null) {
            throw trouble;
        }
        try {
            fill(block, Math.max(1, block.capacity()));
        } catch (IOException met) {
            trouble = met;
            if (block.count() == 0 && !isPending()) {
                throw met;
            }
        }
        return block.count() > 0 || isPending();
    }

    /** Whether there is something to be done before more is read. */
    boolean isPending() {
        return false;
    }

    /**
     * Adds accesses until the block holds at least {@code target} or the trace ends. Raises only
     * with all accesses before the garbled place in the block, and none of the garbled one.
     */
    abstract void fill(AccessBlock block, int target) throws IOException;

    /** Says that an access lies, or ends, outside the block's address space. */
    static String beyond(AccessBlock block, long address, long size) {
        String what = "an access to address 0x" + Long.toHexString(address);
        return what
                + (size == 1 ? "" : " of " + size + " bytes")
                + " goes beyond the space's last address, 0x"
                + Long.toHexString(block.lastAddress());
    }
}
