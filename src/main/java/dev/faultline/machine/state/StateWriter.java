package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Takes the state of a machine, number by number, into 64 KiB chunks that go to a sink: a growing
 * array when the machine is saved, a hash when only its digest is wanted.
 */
public final class StateWriter {

    /** Where full chunks go. */
    public interface Sink {
        void accept(byte[] bytes, int length);
    }

    private final Sink sink;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    public StateWriter(Sink sink) {
        this.sink = sink;
    }

    public void writeInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    public void writeLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    public void writeBoolean(boolean value) {
        room(1).put((byte) (value ? 1 : 0));
    }

    /** Writes the length, then the bytes. */
    public void writeBytes(byte[] bytes) {
        writeInt(bytes.length);
        for (int at = 0; at < bytes.length; ) {
            int part = Math.min(bytes.length - at, room(1).remaining());
            chunk.put(bytes, at, part);
            at += part;
        }
    }

    public void writeString(String text) {
        writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a number that may be missing. */
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

    /** Hands what is left to the sink. */
    public void flush() {
        sink.accept(chunk.array(), chunk.position());
        chunk.clear();
    }

    private ByteBuffer room(int bytes) {
        if (chunk.remaining() < bytes) {
            flush();
        }
        return chunk;
    }
}
