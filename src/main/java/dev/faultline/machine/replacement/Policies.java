package dev.faultline.machine.replacement;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The registry of policies: the name a spec uses, and how the policy is made for so many frames.
 */
public final class Policies {

    /** What a policy's objects take beside its arrays. */
    private static final long OBJECTS = 512;

    private static final Map<String, Entry> BY_NAME = new TreeMap<>();

    /** What is to be known of a policy before one is made. */
    private enum Trait {
        /** It looks at referenced bits; the others hear of every access, or of none. */
        LOOKS_AT_BITS,
        /** It wants to know what is to come. */
        NEEDS_FUTURE,
        /** It decides among all frames, and cannot be played within each process. */
        GLOBAL,
        /** A choice looks at every frame, or may. */
        SCANS
    }

    private record Entry(Maker maker, Size size, Set<Trait> traits) {}

    /** Makes a policy for so many frames. */
    private interface Maker {
        ReplacementPolicy make(int frames, Dialect dialect);
    }

    /** Bytes of the host's memory that the arrays of a policy for so many frames take at most. */
    private interface Size {
        long of(long frames, Dialect dialect);
    }

    static {
        add("lifo", (n, dialect) -> new Lifo(n), aFrame(8));
        add(
                "fifo",
                (n, dialect) -> dialect.byFrame() ? new FrameFifo(n, dialect) : new Fifo(n),
                aFrame(8));
        add("second-chance", (n, dialect) -> new SecondChance(n), aFrame(8), Trait.LOOKS_AT_BITS);
        add("clock", Clock::new, aFrame(0), Trait.LOOKS_AT_BITS);
        add("enhanced-clock", EnhancedClock::new, aFrame(0), Trait.LOOKS_AT_BITS, Trait.SCANS);
        add("lru", (n, dialect) -> new Lru(n), aFrame(8));
        add("mru", (n, dialect) -> new Mru(n), aFrame(8));
        add("lfu", Lfu::new, aFrame(48));
        add("mfu", Mfu::new, aFrame(48));
        add("nru", Nru::new, aFrame(0), Trait.LOOKS_AT_BITS, Trait.SCANS);
        add("aging", Aging::new, aFrame(8), Trait.LOOKS_AT_BITS, Trait.SCANS);
        add("random", RandomChoice::new, aFrame(0));
        add("working-set", WorkingSet::new, aFrame(8), Trait.LOOKS_AT_BITS, Trait.SCANS);
        add("wsclock", WsClock::new, aFrame(8), Trait.LOOKS_AT_BITS, Trait.SCANS);
        add("optimal", Optimal::new, aFrame(16), Trait.NEEDS_FUTURE, Trait.GLOBAL, Trait.SCANS);
        add("sieve", (n, dialect) -> new Sieve(n), aFrame(9));
        add(
                "pff",
                PageFaultFrequency::new,
                aFrame(1),
                Trait.LOOKS_AT_BITS,
                Trait.GLOBAL,
                Trait.SCANS);
        add("2q", TwoQueue::new, remembering(14, 8), Trait.GLOBAL);
        add("arc", (n, dialect) -> new Arc(n), aFrame(55), Trait.GLOBAL);
        add("car", (n, dialect) -> new Car(n), aFrame(55), Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("lirs", Lirs::new, remembering(14, 16), Trait.GLOBAL);
        add(
                "clock-pro",
                (n, dialect) -> new ClockPro(n),
                aFrame(54),
                Trait.LOOKS_AT_BITS,
                Trait.GLOBAL);
        add("s3-fifo", (n, dialect) -> new S3Fifo(n), aFrame(55), Trait.GLOBAL);
        add(
                "lru-k",
                LruK::new,
                (n, dialect) -> remembering(21, 16 + 8L * dialect.k()).of(n, dialect),
                Trait.GLOBAL);
        add("two-list", TwoList::new, aFrame(63), Trait.LOOKS_AT_BITS, Trait.GLOBAL);
        add("mglru", (n, dialect) -> new MultiGeneration(n), aFrame(16), Trait.LOOKS_AT_BITS);
    }

    /** So many bytes a frame. */
    private static Size aFrame(long bytes) {
        return (frames, dialect) -> bytes * frames;
    }

    /** So many bytes a frame, and others for each page in memory or {@link Ghosts remembered}. */
    private static Size remembering(long aFrame, long aPage) {
        return (frames, dialect) -> {
            boolean unbounded = dialect.remembered() == Dialect.UNBOUNDED; // those come later
            long ghosts = unbounded ? 0 : Math.max(1, frames * dialect.remembered() / 100);
            return aFrame * frames + aPage * (frames + ghosts) + Ghosts.HOST_BYTES * ghosts;
        };
    }

    private static void add(String name, Maker maker, Size size, Trait... traits) {
        BY_NAME.put(name, new Entry(maker, size, Set.of(traits)));
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

    /** Whether a choice may look at every frame. */
    public static boolean scan(String name) {
        return has(name, Trait.SCANS);
    }

    /**
     * Bytes of the host's memory that a policy for so many frames takes when it is made, about and
     * at most.
     */
    public static long hostBytes(String name, int frames, Dialect dialect) {
        return dialect.isLocal()
                ? LocalScope.HOST_BYTES * frames + one(name, frames, dialect)
                : one(name, frames, dialect);
    }

    /** Bytes of the host's memory that the policy of each process takes, where each has one. */
    public static long hostBytesPerProcess(String name, int frames, Dialect dialect) {
        return dialect.isLocal() ? one(name, frames, dialect) : 0;
    }

    private static long one(String name, int frames, Dialect dialect) {
        Entry entry = entry(name);
        return OBJECTS
                + entry.size().of(frames, dialect)
                + (watchesLoads(entry, dialect) ? frames : 0);
    }

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames, Dialect dialect) {
        Entry entry = entry(name);
        return dialect.isLocal()
                ? new LocalScope(frames, dialect, () -> one(entry, frames, dialect))
                : one(entry, frames, dialect);
    }

    private static Entry entry(String name) {
        Entry entry = BY_NAME.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return entry;
    }

    private static boolean watchesLoads(Entry entry, Dialect dialect) {
        return entry.traits().contains(Trait.LOOKS_AT_BITS) && !dialect.referencedOnLoad();
    }

    private static ReplacementPolicy one(Entry entry, int frames, Dialect dialect) {
        ReplacementPolicy policy = entry.maker().make(frames, dialect);
        return watchesLoads(entry, dialect) ? new LoadsUncounted(policy, frames) : policy;
    }
}
