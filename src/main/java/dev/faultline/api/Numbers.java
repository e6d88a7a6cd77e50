package dev.faultline.api;

import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/**
 * Integers in queries and headers, in decimal digits alone. Spring's own converters take {@code
 * 0x10}, {@code #10} and blanks too.
 */
final class Numbers {

    private static final String INTEGER = "-?[0-9]+";

    private Numbers() {}

    private static String checked(String text) {
        if (!text.matches(INTEGER)) {
            throw new NumberFormatException("no integer");
        }
        return text;
    }

    /** Reads an {@code int}. */
    @Component
    static class ToInteger implements Converter<String, Integer> {
        @Override
        public Integer convert(String text) {
            return Integer.valueOf(checked(text));
        }
    }

    /** Reads a {@code long}. */
    @Component
    static class ToLong implements Converter<String, Long> {
        @Override
        public Long convert(String text) {
            return Long.valueOf(checked(text));
        }
    }
}
