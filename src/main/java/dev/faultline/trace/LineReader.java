package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.io.IOException;
import java.io.InputStream;

/** A reader of a text with at most one entry a line. Lines end in LF or CR LF. */
abstract class LineReader extends BlockReader {

    private final TextFeed feed;

    /** The address that {@link #hex} or {@link #decimal} read last. */
    long address;

    /** The bytes of an access that {@link #size} read last. */
    int size;

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
        return hex(bytes, isPrefixed(bytes, at) ? at + 2 : at);
    }

    private static boolean isPrefixed(byte[] bytes, int at) {
        return bytes[at] == '0' && (bytes[at + 1] | ' ') == 'x';
    }

    /**
     * Reads decimal digits into {@link #address}, beyond every space if they are too many. Answers
     * the place behind them.
     */
    final int decimal(byte[] bytes, int at) throws TraceException {
        long found = 0;
        int next = at;
        for (; Digits.isDecimal(bytes[next]); next++) {
            int digit = bytes[next] - '0';
            found = found > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : found * 10 + digit;
        }
        if (next == at) {
            throw expected("an address of decimal digits");
        }
        address = found;
        return next;
    }

    /** Reads a number of bytes in decimal digits into {@link #size}, as {@link #decimal} does. */
    final int size(byte[] bytes, int at) throws TraceException {
        int found = 0;
        int next = at;
        for (; Digits.isDecimal(bytes[next]); next++) {
            found = Math.min(found * 10 + bytes[next] - '0', TraceFormat.MAX_ACCESS_SIZE + 1);
        }
        return sized(found, next);
    }

    /** As {@link #size}, in hexadecimal digits with or without {@code 0x} before them. */
    final int prefixedHexSize(byte[] bytes, int at) throws TraceException {
        int found = 0;
        int next = isPrefixed(bytes, at) ? at + 2 : at;
        for (int digit = Digits.hex(bytes[next]); digit >= 0; digit = Digits.hex(bytes[next])) {
            found = Math.min(found << 4 | digit, TraceFormat.MAX_ACCESS_SIZE + 1);
            next++;
        }
        return sized(found, next);
    }

    private int sized(int found, int next) throws TraceException {
        if (found < 1 || found > TraceFormat.MAX_ACCESS_SIZE) {
            throw expected("a size of 1 to " + TraceFormat.MAX_ACCESS_SIZE + " bytes");
        }
        size = found;
        return next;
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

    /** Whether a field ends here: a blank or the end of the line follows. */
    static boolean endsField(byte b) {
        return b == ' ' || b == '\t' || isEnd(b);
    }

    /** The operation that {@code R} or {@code W} stands for, in either case; -1 for another. */
    static int readOrWrite(byte letter) {
        return switch (letter | ' ') {
            case 'r' -> Op.READ;
            case 'w' -> Op.WRITE;
            default -> -1;
        };
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
