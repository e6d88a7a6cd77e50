package dev.faultline.api.web;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Whole numbers in paths, queries and headers: the one way in which each is written. Java's own
 * readers take {@code +1}, {@code 01} and the digits of every script too.
 */
public final class Numbers {

    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,18}");

    private Numbers() {}

    /** The number that a text is; empty if it is none, or none of 64 bits. */
    public static OptionalLong parse(String text) {
        if (!INTEGER.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
