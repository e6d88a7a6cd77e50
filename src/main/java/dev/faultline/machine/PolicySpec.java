package dev.faultline.machine;

import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Policies;

import java.util.List;

/**
 * A replacement policy and how its rule is played.
 *
 * @param policy its name
 * @param dialect the name of the values that hold where nothing else is said
 */
public record PolicySpec(
        String policy,
        String dialect,
        boolean byFrame,
        boolean fromHand,
        long tau,
        long clearEvery,
        int bits,
        List<Integer> numbers,
        long seed)
        implements Dialect {

    /** As most textbooks tell it. */
    public static final String TEXTBOOK = "textbook";

    /** As the third lab of NYU's operating-systems course does. */
    public static final String NYU_LAB3 = "nyu-lab3";

    public PolicySpec {
        numbers = List.copyOf(numbers);
    }

    /** Whether the policy wants to know all accesses of a request before the first is made. */
    public boolean needsFuture() {
        return Policies.needFuture(policy);
    }

    /** A policy as the textbooks tell it. */
    public static PolicySpec of(String policy) {
        return of(policy, TEXTBOOK, 1);
    }

    /** A policy in a dialect. */
    static PolicySpec of(String policy, String dialect, long seed) {
        return dialect.equals(NYU_LAB3)
                ? new PolicySpec(policy, dialect, true, true, 49, 50, 32, List.of(), seed)
                : new PolicySpec(policy, dialect, false, false, 50, 50, 8, List.of(), seed);
    }
}
