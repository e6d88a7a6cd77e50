package dev.faultline.trace;

import java.io.IOException;
import java.io.InputStream;

/**
 * A text in a buffer that always ends with a whole line (or a whole word), so that a reader runs
 * over the bytes without asking at each whether there is a next one: the byte that ends a line ends
 * every loop.
 */
final class TextFeed {

    /** Bytes of a line, or of a word, at most, its end not counted. */
    static final int MAX_LENGTH = 4096;

    private static final int CAPACITY = 1 << 16;

    private final InputStream in;
    private final boolean words;
    private int filled;
    private boolean ended;

    /** The text, from {@link #at} to below {@link #end}; the byte before the end is a separator. */
    final byte[] bytes = new byte[CAPACITY + 1];

    int at;
    int end;

    /** The line that {@link #at} is in, counted from 1; the reader counts it. */
    long line = 1;

    /**
     * @param words whether to cut at any white space or comma, not only at the end of a line
     */
    TextFeed(InputStream in, boolean words) {
        this.in = in;
        this.words = words;
    }

    /** Whether there is more to read; gets it from the stream if need be. */
    boolean more() throws IOException {
        return at < end || refill();
    }

    private boolean refill() throws IOException {
        System.arraycopy(bytes, at, bytes, 0, filled - at);
        filled -= at;
        at = 0;
        end = 0;
        while (end == 0 && !ended) {
            int got = in.read(bytes, filled, CAPACITY - filled);
            if (got >= 0) {
                filled += got;
                end = cut(filled - got);
            } else {
                finish();
            }
            if (end == 0 && filled > MAX_LENGTH) {
                throw tooLong(0);
            }
        }
        return end > 0;
    }

    /** Where the last separator from a place on ends; 0 if there is none. */
    private int cut(int from) {
        for (int i = filled - 1; i >= from; i--) {
            byte b = bytes[i];
            if (b == '\n' || words && isSeparator(b)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** Gives a last line the end that it lacks. */
    private void finish() {
        ended = true;
        if (filled > 0) {
            bytes[filled++] = '\n';
            end = filled;
        }
    }

    static boolean isSeparator(byte b) {
        return b == ' ' || b == ',' || b >= '\t' && b <= '\r';
    }

    TraceException tooLong(int from) {
        return TraceException.atLine(
                line,
                (words ? "expected a word" : "expected a line")
                        + " of at most "
                        + MAX_LENGTH
                        + " bytes, found a longer one: "
                        + Excerpt.quote(bytes, from, from + MAX_LENGTH));
    }
}
