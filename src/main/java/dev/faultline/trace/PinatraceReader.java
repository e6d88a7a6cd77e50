package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;

import java.io.InputStream;

/**
 * Reads what the examples {@code pinatrace} of Intel's Pin write: a line an access of data, the
 * instruction's address, a colon, {@code R} or {@code W}, and the address that it accesses. One of
 * the two examples adds the number of bytes, in decimal, and what they are, which is passed over.
 * Lines that begin with {@code #} are passed over: a heading, and {@code #eof}, which a trace that
 * was cut off lacks.
 */
final class PinatraceReader extends LineReader {

    PinatraceReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        if (bytes[next] == '#') {
            return skipLine(bytes, next);
        }
        next = prefixedHex(bytes, next); // of the instruction, which is not fetched here
        int letter = skipBlanks(bytes, next + 1);
        int op = readOrWrite(bytes[letter]);
        if (bytes[next] != ':' || op < 0 || !endsField(bytes[letter + 1])) {
            throw expected("the instruction's address, a colon, R or W, then an address");
        }
        next = prefixedHex(bytes, skipBlanks(bytes, letter + 1));
        int field = skipBlanks(bytes, next);
        size = 1;
        if (field > next && !isEnd(bytes[field])) {
            next = size(bytes, field);
        }
        next = endsField(bytes[next]) ? skipLine(bytes, next) : endOfLine(bytes, next);
        if (!block.fits(address, size)) {
            throw outside(block, size);
        }
        block.addSpan(op, address, size);
        return next;
    }
}
