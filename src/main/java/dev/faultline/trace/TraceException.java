package dev.faultline.trace;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** Raised where a trace is garbled or cut off; says where, what was expected and what was found. */
public final class TraceException extends IOException {

    private final @Nullable Long line;
    private final @Nullable Long byteOffset;
    private final String detail;

    private TraceException(
            String place, @Nullable Long line, @Nullable Long byteOffset, String detail) {
        super(place + ": " + detail);
        this.line = line;
        this.byteOffset = byteOffset;
        this.detail = detail;
    }

    static TraceException atLine(long line, String detail) {
        return new TraceException("line " + line, line, null, detail);
    }

    static TraceException atByte(long offset, String detail) {
        return new TraceException("byte " + offset, null, offset, detail);
    }

    static TraceException atAccess(long access, String detail) {
        return new TraceException("access " + access, null, null, detail);
    }

    /** The line, counted from 1; null for a binary trace. */
    public @Nullable Long line() {
        return line;
    }

    /** The first byte of the garbled word, counted from 0; null for a text. */
    public @Nullable Long byteOffset() {
        return byteOffset;
    }

    /** What was expected and what was found, without the place. */
    public String detail() {
        return detail;
    }
}
