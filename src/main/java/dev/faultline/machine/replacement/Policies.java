package dev.faultline.machine.replacement;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The registry of policies: the name a spec uses, and how the policy is made for so many frames.
 */
public final class Policies {

    private static final Map<String, Entry> BY_NAME = new TreeMap<>();

    /** What is to be known of a policy before one is made. */
    private enum Trait {
        /** It looks at referenced bits; the others hear of every access, or of none. */
        LOOKS_AT_BITS,
        /** It wants to know what is to come. */
        NEEDS_FUTURE,
        /** It decides among all frames, and cannot be played within each process. */
        GLOBAL
    }

    private record Entry(Maker maker, Set<Trait> traits) {}

    /** Makes a policy for so many frames. */
    private interface Maker {
        ReplacementPolicy make(int frames, Dialect dialect);
    }

    static {
        add("lifo", (n, dialect) -> new Lifo(n));
        add("fifo", (n, dialect) -> dialect.byFrame() ? new FrameFifo(n, dialect) : new Fifo(n));
        add("second-chance", (n, dialect) -> new SecondChance(n), Trait.LOOKS_AT_BITS);
        add("clock", Clock::new, Trait.LOOKS_AT_BITS);
        add("enhanced-clock", EnhancedClock::new, Trait.LOOKS_AT_BITS);
        add("lru", (n, dialect) -> new Lru(n));
        add("mru", (n, dialect) -> new Mru(n));
        add("lfu", Lfu::new);
        add("mfu", Mfu::new);
        add("nru", Nru::new, Trait.LOOKS_AT_BITS);
        add("aging", Aging::new, Trait.LOOKS_AT_BITS);
        add("random", RandomChoice::new);
        add("working-set", WorkingSet::new, Trait.LOOKS_AT_BITS);
        add("wsclock", WsClock::new, Trait.LOOKS_AT_BITS);
        add("optimal", Optimal::new, Trait.NEEDS_FUTURE, Trait.GLOBAL);
        add("sieve", (n, dialect) -> new Sieve(n));
        add("pff", PageFaultFrequency::new, Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("2q", TwoQueue::new, Trait.GLOBAL);
        add("arc", (n, dialect) -> new Arc(n), Trait.GLOBAL);
        add("car", (n, dialect) -> new Car(n), Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("lirs", Lirs::new, Trait.GLOBAL);
        add("clock-pro", (n, dialect) -> new ClockPro(n), Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("s3-fifo", (n, dialect) -> new S3Fifo(n), Trait.GLOBAL);
        add("lru-k", LruK::new, Trait.GLOBAL);
        add("two-list", TwoList::new, Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("mglru", (n, dialect) -> new MultiGeneration(n), Trait.LOOKS_AT_BITS);
    }

    private static void add(String name, Maker maker, Trait... traits) {
        BY_NAME.put(name, new Entry(maker, Set.of(traits)));
    }

    private static boolean has(String name, Trait trait) {
        Entry entry = BY_NAME.get(name);
        return entry != null && entry.traits().contains(trait);
    }

    private Policies() {}

    /** Whether a policy wants to know what is to come. */
    public static boolean needFuture(String name) {
        return has(name, Trait.NEEDS_FUTURE);
    }

    /** Whether a policy can be played within each process, and not only among all frames. */
    public static boolean canBeLocal(String name) {
        return !has(name, Trait.GLOBAL);
    }

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames, Dialect dialect) {
        Entry entry = BY_NAME.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return dialect.isLocal()
                ? new LocalScope(frames, dialect, () -> one(entry, frames, dialect))
                : one(entry, frames, dialect);
    }

    private static ReplacementPolicy one(Entry entry, int frames, Dialect dialect) {
        ReplacementPolicy policy = entry.maker().make(frames, dialect);
        return entry.traits().contains(Trait.LOOKS_AT_BITS) && !dialect.referencedOnLoad()
                ? new LoadsUncounted(policy, frames)
                : policy;
    }
}
