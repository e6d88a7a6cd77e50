package dev.faultline.machine.fields;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A spec while it is worked out: what was given, the values that came of it, and what is wrong.
 * Each field is settled once, in the order in which fields depend on each other.
 */
public final class Resolution {

    private final SpecValues given;
    private SpecValues most;
    private final Map<Field<?>, Object> settled = new LinkedHashMap<>();
    private final List<InvalidSpecException.Problem> problems = new ArrayList<>();

    /**
     * Begins with what was given.
     *
     * @param most the largest values of numbers here, where these are less than a field's own
     */
    public Resolution(SpecValues given, SpecValues most) {
        this.given = given;
        this.most = most;
    }

    /** What was given. */
    public SpecValues given() {
        return given;
    }

    /** The values so far. */
    public SpecValues settled() {
        return SpecValues.copyOf(settled);
    }

    /** The largest value of a number here. */
    public long most(Field<Long> field) {
        return most(field, (Type.Whole) field.type());
    }

    private long most(Field<?> field, Type.Whole type) {
        Object here = most.find(field);
        return here instanceof Long limit ? Math.min(type.most(), limit) : type.most();
    }

    /** Sets the largest value of a number, which depends on other fields. */
    public void limit(Field<Long> field, long limit) {
        most = most.with(field, limit);
    }

    /**
     * Settles the fields of a section that are not settled yet.
     *
     * @param defaults what holds where nothing was given, before a field's own default
     */
    public void settle(Section section, SpecValues defaults) {
        for (Field<?> field : section.fields()) {
            if (field.isShown() && !settled.containsKey(field)) {
                settleBy(field, defaults);
            }
        }
    }

    private <T> void settleBy(Field<T> field, SpecValues defaults) {
        T own = defaults.find(field);
        if (own == null) {
            settle(field);
        } else {
            settle(field, own);
        }
    }

    /** Settles a field by what was given, or by its default. */
    public <T> T settle(Field<T> field) {
        return settle(field, Objects.requireNonNull(field.otherwise(), field::pointer));
    }

    /** Settles a field by what was given, or by a default that depends on others. */
    public <T> T settle(Field<T> field, T otherwise) {
        T value = choose(field, otherwise);
        switch (field.type()) {
            case Type.Whole whole -> {
                long number = (Long) value;
                if (whole.nullMeans() == null || number != whole.nullMeans()) {
                    range(field.pointer(), number, whole.least(), most(field, whole));
                }
            }
            case Type.Numbers numbers -> check(field, (List<?>) value, numbers);
            case Type.Name names when !names.known().contains(value) ->
                    fail(field, names.refusal(value));
            default -> {}
        }
        return value;
    }

    /** Settles a number whose range depends on others. */
    public long settle(Field<Long> field, Long otherwise, long least, long limit) {
        long value = choose(field, otherwise);
        range(field.pointer(), value, least, limit);
        return value;
    }

    private <T> T choose(Field<T> field, T otherwise) {
        T wish = given.find(field);
        T value = wish == null ? otherwise : wish;
        settled.put(field, value);
        return value;
    }

    /** Gives a field the value that follows from others, or none. */
    public <T> void put(Field<T> field, @Nullable T value) {
        if (value != null) {
            settled.put(field, value);
        }
    }

    private void check(Field<?> field, List<?> list, Type.Numbers type) {
        range(field.pointer(), list.size(), type.shortest(), type.longest());
        for (int i = 0; i < Math.min(list.size(), type.longest()); i++) {
            long number = ((Number) list.get(i)).longValue();
            range(field.pointer() + "/" + i, number, type.least(), type.most());
        }
    }

    /**
     * Settles all fields of a record, which have the names of its components and stand in one
     * section, and makes the record.
     */
    public <R extends Record> R make(Class<R> type, Section section) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        settle(section, SpecValues.EMPTY);
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            Section.Part part = Objects.requireNonNull(section.part(name), name);
            Object value = Objects.requireNonNull(settled.get(part.field()), name);
            types[i] = components[i].getType();
            values[i] = types[i] == int.class ? (Object) ((Long) value).intValue() : value;
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("the fields of " + section + " do not make one", e);
        }
    }

    /** Says that a number has to be in a range, if it is not. */
    public void range(String pointer, long value, long least, long limit) {
        if (value < least || value > limit) {
            fail(pointer, "must be from " + least + " to " + limit + ", not " + value);
        }
    }

    /** Says what is wrong with a field. */
    public void fail(Field<?> field, String detail) {
        fail(field.pointer(), detail);
    }

    /** Says what is wrong at a pointer. */
    public void fail(String pointer, String detail) {
        problems.add(new InvalidSpecException.Problem(pointer, detail));
    }

    /** Raises {@link InvalidSpecException} if anything was wrong until now. */
    public void done() {
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
    }
}
