package dev.faultline.api.history;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
     * The object of a line, without the field; null if the line is not as it was written.
     *
     * @param line without the end of the line
     */
    byte @Nullable [] read(byte[] line) {
        int length = line.length - REST - FIELD.length;
        if (length < 1
                || !Arrays.equals(line, length, length + FIELD.length, FIELD, 0, FIELD.length)) {
            return null;
        }
        sum.update(line, 0, length);
        byte[] check = check();
        int from = length + FIELD.length;
        boolean isAsWritten =
                Arrays.equals(line, from, from + check.length, check, 0, check.length)
                        && line[line.length - 2] == '"'
                        && line[line.length - 1] == '}';
        sum.update(line, length, line.length - length);
        sum.update('\n');
        if (!isAsWritten) {
            return null;
        }
        byte[] json = Arrays.copyOf(line, length + 1);
        json[length] = '}';
        return json;
    }

    /** The next line without its end; null if there is none, or none that is whole. */
    static byte @Nullable [] next(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toByteArray();
            }
            line.write(next);
        }
        return null;
    }
}
