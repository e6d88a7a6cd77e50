package dev.faultline.trace;

import dev.faultline.machine.Op;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a stored trace in any of the formats. What a format has no word for is lost, and said in
 * docs/traces.md: only NDJSON and lackey keep sizes, and those of page numbers keep neither
 * operations nor offsets.
 */
public final class TraceExport {

    private static final String[] OPS = {"read", "write", "execute"};
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final TraceCursor trace;
    private final OutputStream out;
    private final int offsetBits;

    /** Digits of the number that is written, from the end. */
    private final byte[] digits = new byte[24];

    private TraceExport(StoredTrace trace, OutputStream out, long pageSize) {
        this.trace = trace.cursor();
        this.out = out;
        offsetBits = Long.numberOfTrailingZeros(pageSize);
    }

    /**
     * Writes a trace; {@code pageSize} in bytes, a power of two, is for formats of page numbers.
     */
    public static void write(StoredTrace trace, TraceFormat format, long pageSize, OutputStream to)
            throws IOException {
        BufferedOutputStream out = new BufferedOutputStream(to, 1 << 16);
        TraceExport export = new TraceExport(trace, out, pageSize);
        switch (format) {
            case LACKEY -> export.lackey();
            case DINERO -> export.dinero();
            case UCSD -> export.ucsd();
            case PAGES -> export.pages("", '\n', "\n");
            case OSTEP -> export.pages("-a ", ',', "\n");
            case LIBCACHESIM -> export.pages("", '\n', "\n");
            case LIBCACHESIM_CSV -> export.csv();
            case BINARY -> export.binary();
            case NYU_MMU -> export.lab();
            case NDJSON -> export.ndjson();
            case COLUMNS -> export.columns();
        }
        out.flush();
    }

    private void lackey() throws IOException {
        for (long i = 0; i < trace.count(); i++) {
            text(
                    switch (trace.op(i)) {
                        case Op.WRITE -> " S ";
                        case Op.EXECUTE -> "I  ";
                        default -> " L ";
                    });
            hex(trace.address(i), 8);
            text(",");
            decimal(trace.size(i));
            text("\n");
        }
    }

    private void dinero() throws IOException {
        for (long i = 0; i < trace.count(); i++) {
            decimal(trace.op(i));
            text(" ");
            hex(trace.address(i), 1);
            text("\n");
        }
    }

    private void ucsd() throws IOException {
        for (long i = 0; i < trace.count(); i++) {
            text(trace.op(i) == Op.WRITE ? "s 0x" : "l 0x");
            hex(trace.address(i), 8);
            text(" 0\n");
        }
    }

    private void pages(String before, char between, String after) throws IOException {
        text(before);
        for (long i = 0; i < trace.count(); i++) {
            if (i > 0) {
                out.write(between);
            }
            decimal(page(i));
        }
        text(after);
    }

    private void csv() throws IOException {
        for (long i = 0; i < trace.count(); i++) {
            decimal(i);
            text(",");
            decimal(page(i));
            text(",");
            decimal(1L << offsetBits);
            text("\n");
        }
    }

    private void binary() throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < trace.count(); i++) {
            word.putLong(0, (long) trace.op(i) << 62 | trace.address(i));
            out.write(word.array());
        }
    }

    /** One process with one area, of as many pages as it takes. */
    private void lab() throws IOException {
        text("1\n1\n0 ");
        decimal(trace.highest() >>> offsetBits);
        text(" 0 0\nc 0\n");
        for (long i = 0; i < trace.count(); i++) {
            text(trace.op(i) == Op.WRITE ? "w " : "r ");
            decimal(page(i));
            text("\n");
        }
    }

    private void ndjson() throws IOException {
        for (long i = 0; i < trace.count(); i++) {
            long address = trace.address(i);
            int left = trace.size(i);
            while (left > 0) { // the sizes of an access in JSON are 1, 2, 4 and 8
                int piece = Math.min(Long.BYTES, Integer.highestOneBit(left));
                object(OPS[trace.op(i)], address, piece);
                address += piece;
                left -= piece;
            }
        }
    }

    private void object(String op, long address, int size) throws IOException {
        text("{\"op\":\"");
        text(op);
        text("\",\"address\":\"0x");
        hex(address, 1);
        if (size > 1) {
            text("\",\"size\":");
            decimal(size);
            text("}\n");
        } else {
            text("\"}\n");
        }
    }

    private void columns() throws IOException {
        text("{\"ops\":\"");
        for (long i = 0; i < trace.count(); i++) {
            out.write("rwx".charAt(trace.op(i)));
        }
        text("\",\"addresses\":[");
        for (long i = 0; i < trace.count(); i++) {
            text(i == 0 ? "\"0x" : ",\"0x");
            hex(trace.address(i), 1);
            text("\"");
        }
        text("]}\n");
    }

    private long page(long at) {
        return trace.address(at) >>> offsetBits;
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void decimal(long value) throws IOException {
        int at = digits.length;
        long left = value;
        do {
            digits[--at] = (byte) ('0' + left % 10);
            left /= 10;
        } while (left > 0);
        out.write(digits, at, digits.length - at);
    }

    private void hex(long value, int least) throws IOException {
        int at = digits.length;
        long left = value;
        do {
            digits[--at] = (byte) HEX[(int) (left & 15)];
            left >>>= 4;
        } while (left > 0 || digits.length - at < least);
        out.write(digits, at, digits.length - at);
    }
}
