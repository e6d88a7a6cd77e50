package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import java.io.InputStream;

/**
 * Reads the traces of libCacheSim as text: a line a request, with the number of an object, which is
 * a page here, alone on the line or in a column. Each is a read of the page's first byte. The other
 * columns (time, size) are passed over.
 */
final class ObjectsReader extends LineReader {

    private static final int MAX_COLUMNS = 100;

    /**
     * Which column is the object's number.
     *
     * @param object counted from 1
     * @param header whether the first line names the columns
     */
    record Columns(int object, boolean header) {

        /** A number a line. */
        static final Columns ONE = new Columns(1, false);

        /**
         * The columns that the parameters of a media type give, as libCacheSim calls them: {@code
         * obj-id-col}, 2 if left out, and {@code has-header}, false if left out.
         */
        static Columns of(String mediaType) {
            String object = TraceFormat.parameter(mediaType, "obj-id-col");
            String header = TraceFormat.parameter(mediaType, "has-header");
            return new Columns(object == null ? 2 : column(object), "true".equals(header));
        }

        private static int column(String value) {
            try {
                int column = Integer.parseInt(value);
                if (column >= 1 && column <= MAX_COLUMNS) {
                    return column;
                }
            } catch (NumberFormatException e) {
                // falls through to the one message
            }
            throw new IllegalArgumentException(
                    "obj-id-col must be from 1 to " + MAX_COLUMNS + ", not '" + value + "'");
        }
    }

    private final Columns columns;
    private final int offsetBits;
    private final long lastPage;
    private boolean headerToCome;

    ObjectsReader(InputStream in, MachineSpec spec, Columns columns) {
        super(in);
        this.columns = columns;
        headerToCome = columns.header();
        offsetBits = spec.offsetBits();
        lastPage = spec.pages() - 1;
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        if (headerToCome) {
            headerToCome = false;
            return skipLine(bytes, next);
        }
        for (int column = 1; column < columns.object(); column++) {
            while (bytes[next] != ',') {
                if (isEnd(bytes[next])) {
                    throw expected("an object number in column " + columns.object());
                }
                next++;
            }
            next++;
        }
        next = skipBlanks(bytes, next);
        int digits = next;
        long page = 0;
        while (Digits.isDecimal(bytes[next]) && page <= lastPage) {
            page = page * 10 + bytes[next] - '0';
            next++;
        }
        if (next == digits || page > lastPage) {
            throw expected("an object number from 0 to " + lastPage);
        }
        int end = skipBlanks(bytes, next);
        if (bytes[end] != ',' && !isEnd(bytes[end])) {
            throw expected("an object number of decimal digits");
        }
        int line = bytes[end] == ',' ? skipLine(bytes, end) : endOfLine(bytes, end);
        block.add(Op.READ, page << offsetBits);
        return line;
    }
}
