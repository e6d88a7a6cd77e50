package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.io.InputStream;

/**
 * Reads the formats of the Dinero cache simulators, a line an access. Dinero III's {@code din} has
 * a label (0 read, 1 write, 2 instruction fetch) and a hexadecimal address; further fields are
 * passed over. Dinero IV's own, its default, has a letter ({@code r}, {@code w}, {@code i}), the
 * address, and a hexadecimal number of bytes, after which there may be a comment; without a number
 * it is one byte. Lines that are no access of a program, {@code m}, {@code v}, {@code c} and labels
 * 3 to 5, are passed over.
 */
final class DineroReader extends LineReader {

    /** What a line that is passed over does. */
    private static final int NOTHING = -1;

    private static final int UNKNOWN = -2;

    DineroReader(InputStream in) {
        super(in);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        int op = op(bytes[next]);
        boolean sized = !Digits.isDecimal(bytes[next]);
        int digits = skipBlanks(bytes, next + 1);
        if (op == UNKNOWN || digits == next + 1) {
            throw expected("a label 0 to 5 or a letter r, w, i, m, v or c, then an address");
        }
        next = prefixedHex(bytes, digits);
        int field = skipBlanks(bytes, next);
        size = 1;
        if (op == NOTHING) { // whatever it is of: "v 0 0" invalidates the whole cache
            return endsField(bytes[next]) ? skipLine(bytes, next) : endOfLine(bytes, next);
        }
        if (sized && field > next && !isEnd(bytes[field])) {
            next = prefixedHexSize(bytes, field);
        }
        next = endsField(bytes[next]) ? skipLine(bytes, next) : endOfLine(bytes, next);
        if (!block.fits(address, size)) {
            throw outside(block, size);
        }
        block.addSpan(op, address, size);
        return next;
    }

    private static int op(byte kind) {
        return switch (kind) {
            case '0', 'r', 'R' -> Op.READ;
            case '1', 'w', 'W' -> Op.WRITE;
            case '2', 'i', 'I' -> Op.EXECUTE;
            case '3', '4', '5', 'm', 'M', 'v', 'V', 'c', 'C' -> NOTHING;
            default -> UNKNOWN;
        };
    }
}
