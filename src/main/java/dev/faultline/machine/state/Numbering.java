package dev.faultline.machine.state;

import java.util.Map;
import java.util.TreeMap;

/**
 * The numbers of an enum's constants, by which they are written down; each has one by {@link
 * Numbered}.
 *
 * @param <E> the enum
 */
public final class Numbering<E extends Enum<E>> {

    private final Class<E> constants;
    private final int[] numbers;
    private final Map<Integer, E> byNumber = new TreeMap<>();

    private Numbering(Class<E> constants) {
        this.constants = constants;
        E[] all = constants.getEnumConstants();
        numbers = new int[all.length];
        for (E constant : all) {
            int number = declared(constant);
            if (number < 1 || byNumber.put(number, constant) != null) {
                throw new IllegalStateException(constant + ": a number below 1, or used twice");
            }
            numbers[constant.ordinal()] = number;
        }
    }

    /** The numbers of an enum whose constants all have one. */
    public static <E extends Enum<E>> Numbering<E> of(Class<E> constants) {
        return new Numbering<>(constants);
    }

    private int declared(E constant) {
        try {
            Numbered number = constants.getField(constant.name()).getAnnotation(Numbered.class);
            if (number == null) {
                throw new IllegalStateException(constant + " has no number");
            }
            return number.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of a constant. */
    public int of(E constant) {
        return numbers[constant.ordinal()];
    }

    /** The constant of a number. Raises {@link UnreadableStateException} if there is none. */
    public E at(int number) {
        E constant = byNumber.get(number);
        if (constant == null) {
            throw new UnreadableStateException(
                    constants.getSimpleName() + " has no number " + number);
        }
        return constant;
    }
}
