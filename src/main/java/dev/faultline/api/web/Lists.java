package dev.faultline.api.web;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** What all lists have in common: a limit, and a cursor that says where the next part begins. */
public final class Lists {

    /** The most rows in one part of a list of a machine's pages, frames and the like. */
    public static final int MAX_ROWS = 10_000;

    private static final String PREFIX = "after:";

    /** No list gets this far; adding a limit to it does not overflow. */
    private static final long LAST = 1L << 62;

    private Lists() {}

    /** A cursor for the part after something. */
    public static String cursor(Object after) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((PREFIX + after).getBytes(StandardCharsets.UTF_8));
    }

    /** The first rows of those found, where one more than the limit was looked for. */
    public static <T> List<T> part(List<T> found, int limit) {
        return found.size() > limit ? found.subList(0, limit) : found;
    }

    /** The cursor behind {@link #part}, by what names its last row; null if that was all. */
    public static <T> @Nullable String next(List<T> found, int limit, Function<T, Object> name) {
        return found.size() > limit ? cursor(name.apply(found.get(limit - 1))) : null;
    }

    /** What a cursor stands after; {@code first} if there is none. */
    public static String after(@Nullable String cursor, String first) {
        if (cursor == null) {
            return first;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.startsWith(PREFIX) && cursor(text.substring(PREFIX.length())).equals(cursor)) {
                return text.substring(PREFIX.length());
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message for every bad cursor
        }
        throw badCursor();
    }

    /** What a cursor of numbers stands after; {@code first} if there is none. */
    public static long after(@Nullable String cursor, long first) {
        long after =
                Numbers.parse(after(cursor, Long.toString(first))).orElseThrow(Lists::badCursor);
        if (after < first || after > LAST) {
            throw badCursor();
        }
        return after;
    }

    /** The answer to a cursor that no list gave out. */
    public static ApiException badCursor() {
        return ApiException.badParameter("cursor", "not a cursor that this list gave out");
    }
}
