package dev.faultline.trace;

import dev.faultline.machine.protocol.Op;

import java.io.Writer;
import java.util.Arrays;

/** The operations of a trace in columns: a byte each of the letters r, w, x and t written to it. */
final class OpColumn extends Writer {

    private static final byte GARBLED = -1;

    private byte[] ops = new byte[1024];
    private int count;
    private String garbled = "";

    int count() {
        return count;
    }

    /** The operation, of {@link Op}; less than 0 if the letter stands for none. */
    int op(int at) {
        return ops[at];
    }

    /** The first letter that stands for no operation; empty if all do. */
    String garbled() {
        return garbled;
    }

    @Override
    public void write(char[] letters, int from, int length) {
        if (count + length > ops.length) {
            ops = Arrays.copyOf(ops, count + Math.max(length, count / 2));
        }
        for (int i = from; i < from + length; i++) {
            byte op = op(letters[i]);
            ops[count++] = op;
            if (op == GARBLED && garbled.isEmpty()) {
                garbled = String.valueOf(letters[i]);
            }
        }
    }

    private static byte op(char letter) {
        return switch (letter) {
            case 'r' -> Op.READ;
            case 'w' -> Op.WRITE;
            case 'x' -> Op.EXECUTE;
            case 't' -> Op.TICK;
            default -> GARBLED;
        };
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
