package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Reads little-endian words of 64 bits that are packed as a block packs them: the address in the
 * low 62 bits, the operation in the top 2 (0 read, 1 write, 2 execute, 3 a tick of the clock, whose
 * address is 0).
 */
final class BinaryReader extends BlockReader {

    private static final int WORDS = 1 << 13;
    private static final long ADDRESS = -1L >>> 2;

    private final InputStream in;
    private final byte[] bytes = new byte[WORDS * Long.BYTES];
    private final LongBuffer view =
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();

    /** Bytes of a word not whole yet. */
    private int held;

    /** Bytes of whole words read so far. */
    private long offset;

    BinaryReader(InputStream in) {
        this.in = in;
    }

    @Override
    void fill(AccessBlock block, int target) throws IOException {
        while (block.count() < target) {
            int wanted = Math.min(WORDS, target - block.count()) * Long.BYTES;
            int got = in.read(bytes, held, wanted - held);
            if (got < 0) {
                if (held > 0) {
                    throw TraceException.atByte(
                            offset, "expected a word of 8 bytes, found " + held + " and the end");
                }
                return;
            }
            add(block, held + got);
        }
    }

    private void add(AccessBlock block, int filled) throws TraceException {
        int length = filled / Long.BYTES;
        int good = block.addPacked(view, length);
        if (good < length) {
            throw garbled(view.get(good), offset + (long) good * Long.BYTES, block);
        }
        int used = length * Long.BYTES;
        offset += used;
        held = filled - used;
        System.arraycopy(bytes, used, bytes, 0, held);
    }

    private static TraceException garbled(long word, long at, AccessBlock block) {
        return TraceException.atByte(
                at,
                (word & word << 1) < 0
                        ? TICK_WITH_ADDRESS + ", found 0x" + Long.toHexString(word & ADDRESS)
                        : beyond(block, word & ADDRESS, 1));
    }
}
