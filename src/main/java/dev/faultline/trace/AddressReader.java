package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.io.InputStream;

/**
 * Reads addresses as courses give them: one a line, with {@code R} or {@code W} before or after it,
 * or neither, which is a read. They are hexadecimal, with or without {@code 0x}, or decimal. Each
 * is an access of one byte.
 */
final class AddressReader extends LineReader {

    private static final String RADIX = "radix";

    private final boolean decimal;

    /** A reader for the radix that the media type says, 16 if it says none. */
    AddressReader(InputStream in, String mediaType) {
        super(in);
        decimal = isDecimal(mediaType);
    }

    /**
     * Whether a media type says that addresses are decimal.
     *
     * @throws IllegalArgumentException for a radix other than 10 and 16
     */
    static boolean isDecimal(String mediaType) {
        String radix = TraceFormat.parameter(mediaType, RADIX);
        if (radix != null && !radix.equals("10") && !radix.equals("16")) {
            throw new IllegalArgumentException("radix must be 10 or 16, not '" + radix + "'");
        }
        return "10".equals(radix);
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        int op = readOrWrite(bytes[next]);
        boolean begins = op >= 0 && endsField(bytes[next + 1]);
        if (begins) {
            next = skipBlanks(bytes, next + 1);
        }
        next = decimal ? decimal(bytes, next) : prefixedHex(bytes, next);
        int field = skipBlanks(bytes, next);
        if (!begins && field > next && !isEnd(bytes[field])) {
            op = readOrWrite(bytes[field]);
            if (op < 0) {
                throw expected("an address, with R or W before or after it");
            }
            next = field + 1;
        }
        next = endOfLine(bytes, next);
        if (!block.fits(address, 1)) {
            throw decimal ? expected("an address up to " + block.lastAddress()) : outside(block, 1);
        }
        block.add(Math.max(Op.READ, op), address);
        return next;
    }
}
