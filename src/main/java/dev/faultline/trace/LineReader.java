package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;

import java.io.IOException;
import java.io.InputStream;

/** A reader of a text with at most one entry a line. Lines end in LF or CR LF. */
abstract class LineReader extends BlockReader {

    private final TextFeed feed;

    /** The address that {@link #hex} read last. */
    long address;

    LineReader(InputStream in) {
        feed = new TextFeed(in, false);
    }

    @Override
    final void fill(AccessBlock block, int target) throws IOException {
        while (block.count() < target && !isPending() && feed.more()) {
            feed.at = line(feed.bytes, feed.at, block);
            feed.line++;
        }
        if (!isPending() && block.count() < target) {
            end();
        }
    }

    /** The trace is at its end, which may be too early. */
    void end() throws TraceException {}

    /** An error at this line. */
    final TraceException wrong(String what) {
        return TraceException.atLine(feed.line, what);
    }

    /**
     * Reads one line and adds its accesses. There is always a line feed, so loops need no other
     * bound. Answers where the next line begins.
     */
    abstract int line(byte[] bytes, int at, AccessBlock block) throws TraceException;

    /** Where blanks end. */
    static int skipBlanks(byte[] bytes, int at) {
        int next = at;
        while (bytes[next] == ' ' || bytes[next] == '\t') {
            next++;
        }
        return next;
    }

    /** Reads hexadecimal digits into {@link #address}. Answers the place behind them. */
    final int hex(byte[] bytes, int at) throws TraceException {
        long found = 0;
        int next = at;
        for (int digit = Digits.hex(bytes[next]); digit >= 0; digit = Digits.hex(bytes[next])) {
            found = found << 4 | digit;
            next++;
        }
        if (next == at || next - at > Digits.MAX_HEX) {
            throw expected("an address of 1 to 16 hexadecimal digits");
        }
        address = found;
        return next;
    }

    /** As {@link #hex}, with or without {@code 0x} before it. */
    final int prefixedHex(byte[] bytes, int at) throws TraceException {
        boolean prefixed = bytes[at] == '0' && (bytes[at + 1] | ' ') == 'x';
        return hex(bytes, prefixed ? at + 2 : at);
    }

    /** Sees that nothing but blanks follows. Answers where the next line begins. */
    final int endOfLine(byte[] bytes, int at) throws TraceException {
        int end = bytes[at] == '\n' ? at : skipToEnd(bytes, at);
        return checkLength(end) + 1;
    }

    private int skipToEnd(byte[] bytes, int at) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (bytes[next] == '\r') {
            next++;
        }
        if (bytes[next] != '\n') {
            throw expected("the end of the line after the entry");
        }
        return next;
    }

    /** Passes over the rest of the line. Answers where the next line begins. */
    final int skipLine(byte[] bytes, int at) throws TraceException {
        int next = at;
        while (bytes[next] != '\n') {
            next++;
        }
        return checkLength(next) + 1;
    }

    static boolean isEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** Says what this line should have held. */
    final TraceException expected(String what) {
        int end = feed.at;
        while (feed.bytes[end] != '\n') {
            end++;
        }
        if (end > feed.at && feed.bytes[end - 1] == '\r') {
            end--;
        }
        String found = Excerpt.quote(feed.bytes, feed.at, end);
        return TraceException.atLine(feed.line, "expected " + what + ", found " + found);
    }

    final TraceException outside(AccessBlock block, long size) {
        return TraceException.atLine(feed.line, beyond(block, address, size));
    }

    private int checkLength(int end) throws TraceException {
        if (end - feed.at > TextFeed.MAX_LENGTH) {
            throw feed.tooLong(feed.at);
        }
        return end;
    }
}
