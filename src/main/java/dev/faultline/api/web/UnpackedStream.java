package dev.faultline.api.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;

/**
 * A body that was packed. It is unpacked from the first byte that is asked for on, so that a bad
 * body is a bad body.
 */
final class UnpackedStream extends ServletInputStream {

    /** Makes the stream that unpacks another. */
    interface Unpacker {
        InputStream unpack(InputStream packed) throws IOException;
    }

    /** Bytes that any body may become; after them its ratio counts. */
    private static final long FREE = 1 << 28;

    private final ServletInputStream packed;
    private final Unpacker unpacker;
    private final int mostRatio;
    private @Nullable InputStream unpacked;
    private long bytesIn;
    private long bytesOut;
    private boolean finished;

    UnpackedStream(ServletInputStream packed, Unpacker unpacker, int mostRatio) {
        this.packed = packed;
        this.unpacker = unpacker;
        this.mostRatio = mostRatio;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        InputStream from = unpacked;
        if (from == null) {
            from = unpacker.unpack(counted());
            unpacked = from;
        }
        int read = from.read(bytes, offset, length);
        finished |= read < 0;
        bytesOut += Math.max(0, read);
        if (bytesOut > FREE && bytesOut / mostRatio > bytesIn) {
            throw new PackedTooWell(mostRatio);
        }
        return read;
    }

    private InputStream counted() {
        return new TappedStream(packed) {
            @Override
            void seen(byte[] bytes, int offset, int length) {
                bytesIn += length;
            }
        };
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
        throw new IllegalStateException("a packed body is read as it comes");
    }
}
