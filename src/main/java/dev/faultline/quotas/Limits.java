package dev.faultline.quotas;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much an owner may have and do.
 *
 * @param most by what is limited; what is missing has no limit
 */
public record Limits(Map<Quota, Long> most) {

    /** No limit at all. */
    public static final Limits NONE = new Limits(Map.of());

    /** Copies them. */
    public Limits {
        Map<Quota, Long> copy = new EnumMap<>(Quota.class);
        copy.putAll(most);
        most = Collections.unmodifiableMap(copy);
    }

    /** The limit, or null if there is none. */
    public @Nullable Long of(Quota quota) {
        return most.get(quota);
    }
}
