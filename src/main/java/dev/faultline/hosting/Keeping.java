package dev.faultline.hosting;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a machine is kept, which is no part of the simulated computer and of its digest.
 *
 * @param labels what its owner calls it by, in order of their names
 * @param idleTimeout how long after its last change it ends; null for never
 * @param durability what of it survives the end of the service
 */
public record Keeping(
        Map<String, String> labels, @Nullable Duration idleTimeout, Durability durability) {

    /** Without labels and without an end. */
    public static final Keeping PLAIN = new Keeping(Map.of(), null, Durability.NONE);

    /** Copies the labels. */
    public Keeping {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
