package dev.faultline.trace;

import dev.faultline.machine.protocol.Op;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a stored trace, a method for each form in which formats write one. Most have no word for
 * ticks and sizes, and those of page numbers have none for operations and offsets either.
 */
final class TraceExport {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Writes the access or the tick at a place. */
    private interface Entry {
        void write(long at) throws IOException;
    }

    private final TraceCursor trace;
    private final OutputStream out;
    private final int offsetBits;

    /** Digits of the number that is written, from the end. */
    private final byte[] digits = new byte[24];

    TraceExport(StoredTrace trace, OutputStream out, long pageSize) {
        this.trace = trace.cursor();
        this.out = out;
        offsetBits = Long.numberOfTrailingZeros(pageSize);
    }

    /** Writes each access, in a format that has no word for ticks. */
    private void accesses(Entry entry) throws IOException {
        for (long at = 0; at < trace.count(); at++) {
            if (trace.op(at) != Op.TICK) {
                entry.write(at);
            }
        }
    }

    /** Writes each access and each tick. */
    private void all(Entry entry) throws IOException {
        for (long at = 0; at < trace.count(); at++) {
            entry.write(at);
        }
    }

    void lackey() throws IOException {
        accesses(
                at -> {
                    text(
                            switch (trace.op(at)) {
                                case Op.WRITE -> " S ";
                                case Op.EXECUTE -> "I  ";
                                default -> " L ";
                            });
                    hex(trace.address(at), 8);
                    text(",");
                    decimal(trace.size(at));
                    text("\n");
                });
    }

    void dinero(boolean four) throws IOException {
        accesses(
                at -> {
                    out.write((four ? "rwi" : "012").charAt(trace.op(at)));
                    text(" ");
                    hex(trace.address(at), 1);
                    if (four) {
                        text(" ");
                        hex(trace.size(at), 1);
                    }
                    text("\n");
                });
    }

    /** Which instruction made an access is not known. */
    void pinatrace() throws IOException {
        accesses(
                at -> {
                    text(trace.op(at) == Op.WRITE ? "0x0: W 0x" : "0x0: R 0x");
                    hex(trace.address(at), 1);
                    if (trace.size(at) > 1) {
                        text(" ");
                        decimal(trace.size(at));
                    }
                    text("\n");
                });
        text("#eof\n");
    }

    void addresses(boolean decimal) throws IOException {
        accesses(
                at -> {
                    if (decimal) {
                        decimal(trace.address(at));
                    } else {
                        hex(trace.address(at), 8);
                    }
                    text(trace.op(at) == Op.WRITE ? " W\n" : " R\n");
                });
    }

    void ucsd() throws IOException {
        accesses(
                at -> {
                    text(trace.op(at) == Op.WRITE ? "s 0x" : "l 0x");
                    hex(trace.address(at), 8);
                    text(" 0\n");
                });
    }

    void pages(String before, char between, boolean ticks) throws IOException {
        text(before);
        boolean first = true;
        for (long at = 0; at < trace.count(); at++) {
            boolean tick = trace.op(at) == Op.TICK;
            if (tick && !ticks) {
                continue;
            }
            if (!first) {
                out.write(between);
            }
            first = false;
            if (tick) {
                out.write('T');
            } else {
                decimal(page(at));
            }
        }
        text("\n");
    }

    void csv() throws IOException {
        accesses(
                at -> {
                    decimal(at);
                    text(",");
                    decimal(page(at));
                    text(",");
                    decimal(1L << offsetBits);
                    text("\n");
                });
    }

    void binary() throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        all(
                at -> {
                    word.putLong(0, (long) trace.op(at) << 62 | trace.address(at));
                    out.write(word.array());
                });
    }

    /** One process with one area, of as many pages as it takes. */
    void lab() throws IOException {
        text("1\n1\n0 ");
        decimal(trace.highest() >>> offsetBits);
        text(" 0 0\nc 0\n");
        accesses(
                at -> {
                    text(trace.op(at) == Op.WRITE ? "w " : "r ");
                    decimal(page(at));
                    text("\n");
                });
    }

    void ndjson() throws IOException {
        all(
                at -> {
                    if (trace.op(at) == Op.TICK) {
                        text("{\"op\":\"tick\"}\n");
                        return;
                    }
                    long address = trace.address(at);
                    int left = trace.size(at);
                    while (left > 0) { // the sizes of an access in JSON are 1, 2, 4 and 8
                        int piece = Math.min(Long.BYTES, Integer.highestOneBit(left));
                        object(Op.name(trace.op(at)), address, piece);
                        address += piece;
                        left -= piece;
                    }
                });
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

    void columns() throws IOException {
        text("{\"ops\":\"");
        all(at -> out.write("rwxt".charAt(trace.op(at))));
        text("\",\"addresses\":[");
        all(
                at -> {
                    text(at == 0 ? "\"0x" : ",\"0x");
                    hex(trace.address(at), 1);
                    text("\"");
                });
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
