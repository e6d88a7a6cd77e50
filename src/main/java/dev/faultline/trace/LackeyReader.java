package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.io.InputStream;

/**
 * Reads what {@code valgrind --tool=lackey --trace-mem=yes} prints: a line an access, {@code I}
 * fetch, {@code S} store, {@code L} load or {@code M} modify, then a hexadecimal address, a comma
 * and a size in bytes. One or two blanks follow the letter, one may precede it. A modify is a read,
 * then a write: of several pages, all pieces of the read come first. What valgrind says itself
 * ({@code ==pid==}, with {@code -v} {@code --pid--}, at the program's request {@code **pid**}) and
 * the lines of {@code --trace-superblocks=yes} ({@code SB}, an address) are passed over.
 */
final class LackeyReader extends LineReader {

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
        next = endOfLine(bytes, size(bytes, next + 1));
        if (!block.fits(address, size)) {
            throw outside(block, size);
        }
        add(kind, block);
        return next;
    }

    /** Passes over a line without an access: a blank one or one of valgrind's own. */
    private int noAccess(byte[] bytes, int at) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        byte mark = bytes[next];
        byte second = bytes[next + 1];
        if (mark == 'S' && second == 'B' && bytes[next + 2] == ' ') {
            return endOfLine(bytes, hex(bytes, next + 3));
        }
        if (mark != second || mark != '=' && mark != '-' && mark != '*') {
            throw expected("I, S, L or M, then address,size");
        }
        return skipLine(bytes, next);
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
