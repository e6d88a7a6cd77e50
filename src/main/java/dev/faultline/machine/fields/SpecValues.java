package dev.faultline.machine.fields;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Values for some fields of a spec. One never changes: what lays values over others makes new ones.
 * A field may also be given as nothing, which is not the same as not given.
 */
public final class SpecValues {

    /** No values at all. */
    public static final SpecValues EMPTY = new SpecValues(Map.of());

    /** Stands for nothing that was given. */
    private static final Object NOTHING = new Object();

    private final Map<Field<?>, Object> values;

    private SpecValues(Map<Field<?>, Object> values) {
        this.values = values;
    }

    static SpecValues copyOf(Map<Field<?>, Object> values) {
        return new SpecValues(Map.copyOf(values));
    }

    /** A value for one field, or none if it is null. */
    public static <T> SpecValues of(Field<T> field, @Nullable T value) {
        return EMPTY.with(field, value);
    }

    /** A value for a number. */
    public static SpecValues of(Field<Long> field, long value) {
        return EMPTY.with(field, value);
    }

    /** The same with a value, or the same if it is null. */
    public <T> SpecValues with(Field<T> field, @Nullable T value) {
        return value == null ? this : put(field, value);
    }

    /** The same with a number. */
    public SpecValues with(Field<Long> field, long value) {
        return put(field, value);
    }

    /** The same without what a section describes. */
    public SpecValues withNo(Section section) {
        return without(section).put(section.key(), NOTHING);
    }

    private SpecValues put(Field<?> field, Object value) {
        Map<Field<?>, Object> more = new LinkedHashMap<>(values);
        more.put(field, value);
        return copyOf(more);
    }

    /** The same, over which others are laid. */
    public SpecValues with(SpecValues upper) {
        Map<Field<?>, Object> more = new LinkedHashMap<>(values);
        for (Field<?> field : upper.values.keySet()) {
            if (field.startsOver()) {
                more.keySet().removeIf(below -> below.section().equals(field.section()));
            }
        }
        more.putAll(upper.values);
        return copyOf(more);
    }

    /** The same without values for the fields of a section. */
    public SpecValues without(Section section) {
        return keep(field -> !field.section().equals(section));
    }

    /** The values for the fields of sections. */
    public SpecValues only(Section... sections) {
        return keep(field -> List.of(sections).contains(field.section()));
    }

    private SpecValues keep(Predicate<Field<?>> kept) {
        Map<Field<?>, Object> fewer = new LinkedHashMap<>(values);
        fewer.keySet().removeIf(kept.negate());
        return copyOf(fewer);
    }

    /** The fields that are given, also those that are given as nothing. */
    public Set<Field<?>> fields() {
        return values.keySet();
    }

    /** Whether a field is given, though it may be as nothing. */
    public boolean has(Field<?> field) {
        return values.containsKey(field);
    }

    /** The value of a field, or null if it has none. */
    @SuppressWarnings("unchecked") // only values of its type are put under a field
    public <T> @Nullable T find(Field<T> field) {
        Object value = values.get(field);
        return NOTHING.equals(value) ? null : (T) value;
    }

    /** The value of a field that has one. */
    public <T> T get(Field<T> field) {
        return Objects.requireNonNull(find(field), field::pointer);
    }

    /** The value of a field, or its default, if it has one that depends on nothing else. */
    public <T> T or(Field<T> field) {
        T value = find(field);
        return value == null ? Objects.requireNonNull(field.otherwise(), field::pointer) : value;
    }

    /** The value of a number that fits into 32 bits. */
    public int count(Field<Long> field) {
        return get(field).intValue();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpecValues others && values.equals(others.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
