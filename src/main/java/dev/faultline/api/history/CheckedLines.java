package dev.faultline.api.history;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * Lines of JSON objects, each with a last field {@code check}: the CRC-32 of everything before that
 * field, from the beginning of the file. What is cut, changed, dropped or moved is found at the
 * first line that it concerns.
 */
final class CheckedLines {

    private static final byte[] FIELD = ",\"check\":\"".getBytes(StandardCharsets.UTF_8);

    private static final byte[] END = "\"}\n".getBytes(StandardCharsets.UTF_8);

    /** Bytes of the field's value, its quote, and the brace that closes the object. */
    private static final int REST = 8 + 2;

    private final CRC32 sum = new CRC32();

    /**
     * Writes a line, as an object is written to what this gives: without its last brace. Closing it
     * ends the line.
     */
    OutputStream line(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                sum.update(one);
                out.write(one);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                sum.update(bytes, from, length);
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                byte[] check = check();
                write(FIELD);
                write(check);
                write(END);
            }
        };
    }

    private byte[] check() {
        return HexFormat.of().toHexDigits(sum.getValue(), 8).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Checks a line, and makes it the object that was written: without the field.
     *
     * @param line without the end of the line
     * @param all how many bytes of it there are
     * @return how many there are then; 0 if the line is not as it was written
     */
    int read(byte[] line, int all) {
        int length = all - REST - FIELD.length;
        int value = length + FIELD.length;
        if (length < 1 || !Arrays.equals(line, length, value, FIELD, 0, FIELD.length)) {
            return 0;
        }
        sum.update(line, 0, length);
        byte[] check = check();
        boolean isAsWritten =
                Arrays.equals(line, value, value + check.length, check, 0, check.length)
                        && line[all - 2] == '"'
                        && line[all - 1] == '}';
        sum.update(line, length, all - length);
        sum.update('\n');
        line[length] = '}';
        return isAsWritten ? length + 1 : 0;
    }
}
