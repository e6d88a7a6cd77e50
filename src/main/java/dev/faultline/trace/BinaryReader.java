package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Reads little-endian words of 64 bits that are packed as a block packs them: the address in the
 * low 62 bits, the operation in the top 2 (0 read, 1 write, 2 execute). Many words are checked at
 * once; only if one is garbled is it looked for.
 */
final class BinaryReader extends BlockReader {

    private static final int WORDS = 1 << 13;
    private static final long ADDRESS = -1L >>> 2;

    private final InputStream in;
    private final byte[] bytes = new byte[WORDS * Long.BYTES];
    private final LongBuffer view =
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    private final long[] words = new long[WORDS];

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
        view.get(0, words, 0, length);
        if (!areGood(length, block.lastAddress())) {
            int good = 0;
            while (isGood(words[good], block.lastAddress())) {
                good++;
            }
            block.addPacked(words, good);
            throw garbled(words[good], offset + (long) good * Long.BYTES, block);
        }
        block.addPacked(words, length);
        int used = length * Long.BYTES;
        offset += used;
        held = filled - used;
        System.arraycopy(bytes, used, bytes, 0, held);
    }

    /** Whether no word names operation 3 or has an address bit above the last address's. */
    private boolean areGood(int length, long lastAddress) {
        long any = 0;
        long bothTopBits = 0;
        for (int i = 0; i < length; i++) {
            any |= words[i];
            bothTopBits |= words[i] & words[i] << 1;
        }
        return bothTopBits >= 0 && (any & ADDRESS & ~lastAddress) == 0;
    }

    private static boolean isGood(long word, long lastAddress) {
        return (word & word << 1) >= 0 && (word & ADDRESS) <= lastAddress;
    }

    private static TraceException garbled(long word, long at, AccessBlock block) {
        return TraceException.atByte(
                at,
                (word & word << 1) < 0
                        ? "expected an operation 0 (read), 1 (write) or 2 (execute) in the top 2"
                                + " bits, found 3"
                        : beyond(block, word & ADDRESS, 1));
    }
}
