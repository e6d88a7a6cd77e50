package dev.faultline.machine.fields;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What values a field may have. */
public sealed interface Type<T> {

    /** The value that a client means, or null if it means none. */
    @Nullable T parse(Object given);

    /** Says why a client's value means none. */
    String refusal(Object given);

    /** The words that name its values, if words do. */
    default List<String> known() {
        return List.of();
    }

    /** Writes a value, as {@link #load} reads it. */
    void save(T value, StateWriter out);

    /** Reads a value. Raises {@link UnreadableStateException} if it is none of this type. */
    T load(StateReader in);

    /** A value as clients see it: a number, a boolean, a word or a list. */
    default @Nullable Object shown(T value) {
        return value;
    }

    /**
     * A whole number.
     *
     * @param width how many bits clients use to give and to show it
     * @param nullMeans the value that is written as null, or null if none is
     */
    record Whole(long least, long most, Width width, @Nullable Long nullMeans)
            implements Type<Long> {

        @Override
        public @Nullable Long parse(Object given) {
            return given instanceof Long number ? number : null;
        }

        @Override
        public String refusal(Object given) {
            return "must be a whole number from " + least + " to " + most + ", or null";
        }

        @Override
        public void save(Long value, StateWriter out) {
            out.writeLong(value);
        }

        @Override
        public Long load(StateReader in) {
            return in.readLong();
        }

        @Override
        public @Nullable Object shown(Long value) {
            return value.equals(nullMeans)
                    ? null
                    : width == Width.LONG ? value : (Object) value.intValue();
        }
    }

    /** How wide a number is in requests and in representations. */
    enum Width {
        /** 32 bits in both. */
        INT,
        /** 64 bits in requests, where a wrong one is told its range; 32 in representations. */
        SHOWN_AS_INT,
        /** 64 bits in both. */
        LONG
    }

    /** True or false. */
    record Flag() implements Type<Boolean> {

        @Override
        public @Nullable Boolean parse(Object given) {
            return given instanceof Boolean flag ? flag : null;
        }

        @Override
        public void save(Boolean value, StateWriter out) {
            out.writeBoolean(value);
        }

        @Override
        public Boolean load(StateReader in) {
            return in.readBoolean();
        }

        @Override
        public String refusal(Object given) {
            return "must be true or false";
        }
    }

    /** A constant of an enum. */
    record Word<E extends Enum<E>>(Class<E> constants, String noun) implements Type<E> {

        @Override
        public @Nullable E parse(Object given) {
            for (E constant : constants.getEnumConstants()) {
                if (word(constant).equals(given)) {
                    return constant;
                }
            }
            return null;
        }

        @Override
        public List<String> known() {
            return Arrays.stream(constants.getEnumConstants()).map(Type::word).toList();
        }

        @Override
        public String refusal(Object given) {
            return unknown(noun, given, known());
        }

        @Override
        public void save(E value, StateWriter out) {
            out.writeString(word(value));
        }

        @Override
        public E load(StateReader in) {
            String word = in.readString();
            E value = parse(word);
            if (value == null) {
                throw new UnreadableStateException(refusal(word));
            }
            return value;
        }

        @Override
        public Object shown(E value) {
            return word(value);
        }
    }

    /** A name that is in a registry; what is not is refused when the spec is worked out. */
    record Name(String noun, Supplier<List<String>> registry) implements Type<String> {

        @Override
        public @Nullable String parse(Object given) {
            return given instanceof String name ? name : null;
        }

        @Override
        public List<String> known() {
            return registry.get();
        }

        @Override
        public void save(String value, StateWriter out) {
            out.writeString(value);
        }

        @Override
        public String load(StateReader in) {
            return in.readString();
        }

        @Override
        public String refusal(Object given) {
            return unknown(noun, given, known());
        }
    }

    /** A list of whole numbers. */
    record Numbers(int shortest, int longest, int least, int most) implements Type<List<Integer>> {

        @Override
        @SuppressWarnings("unchecked") // whoever reads requests reads a list of these
        public @Nullable List<Integer> parse(Object given) {
            return given instanceof List<?> list ? (List<Integer>) list : null;
        }

        @Override
        public void save(List<Integer> value, StateWriter out) {
            out.writeLongs(value.stream().mapToLong(Integer::longValue).toArray());
        }

        @Override
        public List<Integer> load(StateReader in) {
            return Arrays.stream(in.readLongs()).mapToObj(Math::toIntExact).toList();
        }

        @Override
        public String refusal(Object given) {
            return "must be an array";
        }
    }

    private static String unknown(String noun, Object given, List<String> known) {
        return "no "
                + (noun.isEmpty() ? "" : noun + " ")
                + "'"
                + given
                + "'; known: "
                + String.join(", ", known);
    }

    /** The word for a constant: its name in lower case, with hyphens. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
