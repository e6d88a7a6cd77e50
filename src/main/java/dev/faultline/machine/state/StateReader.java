package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads back what a {@link StateWriter} wrote, in the same order. */
public final class StateReader {

    private final ByteBuffer in;

    /** Reads from the beginning of {@code saved}. */
    public StateReader(byte[] saved) {
        this.in = ByteBuffer.wrap(saved);
    }

    /** The next number of 4 bytes. */
    public int readInt() {
        return in.getInt();
    }

    /** The next number of 8 bytes. */
    public long readLong() {
        return in.getLong();
    }

    /** The next truth value. */
    public boolean readBoolean() {
        return in.get() != 0;
    }

    /** The next optional number, or null. */
    public @Nullable Long readOptional() {
        return readBoolean() ? readLong() : null;
    }

    /** The next array of bytes, of the length it was written with. */
    public byte[] readBytes() {
        byte[] bytes = new byte[readInt()];
        in.get(bytes);
        return bytes;
    }

    /** The next string. */
    public String readString() {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    /**
     * Reads numbers into an array of the length they were written with.
     *
     * @throws IllegalStateException if the lengths differ
     */
    public void readLongs(long[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong();
        }
    }

    /**
     * Reads numbers into an array of the length they were written with.
     *
     * @throws IllegalStateException if the lengths differ
     */
    public void readInts(int[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readInt();
        }
    }

    /** The next array of numbers, of the length it was written with. */
    public long[] readLongs() {
        long[] values = new long[readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong();
        }
        return values;
    }

    private void checkLength(int expected) {
        int length = readInt();
        if (length != expected) {
            throw new IllegalStateException(
                    "saved state: an array of " + length + " where " + expected + " was expected");
        }
    }
}
