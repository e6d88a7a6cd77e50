package dev.faultline.machine;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.oracle.replacement.Paper;
import dev.faultline.oracle.replacement.Papers;
import dev.faultline.oracle.replacement.PolicySettings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks the slow second policies, which know nothing of a machine's spec. */
final class PolicyOracle {

    private PolicyOracle() {}

    /** The pages that leave while a string of pages is read or written. */
    static List<Long> evictions(PolicySpec spec, int frames, long[] pages, boolean[] writes) {
        return Papers.evictions(settings(spec), frames, pages, writes);
    }

    /** A policy that keeps lists. */
    static Paper paper(PolicySpec spec, int frames) {
        return Objects.requireNonNull(Papers.of(settings(spec), frames), spec.policy());
    }

    private static PolicySettings settings(PolicySpec spec) {
        Map<String, Object> values = new HashMap<>();
        Parameters.SECTION.fields().forEach(field -> put(values, spec, field));
        Parameters.RANDOM.fields().forEach(field -> put(values, spec, field));
        return new PolicySettings(spec.policy(), values);
    }

    private static <T> void put(Map<String, Object> values, PolicySpec spec, Field<T> field) {
        Object shown =
                field == PolicySpec.POLICY ? null : field.type().shown(spec.values().get(field));
        if (shown != null) {
            values.put(field.name(), shown);
        }
    }
}
