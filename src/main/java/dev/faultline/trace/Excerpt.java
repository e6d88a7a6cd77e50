package dev.faultline.trace;

import java.nio.charset.StandardCharsets;

/** What was found in a garbled trace, made fit to show: short, and printable characters only. */
final class Excerpt {

    /** Printable characters that an excerpt has at most, without its quotes. */
    static final int MAX = 60;

    private Excerpt() {}

    /** Bytes of a text, in quotes. */
    static String quote(byte[] bytes, int from, int to) {
        int length = Math.min(to - from, MAX + 1);
        return '"' + plain(new String(bytes, from, length, StandardCharsets.ISO_8859_1)) + '"';
    }

    /** A text, in quotes. */
    static String quote(String text) {
        return '"' + plain(text) + '"';
    }

    /** A text without quotes. */
    static String plain(String text) {
        return plain(text, MAX);
    }

    /** At most {@code max} characters of a text. What is not printable ASCII becomes an escape. */
    static String plain(String text, int max) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            String next = escape(text.charAt(i));
            int left = max - shown.length() - next.length();
            if (left < 0 || left == 0 && i + 1 < text.length()) {
                return shown.append('…').toString();
            }
            shown.append(next);
        }
        return shown.toString();
    }

    private static String escape(char c) {
        return switch (c) {
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            default ->
                    c >= ' ' && c < 0x7f
                            ? String.valueOf(c)
                            : String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c);
        };
    }
}
