package dev.faultline.machine.replacement;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The registry of policies: the name a spec uses, and how the policy is made for so many frames.
 */
public final class Policies {

    private static final Map<String, IntFunction<ReplacementPolicy>> BY_NAME =
            new TreeMap<>(Map.of("fifo", Fifo::new, "lru", Lru::new, "clock", Clock::new));

    private Policies() {}

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames) {
        IntFunction<ReplacementPolicy> maker = BY_NAME.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return maker.apply(frames);
    }
}
