package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Gives back what a {@link StateWriter} took, in the same order. */
public final class StateReader {

    private final ByteBuffer in;

    public StateReader(byte[] saved) {
        this.in = ByteBuffer.wrap(saved);
    }

    public int readInt() {
        return in.getInt();
    }

    public long readLong() {
        return in.getLong();
    }

    public boolean readBoolean() {
        return in.get() != 0;
    }

    /** A number that may be missing. */
    public @Nullable Long readOptional() {
        return readBoolean() ? readLong() : null;
    }

    public byte[] readBytes() {
        byte[] bytes = new byte[readInt()];
        in.get(bytes);
        return bytes;
    }

    public String readString() {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    /** Reads numbers into an array that must have the length they were written with. */
    public void readLongs(long[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong();
        }
    }

    /** Reads numbers into an array that must have the length they were written with. */
    public void readInts(int[] values) {
        checkLength(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = readInt();
        }
    }

    /** An array of whatever length it was written with. */
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
