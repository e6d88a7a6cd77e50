package dev.faultline.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before the accesses in the file of a {@link StoredTrace}: eight little-endian words
 * of 64 bits, the first of which marks the kind of file.
 *
 * @param count the accesses and ticks
 * @param sized whether any has another size than 1
 * @param lowest the lowest address; 0 if there is none
 * @param highest the highest address of an access's first byte; 0 if there is none
 */
record TraceHeader(
        long count,
        boolean sized,
        long reads,
        long writes,
        long executes,
        long lowest,
        long highest) {

    static final int BYTES = 64;

    private static final long MAGIC = 0x3145434152544c46L; // "FLTRACE1"

    /** Bytes of the whole file. */
    long fileBytes() {
        return BYTES + count * (sized ? Long.BYTES + Integer.BYTES : Long.BYTES);
    }

    /** The header as it stands in the file. */
    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putLong(count).putLong(sized ? 1 : 0);
        bytes.putLong(reads).putLong(writes).putLong(executes);
        return bytes.putLong(lowest).putLong(highest).flip();
    }

    /** Reads a header that {@link #bytes} made; of anything else, something else. */
    static TraceHeader of(ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        long count = bytes.getLong(0) == MAGIC ? bytes.getLong(8) : -1;
        return new TraceHeader(
                count,
                bytes.getLong(16) != 0,
                bytes.getLong(24),
                bytes.getLong(32),
                bytes.getLong(40),
                bytes.getLong(48),
                bytes.getLong(56));
    }
}
