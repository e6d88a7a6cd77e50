package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Op;

import java.io.InputStream;

/**
 * Reads what {@code valgrind --tool=lackey --trace-mem=yes} prints: a line an access, {@code I}
 * fetch, {@code S} store, {@code L} load or {@code M} modify, then a hexadecimal address, a comma
 * and a size in bytes. One or two blanks follow the letter, one may precede it. A modify is a read,
 * then a write: of several pages, all pieces of the read come first. Valgrind's own lines, which
 * begin with {@code ==}, are passed over.
 */
final class LackeyReader extends LineReader {

    private static final int MAX_SIZE_DIGITS = 7;

    LackeyReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = bytes[at] == ' ' ? at + 1 : at;
        byte kind = bytes[next];
        boolean known = kind == 'I' || kind == 'S' || kind == 'L' || kind == 'M';
        if (!known || bytes[next + 1] != ' ') {
            return noAccess(bytes, next);
        }
        next = hex(bytes, bytes[next + 2] == ' ' ? next + 3 : next + 2);
        if (bytes[next] != ',') {
            throw expected("a comma and a size after the address");
        }
        int digits = next + 1;
        int size = 0;
        next = digits;
        while (Digits.isDecimal(bytes[next])) {
            size = size * 10 + bytes[next] - '0';
            next++;
        }
        if (size < 1 || size > TraceFormat.MAX_ACCESS_SIZE || next - digits > MAX_SIZE_DIGITS) {
            throw expected("a size of 1 to " + TraceFormat.MAX_ACCESS_SIZE + " bytes");
        }
        next = endOfLine(bytes, next);
        if (!block.fits(address, size)) {
            throw outside(block, size);
        }
        add(kind, size, block);
        return next;
    }

    /** Passes over a line without an access: a blank one or one of valgrind's own. */
    private int noAccess(byte[] bytes, int at) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        if (bytes[next] != '=' || bytes[next + 1] != '=') {
            throw expected("I, S, L or M, then address,size");
        }
        return skipLine(bytes, next);
    }

    private void add(byte kind, int size, AccessBlock block) {
        if (kind == 'I') {
            block.addSpan(Op.EXECUTE, address, size);
            return;
        }
        if (kind != 'S') {
            block.addSpan(Op.READ, address, size);
        }
        if (kind != 'L') {
            block.addSpan(Op.WRITE, address, size);
        }
    }
}
