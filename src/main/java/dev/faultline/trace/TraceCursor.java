package dev.faultline.trace;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads the accesses of a stored trace, a chunk at a time; going from each to the next is fast. Not
 * for several threads.
 *
 * <p>Chunks are read into the heap, not mapped: where a mapped file is cut while it is read, what
 * is read is nothing that was ever stored. Each is checked when it is read, so that no access is
 * told that was not stored. All methods that take a place raise {@link StoredTraceException}.
 */
public final class TraceCursor {

    private final StoredTrace trace;

    /** Held open: it is read to its end even if the trace is deleted meanwhile. */
    private final FileChannel file;

    private final ByteBuffer bytes = StoredTrace.buffer(Long.BYTES);
    private final long[] words = new long[StoredTrace.CHUNK];
    private final int[] sizes;

    /** The accesses in the present chunk are those from here to below the end. */
    private long first;

    private long end;

    TraceCursor(StoredTrace trace, FileChannel file) {
        this.trace = trace;
        this.file = file;
        sizes = new int[trace.isSized() ? StoredTrace.CHUNK : 0];
    }

    /** The accesses and ticks in the trace. */
    public long count() {
        return trace.count();
    }

    /** The highest address of an access's first byte; 0 if there is none. */
    public long highest() {
        return trace.highest();
    }

    /** The operation of an access. */
    public int op(long at) {
        return StoredTrace.op(word(at));
    }

    /** The address of an access. */
    public long address(long at) {
        return StoredTrace.address(word(at));
    }

    /** The bytes of an access. */
    public int size(long at) {
        if (sizes.length == 0) {
            return 1;
        }
        if (at < first || at >= end) {
            load(at);
        }
        return sizes[(int) (at - first)];
    }

    /** An access packed as {@code application/octet-stream} has it. */
    long word(long at) {
        if (at < first || at >= end) {
            load(at);
        }
        return words[(int) (at - first)];
    }

    /** Reads every chunk, so that any damage is found. */
    public void checkAll() {
        for (long at = 0; at < trace.count(); at += StoredTrace.CHUNK) {
            load(at);
        }
    }

    private void load(long at) {
        int chunk = (int) (at / StoredTrace.CHUNK);
        end = 0; // nothing, if this fails
        trace.readWords(file, chunk, bytes);
        int length = bytes.remaining() / Long.BYTES;
        bytes.asLongBuffer().get(words, 0, length);
        if (sizes.length > 0) {
            trace.readSizes(file, chunk, bytes);
            bytes.asIntBuffer().get(sizes, 0, length);
        }
        first = (long) chunk * StoredTrace.CHUNK;
        end = first + length;
    }
}
