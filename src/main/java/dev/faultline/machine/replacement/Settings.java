package dev.faultline.machine.replacement;

import dev.faultline.machine.fields.Field;

/** What a policy is made with: a value for each of its {@link Parameters}. */
public interface Settings {

    /** The value of a parameter. */
    <T> T get(Field<T> parameter);

    /** The value of a number that fits into 32 bits. */
    default int count(Field<Long> parameter) {
        return get(parameter).intValue();
    }

    /** Where what is random begins. */
    long seed();
}
