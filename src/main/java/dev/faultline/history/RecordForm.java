package dev.faultline.history;

import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is written of a record: a field for each component, by the numbers that stand at the
 * declarations. Worked out once for each record.
 *
 * @param <T> the record
 */
final class RecordForm<T> {

    private static final ClassValue<RecordForm<?>> FORMS =
            new ClassValue<>() {
                @Override
                protected RecordForm<?> computeValue(Class<?> type) {
                    return new RecordForm<>(type);
                }
            };

    private static final ClassValue<Map<Long, Class<?>>> KINDS =
            new ClassValue<>() {
                @Override
                protected Map<Long, Class<?>> computeValue(Class<?> type) {
                    Map<Long, Class<?>> kinds = new HashMap<>();
                    for (Class<?> kind : type.getPermittedSubclasses()) {
                        kinds.put((long) numberOf(kind), kind);
                    }
                    return kinds;
                }
            };

    private static final ClassValue<Numbering<?>> NUMBERINGS =
            new ClassValue<>() {
                @Override
                @SuppressWarnings({"unchecked", "rawtypes"}) // asked of enums only
                protected Numbering<?> computeValue(Class<?> type) {
                    return Numbering.of((Class) type);
                }
            };

    /**
     * A component.
     *
     * @param index its place among the components
     * @param type its type, or that of a list's elements
     */
    record Part(
            String name,
            int number,
            int index,
            Class<?> type,
            boolean isList,
            boolean isOptional,
            MethodHandle accessor) {

        /** Its value in a record. */
        @Nullable Object of(Object owner) {
            try {
                return accessor.invokeExact(owner);
            } catch (Throwable e) {
                throw new IllegalStateException("no " + name + " of " + owner.getClass(), e);
            }
        }

        /** Whether a value is left out, because it is read anyway where there is none. */
        boolean isDefault(Object value) {
            return type.isPrimitive() && value.equals(ZEROS.get(type));
        }

        private @Nullable Object otherwise() {
            return isList ? List.of() : ZEROS.get(type);
        }
    }

    private static final Map<Class<?>, Object> ZEROS =
            Map.of(int.class, 0, long.class, 0L, boolean.class, false, double.class, 0.0);

    private static final ClassValue<Integer> NUMBERS =
            new ClassValue<>() {
                @Override
                protected Integer computeValue(Class<?> kind) {
                    Numbered number = kind.getAnnotation(Numbered.class);
                    if (number == null) {
                        throw new IllegalStateException(kind + " has no number");
                    }
                    return number.value();
                }
            };

    private final Class<T> type;
    private final List<Part> parts = new ArrayList<>();
    private final Map<Long, Part> byNumber = new HashMap<>();

    private RecordForm(Class<T> type) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            Part part = part(components[i], i);
            if (part.number < 1 || byNumber.put((long) part.number, part) != null) {
                throw new IllegalStateException(part + ": a number below 1, or used twice");
            }
            parts.add(part);
        }
        parts.sort(Comparator.comparingInt(Part::number));
    }

    private static Part part(RecordComponent component, int index) {
        Numbered numbered = component.getAnnotation(Numbered.class);
        if (numbered == null) {
            throw new IllegalStateException(component + " has no number");
        }
        boolean list = component.getType() == List.class;
        Class<?> type =
                list
                        ? (Class<?>)
                                ((ParameterizedType) component.getGenericType())
                                        .getActualTypeArguments()[0]
                        : component.getType();
        try {
            return new Part(
                    component.getName(),
                    numbered.value(),
                    index,
                    type,
                    list,
                    component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    MethodHandles.lookup()
                            .unreflect(component.getAccessor())
                            .asType(MethodType.methodType(Object.class, Object.class)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The form of a record. */
    @SuppressWarnings("unchecked") // a form is made for its class
    static <T> RecordForm<T> of(Class<T> type) {
        return (RecordForm<T>) FORMS.get(type);
    }

    /** The form of the kind that has a number among the records of a sealed interface. */
    @SuppressWarnings("unchecked") // the kinds of an interface implement it
    static <T> RecordForm<? extends T> kind(Class<T> kinds, long number) {
        Class<?> kind = KINDS.get(kinds).get(number);
        if (kind == null) {
            throw new UnreadableStateException(
                    "no " + kinds.getSimpleName() + " has the number " + number);
        }
        return (RecordForm<? extends T>) of(kind);
    }

    /** The number of the kind. */
    int number() {
        return numberOf(type);
    }

    private static int numberOf(Class<?> kind) {
        return NUMBERS.get(kind);
    }

    /** The number of a constant. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // a numbering is made for its enum
    static int numberOf(Enum<?> constant) {
        Numbering numbering = NUMBERINGS.get(constant.getDeclaringClass());
        return numbering.of(constant);
    }

    /** The constant of an enum that has a number. */
    static Object constant(Class<?> constants, long number) {
        return NUMBERINGS
                .get(constants)
                .at(Math.toIntExact(Math.clamp(number, 0, Integer.MAX_VALUE)));
    }

    /** The components in order of their numbers. */
    List<Part> parts() {
        return parts;
    }

    /** The component of a number. Raises {@link UnreadableStateException}. */
    Part part(long number) {
        Part part = byNumber.get(number);
        if (part == null) {
            throw new UnreadableStateException(
                    type.getSimpleName() + " has no field of the number " + number);
        }
        return part;
    }

    /** The values of a record of which nothing is written. */
    @Nullable Object[] defaults() {
        @Nullable Object[] values = new Object[parts.size()];
        parts.forEach(part -> values[part.index] = part.otherwise());
        return values;
    }

    /** The record of these values. Raises {@link UnreadableStateException}. */
    T make(@Nullable Object[] values) {
        for (Part part : parts) {
            if (values[part.index] == null && !part.isOptional) {
                throw new UnreadableStateException(type.getSimpleName() + " has no " + part.name);
            }
        }
        Class<?>[] types =
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            throw new UnreadableStateException(
                    type.getSimpleName() + ": " + e.getTargetException().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
