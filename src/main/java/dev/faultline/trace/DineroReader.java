package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Op;

import java.io.InputStream;

/**
 * Reads Dinero's {@code din} format: a line an access of a label (0 read, 1 write, 2 instruction
 * fetch) and a hexadecimal address; further fields are passed over.
 */
final class DineroReader extends LineReader {

    private static final int[] OPS = {Op.READ, Op.WRITE, Op.EXECUTE};

    DineroReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        int label = bytes[next] - '0';
        int digits = skipBlanks(bytes, next + 1);
        if (label < 0 || label >= OPS.length || digits == next + 1) {
            throw expected("a label 0, 1 or 2, then an address");
        }
        next = prefixedHex(bytes, digits);
        boolean fields = skipBlanks(bytes, next) > next;
        next = fields ? skipLine(bytes, next) : endOfLine(bytes, next);
        if (!block.fits(address, 1)) {
            throw outside(block, 1);
        }
        block.add(OPS[label], address);
        return next;
    }
}
