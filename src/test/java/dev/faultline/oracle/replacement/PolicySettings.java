package dev.faultline.oracle.replacement;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A policy and its parameters, as a client would give them.
 *
 * @param policy its name
 * @param values each parameter by its name: a number, a flag, a word or a list of numbers; one that
 *     has no bound is left out
 */
public record PolicySettings(String policy, Map<String, Object> values) {

    /** Copies the values. */
    public PolicySettings {
        values = Map.copyOf(values);
    }

    private Object value(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    boolean hasBound(String name) {
        return values.containsKey(name);
    }

    long number(String name) {
        return ((Number) value(name)).longValue();
    }

    int count(String name) {
        return Math.toIntExact(number(name));
    }

    boolean flag(String name) {
        return (Boolean) value(name);
    }

    String word(String name) {
        return (String) value(name);
    }

    boolean is(String name, String word) {
        return word(name).equals(word);
    }

    /** What takes the place of chance. */
    List<Integer> numbers() {
        return ((List<?>) value("numbers")).stream().map(Integer.class::cast).toList();
    }
}
