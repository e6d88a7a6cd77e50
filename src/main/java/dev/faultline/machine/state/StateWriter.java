package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a machine's state, number by number and little-endian, in chunks of at most 64 KiB to a
 * sink: a list of chunks when the machine is saved, a hash when only its digest is needed. A writer
 * of little allocates little.
 */
public final class StateWriter {

    /** Receives full chunks. */
    public interface Sink {
        /** Takes the first {@code length} bytes of {@code bytes}, which is reused afterwards. */
        void accept(byte[] bytes, int length);
    }

    /** Bytes of a full chunk. */
    static final int CHUNK = 1 << 16;

    private static final int FIRST_CHUNK = 1 << 8;

    private final Sink sink;
    private ByteBuffer chunk = ByteBuffer.allocate(FIRST_CHUNK).order(ByteOrder.LITTLE_ENDIAN);

    /** A writer to this sink; call {@link #flush} at the end. */
    public StateWriter(Sink sink) {
        this.sink = sink;
    }

    /** Writes a number of 4 bytes. */
    public void writeInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    /** Writes a number of 8 bytes. */
    public void writeLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    /**
     * Writes a number in as few bytes as it needs, seven bits in each, the lowest first; the top
     * bit says that more follow. The sign is the lowest bit, so that small negative numbers are
     * short too (LEB128 of what Protocol Buffers call ZigZag).
     */
    public void writeNumber(long value) {
        ByteBuffer to = room(10);
        long left = value << 1 ^ value >> 63;
        while ((left & ~0x7FL) != 0) {
            to.put((byte) (left | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }

    /** Writes the low 8 bits of a number. */
    public void writeByte(int value) {
        room(1).put((byte) value);
    }

    /** Writes a truth value as one byte, 1 or 0. */
    public void writeBoolean(boolean value) {
        room(1).put((byte) (value ? 1 : 0));
    }

    /** Writes the length, then the bytes. */
    public void writeBytes(byte[] bytes) {
        writeInt(bytes.length);
        write(bytes, bytes.length);
    }

    /** Writes the first {@code length} bytes, and not their length. */
    public void write(byte[] bytes, int length) {
        for (int at = 0; at < length; ) {
            int part = Math.min(length - at, room(1).remaining());
            chunk.put(bytes, at, part);
            at += part;
        }
    }

    /** Writes a string in UTF-8, as its length and its bytes. */
    public void writeString(String text) {
        writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes whether there is a number, then the number. */
    public void writeOptional(@Nullable Number value) {
        writeBoolean(value != null);
        if (value != null) {
            writeLong(value.longValue());
        }
    }

    /** Writes the length, then the numbers. */
    public void writeLongs(long[] values) {
        writeInt(values.length);
        for (long value : values) {
            writeLong(value);
        }
    }

    /** Writes the length, then the numbers. */
    public void writeInts(int[] values) {
        writeInt(values.length);
        for (int value : values) {
            writeInt(value);
        }
    }

    /** Passes what is left to the sink. */
    public void flush() {
        sink.accept(chunk.array(), chunk.position());
        chunk.clear();
    }

    private ByteBuffer room(int bytes) {
        if (chunk.remaining() < bytes) {
            flush();
            if (chunk.capacity() < CHUNK) {
                chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return chunk;
    }
}
