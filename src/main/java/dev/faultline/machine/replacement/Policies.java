package dev.faultline.machine.replacement;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The registry of policies: the name a spec uses, and how the policy is made for so many frames.
 */
public final class Policies {

    private static final Map<String, Maker> BY_NAME = new TreeMap<>();

    static {
        BY_NAME.put(
                "fifo",
                (frames, dialect) ->
                        dialect.byFrame() ? new FrameFifo(frames, dialect) : new Fifo(frames));
        BY_NAME.put("second-chance", (frames, dialect) -> new SecondChance(frames));
        BY_NAME.put("clock", Clock::new);
        BY_NAME.put("enhanced-clock", EnhancedClock::new);
        BY_NAME.put("lru", (frames, dialect) -> new Lru(frames));
        BY_NAME.put("mru", (frames, dialect) -> new Mru(frames));
        BY_NAME.put("lfu", Lfu::new);
        BY_NAME.put("mfu", Mfu::new);
        BY_NAME.put("nru", Nru::new);
        BY_NAME.put("aging", Aging::new);
        BY_NAME.put("random", RandomChoice::new);
        BY_NAME.put("working-set", WorkingSet::new);
        BY_NAME.put("wsclock", WsClock::new);
        BY_NAME.put("optimal", Optimal::new);
        BY_NAME.put("sieve", (frames, dialect) -> new Sieve(frames));
        BY_NAME.put("pff", PageFaultFrequency::new);
        BY_NAME.put("2q", TwoQueue::new);
        BY_NAME.put("arc", (frames, dialect) -> new Arc(frames));
        BY_NAME.put("car", (frames, dialect) -> new Car(frames));
        BY_NAME.put("lirs", Lirs::new);
        BY_NAME.put("clock-pro", (frames, dialect) -> new ClockPro(frames));
        BY_NAME.put("s3-fifo", (frames, dialect) -> new S3Fifo(frames));
        BY_NAME.put("lru-k", LruK::new);
        BY_NAME.put("two-list", TwoList::new);
        BY_NAME.put("mglru", (frames, dialect) -> new MultiGeneration(frames));
    }

    /** Those that look at referenced bits; the others hear of every access, or of none. */
    private static final Set<String> BY_BITS =
            Set.of(
                    "second-chance",
                    "clock",
                    "enhanced-clock",
                    "nru",
                    "aging",
                    "working-set",
                    "wsclock",
                    "pff",
                    "car",
                    "clock-pro",
                    "two-list",
                    "mglru");

    /** Makes a policy for so many frames. */
    private interface Maker {
        ReplacementPolicy make(int frames, Dialect dialect);
    }

    private Policies() {}

    /** Whether a policy wants to know what is to come. */
    public static boolean needFuture(String name) {
        return name.equals("optimal");
    }

    /** Whether a policy can be played within each process, and not only among all frames. */
    public static boolean canBeLocal(String name) {
        return !FOR_ALL_FRAMES.contains(name);
    }

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** Those that know the future, share all frames out among lists, or give them up themselves. */
    private static final Set<String> FOR_ALL_FRAMES =
            Set.of(
                    "optimal",
                    "pff",
                    "2q",
                    "arc",
                    "car",
                    "lirs",
                    "clock-pro",
                    "s3-fifo",
                    "lru-k",
                    "two-list");

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames, Dialect dialect) {
        Maker maker = BY_NAME.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return dialect.isLocal()
                ? new LocalScope(frames, dialect, () -> one(name, maker, frames, dialect))
                : one(name, maker, frames, dialect);
    }

    private static ReplacementPolicy one(String name, Maker maker, int frames, Dialect dialect) {
        ReplacementPolicy policy = maker.make(frames, dialect);
        return BY_BITS.contains(name) && !dialect.referencedOnLoad()
                ? new LoadsUncounted(policy, frames)
                : policy;
    }
}
