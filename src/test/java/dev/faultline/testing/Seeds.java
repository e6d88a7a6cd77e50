package dev.faultline.testing;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that is played once for each seed, which is its last argument and stands in its name. The
 * seeds are those from 0 to below {@link #value} and one that is drawn anew in every run. {@code
 * -Dfaultline.seed=N} plays one seed only, {@code -Dfaultline.seeds=N} plays more or fewer. A test
 * that fails prints the command that plays it again.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{arguments}")
@ArgumentsSource(SeedSource.class)
@ExtendWith(ReplayCommand.class)
public @interface Seeds {

    /** Number of fixed seeds. */
    int value();

    /** Values of a first argument: each is combined with each seed. */
    int[] ints() default {};

    /** Values of a first argument: each is combined with each seed. */
    String[] strings() default {};

    /**
     * The static method of the test class that supplies the arguments before the seed; {@code
     * Arguments} where there are several.
     */
    String of() default "";
}
