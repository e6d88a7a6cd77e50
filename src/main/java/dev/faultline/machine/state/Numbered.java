package dev.faultline.machine.state;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The number by which a constant, a kind or a field is written down. It never changes, and is never
 * given to another: what was written long ago is still read. The order of declarations and their
 * names may change.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.TYPE, ElementType.RECORD_COMPONENT})
public @interface Numbered {

    /** At least 1, and not that of a sibling. */
    int value();
}
