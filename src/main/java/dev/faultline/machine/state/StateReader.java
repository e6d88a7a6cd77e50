package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads back what a {@link StateWriter} wrote, in the same order. It raises {@link
 * UnreadableStateException} where the bytes end too early or say something impossible, and never
 * allocates much more than it has read, whatever length the bytes claim.
 */
public final class StateReader {

    /** Elements of an array that are allocated before any of them is read. */
    private static final int TRUSTED = 1 << 12;

    private final InputStream in;
    private final ByteBuffer chunk =
            ByteBuffer.allocate(StateWriter.CHUNK).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    /** Reads from a stream, in which an {@link IOException} means the same as wrong bytes. */
    public StateReader(InputStream in) {
        this.in = in;
    }

    /** Makes at least some bytes ready. */
    private ByteBuffer ready(int bytes) {
        if (chunk.remaining() < bytes) {
            chunk.compact();
            while (chunk.position() < bytes) {
                chunk.position(chunk.position() + more());
            }
            chunk.flip();
        }
        return chunk;
    }

    private int more() {
        try {
            int count = in.read(chunk.array(), chunk.position(), chunk.remaining());
            if (count <= 0) {
                throw new UnreadableStateException("the bytes end too early");
            }
            return count;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Whether nothing follows. */
    public boolean isAtEnd() {
        if (chunk.hasRemaining()) {
            return false;
        }
        try {
            int count = in.read(chunk.clear().array());
            chunk.limit(Math.max(0, count));
            return count < 0;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static UnreadableStateException unreadable(IOException e) {
        return new UnreadableStateException("the bytes cannot be read", e);
    }

    /** The next number of 4 bytes. */
    public int readInt() {
        return ready(Integer.BYTES).getInt();
    }

    /** The next number of 8 bytes. */
    public long readLong() {
        return ready(Long.BYTES).getLong();
    }

    /** The next number of as few bytes as it needs. */
    public long readNumber() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = ready(1).get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new UnreadableStateException("a number of more than 64 bits");
    }

    /** The next byte, from 0 to 255. */
    public int readByte() {
        return ready(1).get() & 0xFF;
    }

    /** The next truth value. */
    public boolean readBoolean() {
        byte value = ready(1).get();
        if (value != 0 && value != 1) {
            throw new UnreadableStateException("a truth value that is neither 0 nor 1: " + value);
        }
        return value == 1;
    }

    /** The next optional number, or null. */
    public @Nullable Long readOptional() {
        return readBoolean() ? readLong() : null;
    }

    /** The next array of bytes, of the length it was written with. */
    public byte[] readBytes() {
        return readBytes(readLength());
    }

    /** The next bytes, of a length that is known. */
    public byte[] readBytes(int length) {
        byte[] bytes = new byte[Math.min(length, StateWriter.CHUNK)];
        for (int at = 0; at < length; ) {
            int part = Math.min(length - at, ready(1).remaining());
            if (at + part > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.clamp(2L * (at + part), 0, length));
            }
            chunk.get(bytes, at, part);
            at += part;
        }
        return bytes;
    }

    /** The next string. */
    public String readString() {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    /** Reads numbers into an array, whose length they must have. */
    public void readLongs(long[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong();
        }
    }

    /** Reads numbers into an array, whose length they must have. */
    public void readInts(int[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readInt();
        }
    }

    /** The next array of numbers, of the length it was written with. */
    public long[] readLongs() {
        int length = readLength();
        long[] values = new long[Math.min(length, TRUSTED)];
        for (int i = 0; i < length; i++) {
            if (i == values.length) {
                values = Arrays.copyOf(values, (int) Math.min(2L * i, length));
            }
            values[i] = readLong();
        }
        return values;
    }

    /** The next number, which has to lie between two others. */
    public int readInt(int least, int most) {
        int value = readInt();
        if (value < least || value > most) {
            throw new UnreadableStateException(
                    "a number from " + least + " to " + most + " is " + value);
        }
        return value;
    }

    private int readLength() {
        return readInt(0, Integer.MAX_VALUE);
    }

    private void checkLength(int expected) {
        int length = readInt();
        if (length != expected) {
            throw new UnreadableStateException(
                    "an array of " + expected + " numbers has " + length);
        }
    }
}
