package dev.faultline.api.history;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.Reservation;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The lines of an export that is read, one at a time. Both the bytes that come out of the export
 * and the memory that reading it takes are bounded, however small it is packed.
 */
final class ImportLines {

    private static final int FIRST = 1 << 12;

    /** Bytes of memory for each byte of a line: itself, and what its strings are made of. */
    private static final int LINE_COPIES = 4;

    /** Bytes of memory for each byte that is unpacked: itself, and an array that grows. */
    private static final int UNPACKED_COPIES = 3;

    /** The most fields that a line has. */
    private static final int FIELDS = 32;

    private final InputStream in;
    private final HistorySettings most;
    private final Reservation memory;
    private final JsonMapper mapper;
    private final CheckedLines checked = new CheckedLines();
    private byte[] line = new byte[FIRST];
    private int length;
    private long number;

    /** Bytes that may still come out of the export. */
    private long left;

    /** Bytes of memory that what is unpacked of the line takes. */
    private long unpacked;

    /**
     * @param memory counts what reading takes
     */
    ImportLines(InputStream body, HistorySettings most, Reservation memory, JsonMapper mapper) {
        in = counted(new BufferedInputStream(body, 1 << 16), 0);
        this.most = most;
        this.memory = memory;
        this.mapper = mapper;
        left = most.importBytes();
    }

    private InputStream counted(InputStream source, int copies) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                int next = source.read();
                count(next < 0 ? 0 : 1, copies);
                return next;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int read = source.read(into, from, length);
                count(Math.max(0, read), copies);
                return read;
            }
        };
    }

    private void count(long bytes, int copies) {
        left -= bytes;
        if (left < 0) {
            throw tooLarge("have at most " + most.importBytes() + " bytes once it is unpacked");
        }
        if (copies > 0) {
            take(copies * bytes);
        }
    }

    /** What is unpacked of the line. */
    InputStream unpacked(InputStream source) {
        return counted(source, UNPACKED_COPIES);
    }

    /** What is unpacked of the line takes more memory. Raises a refusal if there is no room. */
    void take(long bytes) {
        unpacked += bytes;
        hold();
    }

    /** What has been unpacked of the line is needed no more. */
    void forget() {
        unpacked = 0;
        memory.settle(LINE_COPIES * (long) line.length);
    }

    private void hold() {
        if (!memory.hold(LINE_COPIES * (long) line.length + unpacked)) {
            throw memory.full();
        }
    }

    /** Goes on to the next line, whose sum has to be right. */
    void advance() {
        boolean whole = read();
        number++;
        if (!whole) {
            throw garbled("the export ends before its last line");
        }
        length = checked.read(line, length);
        if (length == 0) {
            throw garbled("the line is not as it was written");
        }
    }

    /** Whether nothing follows. */
    boolean isAtEnd() {
        return !read() && length == 0;
    }

    /** Reads up to the end of a line; whether there is one. */
    private boolean read() {
        forget();
        length = 0;
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    return true;
                }
                if (length == line.length) {
                    grow();
                }
                line[length++] = (byte) next;
            }
        } catch (IOException e) {
            throw ApiException.bodyNotReadable(e);
        }
        return false;
    }

    private void grow() {
        int size = (int) Math.min(2L * line.length, Integer.MAX_VALUE - 8);
        take(LINE_COPIES * (long) (size - line.length));
        line = Arrays.copyOf(line, size);
        forget();
    }

    /** The fields of the line's object, and how many bytes each takes. */
    Map<String, Long> fields() {
        Map<String, Long> fields = new HashMap<>();
        try (JsonParser parser = mapper.createParser(line, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw garbled("not a line of an export");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME && fields.size() < FIELDS) {
                String name = parser.currentName();
                long from = parser.currentLocation().getByteOffset();
                parser.nextToken();
                parser.skipChildren();
                fields.put(name, parser.currentLocation().getByteOffset() - from);
            }
        } catch (JacksonException e) {
            throw garbled("not JSON");
        }
        return fields;
    }

    /** The line's object. */
    <T> T as(Class<T> type) {
        try {
            return mapper.readerFor(type).readValue(line, 0, length);
        } catch (JacksonException e) {
            throw garbled("not a line of an export");
        }
    }

    /** The problem of the line. */
    ApiException garbled(String detail) {
        return new ApiException(Reason.GARBLED_EXPORT, "line " + number + ": " + detail)
                .with("line", number);
    }

    /** The problem of an export that has too much of something. */
    ApiException tooLarge(String what) {
        return new ApiException(Reason.BODY_TOO_LARGE, "an export may " + what)
                .with("line", Math.max(1, number));
    }
}
