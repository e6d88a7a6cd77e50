package dev.faultline.machine.state;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What was written, in chunks, so that it may be larger than an array and takes no more memory than
 * it needs.
 */
public final class SavedState implements StateWriter.Sink {

    private final List<byte[]> chunks = new ArrayList<>();
    private long size;

    /** Everything that {@code state} writes. */
    public static SavedState of(Consumer<StateWriter> state) {
        SavedState saved = new SavedState();
        StateWriter out = new StateWriter(saved);
        state.accept(out);
        out.flush();
        return saved;
    }

    @Override
    public void accept(byte[] bytes, int length) {
        chunks.add(Arrays.copyOf(bytes, length));
        size += length;
    }

    /** Bytes of it. */
    public long size() {
        return size;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SavedState that
                && Arrays.deepEquals(chunks.toArray(), that.chunks.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(chunks.toArray());
    }

    /** What was written, from its beginning. Several may be read at once. */
    public InputStream stream() {
        return new Chunks();
    }

    private final class Chunks extends InputStream {

        private int chunk;
        private int at;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            while (chunk < chunks.size() && at == chunks.get(chunk).length) {
                chunk++;
                at = 0;
            }
            if (chunk == chunks.size()) {
                return -1;
            }
            int part = Math.min(length, chunks.get(chunk).length - at);
            System.arraycopy(chunks.get(chunk), at, into, from, part);
            at += part;
            return part;
        }
    }
}
