package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Op;

import java.io.InputStream;

/**
 * Reads what {@code valgrind --tool=lackey --trace-mem=yes} prints: a line an access, {@code I}
 * fetch, {@code S} store, {@code L} load or {@code M} modify, then a hexadecimal address, a comma
 * and a size in bytes. A modify is a read, then a write: of several pages, all pieces of the read
 * come first. Valgrind's own lines, which begin with {@code ==}, are passed over.
 */
final class LackeyReader extends LineReader {

    private static final int MAX_SIZE_DIGITS = 7;

    private int size;

    LackeyReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        byte kind = bytes[next];
        if (isEnd(kind)) {
            return endOfLine(bytes, next);
        }
        if (kind == '=' && bytes[next + 1] == '=') {
            return skipLine(bytes, next);
        }
        boolean known = kind == 'I' || kind == 'S' || kind == 'L' || kind == 'M';
        int digits = known ? skipBlanks(bytes, next + 1) : next;
        if (digits <= next + 1) {
            throw expected("I, S, L or M, then address,size");
        }
        next = hex(bytes, digits);
        if (bytes[next] != ',') {
            throw expected("a comma and a size after the address");
        }
        next = endOfLine(bytes, size(bytes, next + 1));
        if (!block.fits(address, size)) {
            throw outside(block, size);
        }
        add(kind, block);
        return next;
    }

    private int size(byte[] bytes, int at) throws TraceException {
        int found = 0;
        int next = at;
        while (Digits.isDecimal(bytes[next]) && next - at < MAX_SIZE_DIGITS) {
            found = found * 10 + bytes[next] - '0';
            next++;
        }
        if (found < 1 || found > TraceFormat.MAX_ACCESS_SIZE || Digits.isDecimal(bytes[next])) {
            throw expected("a size of 1 to " + TraceFormat.MAX_ACCESS_SIZE + " bytes");
        }
        size = found;
        return next;
    }

    private void add(byte kind, AccessBlock block) {
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
