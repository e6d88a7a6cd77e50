package dev.faultline.machine.replacement;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The registry of policies: the name a spec uses, and how the policy is made for so many frames.
 */
public final class Policies {

    private static final Map<String, Maker> BY_NAME = new TreeMap<>();

    static {
        BY_NAME.put(
                "fifo",
                (frames, dialect) -> dialect.byFrame() ? new FrameFifo(frames) : new Fifo(frames));
        BY_NAME.put("second-chance", (frames, dialect) -> new SecondChance(frames));
        BY_NAME.put("clock", (frames, dialect) -> new Clock(frames));
        BY_NAME.put("enhanced-clock", (frames, dialect) -> new EnhancedClock(frames));
        BY_NAME.put("lru", (frames, dialect) -> new Lru(frames));
        BY_NAME.put("mru", (frames, dialect) -> new Mru(frames));
        BY_NAME.put("lfu", (frames, dialect) -> new Lfu(frames));
        BY_NAME.put("mfu", (frames, dialect) -> new Mfu(frames));
        BY_NAME.put("nru", Nru::new);
        BY_NAME.put("aging", Aging::new);
        BY_NAME.put("random", RandomChoice::new);
        BY_NAME.put("working-set", WorkingSet::new);
        BY_NAME.put("wsclock", WsClock::new);
        BY_NAME.put("optimal", (frames, dialect) -> new Optimal(frames));
        BY_NAME.put("sieve", (frames, dialect) -> new Sieve(frames));
    }

    /** Makes a policy for so many frames. */
    private interface Maker {
        ReplacementPolicy make(int frames, Dialect dialect);
    }

    private Policies() {}

    /** Whether a policy wants to know what is to come. */
    public static boolean needFuture(String name) {
        return name.equals("optimal");
    }

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames, Dialect dialect) {
        Maker maker = BY_NAME.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return maker.make(frames, dialect);
    }
}
