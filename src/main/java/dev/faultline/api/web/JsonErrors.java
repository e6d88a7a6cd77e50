package dev.faultline.api.web;

import dev.faultline.trace.MalformedJson;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says where in a body JSON is not what it should be, and how. */
public final class JsonErrors {

    private static final Pattern LATE = Pattern.compile("comma to separate Array entries");

    private static final Pattern BOUNDS = Pattern.compile("\\((-\\d+) - (\\d+)\\)");

    private JsonErrors() {}

    /** The problem with a body, or with the part of one that is at a pointer. */
    public static ApiException of(String pointer, JacksonException e) {
        return ApiException.badField(pointer + place(e), detail(e));
    }

    private static String place(JacksonException e) {
        if (e instanceof UnexpectedEndOfInputException) {
            return ""; // it is the whole that is cut
        }
        boolean bound = e instanceof MismatchedInputException;
        return !bound && e.processor() instanceof JsonParser parser
                ? pointer(parser, LATE.matcher(String.valueOf(e.getOriginalMessage())).find())
                : path(e);
    }

    /**
     * Where a parser stands. An element that ends too early, as in {@code [0x10]}, is noticed where
     * the next would begin.
     */
    private static String pointer(JsonParser parser, boolean oneBack) {
        String pointer = parser.streamReadContext().pathAsPointer().toString();
        int last = pointer.lastIndexOf('/') + 1;
        return oneBack && parser.streamReadContext().inArray()
                ? pointer.substring(0, last)
                        + Math.max(0, parser.streamReadContext().getCurrentIndex() - 1)
                : pointer;
    }

    private static String path(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference reference : e.getPath()) {
            String name = reference.getPropertyName();
            pointer.append('/')
                    .append(
                            name == null
                                    ? String.valueOf(reference.getIndex())
                                    : name.replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }

    private static String detail(JacksonException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                    "no such property; known: " + known(unknown);
            case MismatchedInputException mismatch -> mismatch(mismatch);
            case InputCoercionException large -> range(String.valueOf(e.getOriginalMessage()));
            default -> "malformed JSON" + position(e) + ": " + MalformedJson.words(e);
        };
    }

    private static String position(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1
                ? ""
                : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    }

    private static String range(String message) {
        Matcher bounds = BOUNDS.matcher(message);
        return bounds.find()
                ? "must be an integer from " + bounds.group(1) + " to " + bounds.group(2)
                : "must be an integer in range";
    }

    private static String known(UnrecognizedPropertyException e) {
        List<String> known = new ArrayList<>();
        if (e.getKnownPropertyIds() != null) {
            e.getKnownPropertyIds().forEach(id -> known.add(String.valueOf(id)));
        }
        known.sort(null);
        return String.join(", ", known);
    }

    private static String mismatch(MismatchedInputException e) {
        if (String.valueOf(e.getOriginalMessage()).startsWith("Trailing token")) {
            return "there is something after the JSON value";
        }
        Class<?> wanted = e.getTargetType();
        String wish;
        if (wanted == Address.class) {
            wish = "an address: an integer, or a string of 0x and hexadecimal digits";
        } else if (wanted == Long.class || wanted == Integer.class) {
            wish = "an integer";
        } else if (wanted == String.class && isText(e)) {
            return "must be text, and has half of a character: a surrogate stands alone";
        } else if (wanted == String.class) {
            wish = "a string";
        } else if (wanted == Boolean.class) {
            wish = "true or false";
        } else if (wanted != null && Collection.class.isAssignableFrom(wanted)) {
            wish = "an array";
        } else {
            wish = "an object";
        }
        return e instanceof InvalidFormatException format && format.getValue() != null
                ? "must be " + wish + ", not " + shown(format.getValue())
                : "must be " + wish;
    }

    private static boolean isText(MismatchedInputException e) {
        return e instanceof InvalidFormatException format && format.getValue() instanceof String;
    }

    private static String shown(Object value) {
        String text = shortened(value.toString());
        return value instanceof String ? '"' + text + '"' : text;
    }

    /** What was given, as far as it fits into a message. */
    public static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
