package dev.faultline.trace;

import dev.faultline.trace.AccessJson.BadAccessException;

import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.io.InputStream;

/** What all JSON traces share: the parser, its limits, numbers and addresses, words for errors. */
final class JsonText {

    /** Characters of a name, a number or a string at most. */
    private static final int MAX_LENGTH = 4096;

    private static final int MAX_NESTING = 8;

    /** Any number of fewer digits fits 64 bits. */
    private static final int LONG_DIGITS = 20;

    /** Makes parsers of single accesses. */
    static final JsonFactory FACTORY = factory(MAX_LENGTH);

    private JsonText() {}

    /**
     * A maker of parsers that take strings of some length at most. UTF-8 only: to guess the
     * encoding would take noise for UTF-32.
     */
    static JsonFactory factory(int maxString) {
        return JsonFactory.builder()
                .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxStringLength(maxString)
                                .maxNameLength(MAX_LENGTH)
                                .maxNumberLength(MAX_LENGTH)
                                .maxNestingDepth(MAX_NESTING)
                                .build())
                .errorReportConfiguration(
                        ErrorReportConfiguration.builder().maxErrorTokenLength(Excerpt.MAX).build())
                .build();
    }

    static JsonParser parser(InputStream in) {
        return FACTORY.createParser(ObjectReadContext.empty(), in);
    }

    /** The unsigned integer that the parser stands on. */
    static long unsigned(JsonParser parser, String property) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw unfit(parser, property, "an integer");
        }
        char[] digits = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int to = from + parser.getStringLength();
        if (digits[from] == '-') {
            throw unfit(parser, property, "an integer of at least 0");
        }
        if (to - from >= LONG_DIGITS) {
            return longUnsigned(parser, property);
        }
        long found = 0;
        for (int i = from; i < to; i++) {
            found = found * 10 + digits[i] - '0';
        }
        return found;
    }

    private static long longUnsigned(JsonParser parser, String property) {
        try {
            return Long.parseUnsignedLong(parser.getString());
        } catch (NumberFormatException _) {
            throw unfit(parser, property, "an integer of at most 64 bits");
        }
    }

    /** The address, an integer or a string of hexadecimal digits, that the parser stands on. */
    static long address(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return unsigned(parser, "address");
        }
        if (token != JsonToken.VALUE_STRING) {
            throw unfitAddress(parser);
        }
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int digits = parser.getStringLength() - 2;
        if (digits < 1 || digits > Digits.MAX_HEX || text[from] != '0' || text[from + 1] != 'x') {
            throw unfitAddress(parser);
        }
        long found = 0;
        for (int i = from + 2; i < from + 2 + digits; i++) {
            int digit = Digits.hex(text[i]);
            if (digit < 0) {
                throw unfitAddress(parser);
            }
            found = found << 4 | digit;
        }
        return found;
    }

    private static BadAccessException unfitAddress(JsonParser parser) {
        return unfit(
                parser, "address", "an integer, or a string of 0x and 1 to 16 hexadecimal digits");
    }

    static BadAccessException unfit(JsonParser parser, String property, String expected) {
        return new BadAccessException(
                property, property + " must be " + expected + ", not " + found(parser));
    }

    /** What the parser stands on, in words or in quotes. */
    static String found(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "the end";
        }
        return switch (token) {
            case VALUE_STRING -> Excerpt.quote(parser.getString());
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> Excerpt.plain(parser.getString());
        };
    }

    static String twice(String property) {
        return property + " stands twice";
    }

    static String unknown(String property, String known) {
        return "the property " + Excerpt.quote(property) + " is unknown; known are " + known;
    }

    /** What a parser raised, as the stream's own exception or as a garbled line. */
    static IOException trouble(JacksonException met, JsonParser parser) {
        TokenStreamLocation place = met.getLocation();
        return trouble(met, (place == null ? parser.currentLocation() : place).getLineNr());
    }

    /** What a parser raised, as the stream's own exception or as a garbled line. */
    static IOException trouble(JacksonException met, long line) {
        if (met instanceof JacksonIOException && met.getCause() instanceof IOException failed) {
            return failed;
        }
        return TraceException.atLine(line, "malformed JSON: " + MalformedJson.words(met));
    }
}
