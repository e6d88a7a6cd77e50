package dev.faultline.api.accesses;

import dev.faultline.api.web.ApiException;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Mapping;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a client expects of one access: some fields of its result, each with the value that it gives
 * or null where it says that there is nothing.
 */
final class Expected {

    /** The property of an access that says what is expected of it. */
    static final String PROPERTY = "expected";

    private static final BigInteger MOST_BYTES = BigInteger.ONE.shiftLeft(Long.SIZE);

    /** What can be expected, in the order in which it is judged. */
    enum Field {
        FAULT("fault"),
        EVICTS("evicts"),
        VICTIM("victim"),
        FRAME("frame"),
        RESOLUTION("resolution"),
        MAJOR("major"),
        DIRTY("dirty"),
        WRITTEN_BACK("writtenBack"),
        TLB("tlb"),
        VALUE("value");

        private final String word;

        Field(String word) {
            this.word = word;
        }

        /** The property that it is. */
        String word() {
            return word;
        }

        private static @Nullable Field of(String word) {
            for (Field field : values()) {
                if (field.word.equals(word)) {
                    return field;
                }
            }
            return null;
        }

        /** Whether it is nonsense to say that there is none. */
        private boolean isAlwaysThere() {
            return this == FAULT || this == EVICTS;
        }
    }

    private static final String KNOWN =
            Arrays.stream(Field.values()).map(Field::word).collect(Collectors.joining(", "));

    private final Map<Field, @Nullable Object> values = new EnumMap<>(Field.class);

    private Expected() {}

    /**
     * What is expected of each of a request's accesses, which are of a process. Raises {@link
     * ApiException} with a JSON pointer for what cannot be expected, and if it is strict, for an
     * access of which nothing is.
     */
    static List<Expected> of(List<JsonNode> accesses, int pid, boolean strict) {
        List<Expected> all = new ArrayList<>();
        for (JsonNode access : accesses) {
            String pointer = "/accesses/" + all.size() + "/" + PROPERTY;
            JsonNode given = access.get(PROPERTY);
            boolean tick =
                    access.path("op").isString() && access.path("op").asString().equals("tick");
            if (tick) {
                AccessBatch.refuseAtTick(pointer, given);
            }
            Expected expected = new Expected();
            if (given != null && !given.isNull()) {
                expected.read(given, pointer, pid);
            }
            if (strict && !tick && expected.values.isEmpty()) {
                throw ApiException.badField(
                        pointer, "must hold something: nothing is expected of this access");
            }
            all.add(expected);
        }
        return all;
    }

    private void read(JsonNode given, String pointer, int pid) {
        if (!given.isObject()) {
            throw ApiException.badField(pointer, "must be an object");
        }
        given.forEachEntry(
                (name, value) -> {
                    Field field = Field.of(name);
                    String place = pointer + "/" + AccessBatch.escaped(name);
                    if (field == null) {
                        throw ApiException.badField(place, "no such property; known: " + KNOWN);
                    }
                    values.put(field, value(field, value, place, pid));
                });
    }

    private static @Nullable Object value(Field field, JsonNode value, String pointer, int pid) {
        if (value.isNull()) {
            if (field.isAlwaysThere()) {
                throw ApiException.badField(pointer, "must be true or false");
            }
            return null;
        }
        return switch (field) {
            case FAULT, EVICTS, MAJOR, DIRTY, WRITTEN_BACK -> {
                if (!value.isBoolean()) {
                    throw ApiException.badField(pointer, "must be true or false");
                }
                yield value.asBoolean();
            }
            case VICTIM -> victim(value, pointer, pid);
            case FRAME -> number(value, pointer, BigInteger.valueOf(Integer.MAX_VALUE));
            case VALUE -> number(value, pointer, MOST_BYTES.subtract(BigInteger.ONE));
            case RESOLUTION ->
                    word(
                            value,
                            pointer,
                            Arrays.stream(Fault.Resolution.values())
                                    .map(Fault.Resolution::word)
                                    .toList());
            case TLB -> word(value, pointer, List.of("hit", "miss"));
        };
    }

    private static Mapping victim(JsonNode value, String pointer, int pid) {
        if (!value.isObject()) {
            throw ApiException.badField(pointer, "must be an object with a page, or null");
        }
        value.forEachEntry(
                (name, each) -> {
                    if (!name.equals("pid") && !name.equals("page")) {
                        throw ApiException.badField(
                                pointer + "/" + AccessBatch.escaped(name),
                                "no such property; known: pid, page");
                    }
                });
        JsonNode page = value.get("page");
        if (page == null) {
            throw ApiException.badField(pointer + "/page", "is required");
        }
        JsonNode whose = value.get("pid");
        BigInteger number = number(page, pointer + "/page", BigInteger.valueOf(Long.MAX_VALUE));
        int owner =
                whose == null || whose.isNull()
                        ? pid
                        : number(whose, pointer + "/pid", BigInteger.valueOf(Integer.MAX_VALUE))
                                .intValueExact();
        return new Mapping(owner, number.longValueExact());
    }

    private static BigInteger number(JsonNode value, String pointer, BigInteger most) {
        BigInteger number = value.isIntegralNumber() ? value.bigIntegerValue() : null;
        if (number == null || number.signum() < 0 || number.compareTo(most) > 0) {
            throw ApiException.badField(pointer, "must be an integer from 0 to " + most);
        }
        return number;
    }

    private static String word(JsonNode value, String pointer, List<String> known) {
        String word = value.isString() ? value.asString() : "";
        if (!known.contains(word)) {
            throw ApiException.badField(pointer, "must be one of " + String.join(", ", known));
        }
        return word;
    }

    /** The fields of which something is expected, in the order in which they are judged. */
    Iterable<Field> fields() {
        return values.keySet();
    }

    /** How many they are. */
    int count() {
        return values.size();
    }

    /** What is expected of a field; null if there is to be nothing. */
    @Nullable Object value(Field field) {
        return values.get(field);
    }
}
