package dev.faultline.api.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

import java.io.IOException;

/** A request's body whose bytes are seen as they are read. */
abstract class TappedStream extends ServletInputStream {

    private final ServletInputStream in;

    TappedStream(ServletInputStream in) {
        this.in = in;
    }

    /** Bytes were read. */
    abstract void seen(byte[] bytes, int offset, int length);

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read > 0) {
            seen(bytes, offset, read);
        }
        return read;
    }

    @Override
    public boolean isFinished() {
        return in.isFinished();
    }

    @Override
    public boolean isReady() {
        return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        in.setReadListener(listener);
    }
}
