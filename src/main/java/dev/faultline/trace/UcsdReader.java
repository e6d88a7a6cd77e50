package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.io.InputStream;

/**
 * Reads the cache traces of the courses at UC San Diego: a line an access, {@code s} for a store or
 * {@code l} for a load, the address with {@code 0x}, and the instructions since the last access,
 * which do not matter here but have to be there: a line without them was cut.
 */
final class UcsdReader extends LineReader {

    UcsdReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        byte kind = bytes[next];
        if (isEnd(kind)) {
            return endOfLine(bytes, next);
        }
        boolean known = kind == 's' || kind == 'l';
        int digits = known ? skipBlanks(bytes, next + 1) : next;
        if (digits <= next + 1 || bytes[digits] != '0' || bytes[digits + 1] != 'x') {
            throw expected("s or l, then 0x and an address");
        }
        next = hex(bytes, digits + 2);
        next = endOfLine(bytes, instructions(bytes, next));
        if (!block.fits(address, 1)) {
            throw outside(block, 1);
        }
        block.add(kind == 's' ? Op.WRITE : Op.READ, address);
        return next;
    }

    private int instructions(byte[] bytes, int at) throws TraceException {
        int digits = skipBlanks(bytes, at);
        int next = digits;
        while (Digits.isDecimal(bytes[next])) {
            next++;
        }
        if (digits == at || next == digits) {
            throw expected("a count of instructions after the address");
        }
        return next;
    }
}
