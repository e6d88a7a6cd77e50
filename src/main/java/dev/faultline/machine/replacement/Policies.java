package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.AGE_AT;
import static dev.faultline.machine.replacement.Parameters.BITS;
import static dev.faultline.machine.replacement.Parameters.CLEAR_EVERY;
import static dev.faultline.machine.replacement.Parameters.CORRELATED;
import static dev.faultline.machine.replacement.Parameters.FIRST_IN;
import static dev.faultline.machine.replacement.Parameters.HALVE_EVERY;
import static dev.faultline.machine.replacement.Parameters.HAND_PASSES_FILLED;
import static dev.faultline.machine.replacement.Parameters.HAND_START;
import static dev.faultline.machine.replacement.Parameters.K;
import static dev.faultline.machine.replacement.Parameters.MOVE_AFTER;
import static dev.faultline.machine.replacement.Parameters.NUMBERS;
import static dev.faultline.machine.replacement.Parameters.ORDER;
import static dev.faultline.machine.replacement.Parameters.REFAULTS;
import static dev.faultline.machine.replacement.Parameters.REFERENCED_ON_LOAD;
import static dev.faultline.machine.replacement.Parameters.REMEMBERED;
import static dev.faultline.machine.replacement.Parameters.SCAN;
import static dev.faultline.machine.replacement.Parameters.SCOPE;
import static dev.faultline.machine.replacement.Parameters.TAU;
import static dev.faultline.machine.replacement.Parameters.TIES;
import static dev.faultline.machine.replacement.Parameters.UNBOUNDED;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.GLOBAL;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.LOOKS_AT_BITS;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.NEEDS_FUTURE;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.REMEMBERS_ALL;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.SCANS;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The registry of policies. An entry has all that is to be known of a policy beside its class: its
 * name, how it is made, its traits, the memory it takes and its {@link Parameters}.
 */
public final class Policies {

    private static final Map<String, PolicyEntry> BY_NAME = new TreeMap<>();

    static {
        add(
                        "fifo",
                        (n, settings) ->
                                settings.get(ORDER) == Parameters.Order.FRAME
                                        ? new FrameFifo(n, settings)
                                        : new Fifo(n))
                .takes(8)
                .has(ORDER, HAND_START, HAND_PASSES_FILLED);
        add("lifo", (n, settings) -> new Lifo(n)).takes(8);
        add("second-chance", (n, settings) -> new SecondChance(n)).takes(8).traits(LOOKS_AT_BITS);
        add("clock", Clock::new).traits(LOOKS_AT_BITS).has(HAND_START, HAND_PASSES_FILLED);
        add("enhanced-clock", EnhancedClock::new)
                .traits(LOOKS_AT_BITS, SCANS)
                .has(HAND_START, HAND_PASSES_FILLED);
        add("lru", (n, settings) -> new Lru(n)).takes(8);
        add("mru", (n, settings) -> new Mru(n)).takes(8);
        add("lfu", Lfu::new).takes(48).has(HALVE_EVERY);
        add("mfu", Mfu::new).takes(48).has(HALVE_EVERY);
        add("nru", Nru::new)
                .traits(LOOKS_AT_BITS, SCANS)
                .has(SCAN, CLEAR_EVERY, HAND_START, HAND_PASSES_FILLED);
        add("aging", Aging::new)
                .takes(8)
                .traits(LOOKS_AT_BITS, SCANS)
                .has(SCAN, BITS, AGE_AT, HAND_START, HAND_PASSES_FILLED);
        add("random", RandomChoice::new).has(NUMBERS);
        add("working-set", WorkingSet::new)
                .takes(8)
                .traits(LOOKS_AT_BITS, SCANS)
                .has(TAU, HAND_START, HAND_PASSES_FILLED);
        add("wsclock", WsClock::new)
                .takes(8)
                .traits(LOOKS_AT_BITS, SCANS)
                .has(TAU, HAND_START, HAND_PASSES_FILLED);
        add("sieve", (n, settings) -> new Sieve(n)).takes(9);
        add("optimal", Optimal::new).takes(16).traits(NEEDS_FUTURE, GLOBAL, SCANS).has(TIES);
        add("pff", PageFaultFrequency::new)
                .takes(1)
                .traits(LOOKS_AT_BITS, GLOBAL, SCANS)
                .has(TAU, HAND_START, HAND_PASSES_FILLED);
        add("2q", TwoQueue::new)
                .takes((n, settings) -> remembering(n, settings, 14, 8))
                .traits(GLOBAL)
                .has(FIRST_IN)
                .has(REMEMBERED, 50L);
        add("arc", (n, settings) -> new Arc(n)).takes(55).traits(GLOBAL);
        add("car", (n, settings) -> new Car(n))
                .takes(55)
                .traits(LOOKS_AT_BITS, GLOBAL)
                .has(REFERENCED_ON_LOAD, false);
        add("lirs", Lirs::new)
                .takes((n, settings) -> remembering(n, settings, 14, 16))
                .traits(GLOBAL, REMEMBERS_ALL)
                .has(REMEMBERED, 200L);
        add("clock-pro", (n, settings) -> new ClockPro(n))
                .takes(54)
                .traits(LOOKS_AT_BITS, GLOBAL)
                .has(REFERENCED_ON_LOAD, false);
        add("s3-fifo", S3Fifo::new).takes(55).traits(GLOBAL).has(MOVE_AFTER);
        add("lru-k", LruK::new)
                .takes((n, settings) -> remembering(n, settings, 21, 16 + 8L * settings.count(K)))
                .traits(GLOBAL)
                .has(K, CORRELATED, REMEMBERED);
        add("two-list", TwoList::new).takes(63).traits(LOOKS_AT_BITS, GLOBAL).has(REFAULTS);
        add("mglru", (n, settings) -> new MultiGeneration(n)).takes(16).traits(LOOKS_AT_BITS);
    }

    private static PolicyEntry add(String name, PolicyEntry.Maker maker) {
        PolicyEntry entry = new PolicyEntry(name, maker);
        BY_NAME.put(name, entry);
        return entry;
    }

    /** Bytes a frame, and others for each page in memory or {@link Ghosts remembered}. */
    private static long remembering(long frames, Settings settings, long aFrame, long aPage) {
        long percent = settings.get(REMEMBERED);
        boolean unbounded = percent == UNBOUNDED; // those come later
        long ghosts = unbounded ? 0 : Math.max(1, frames * percent / 100);
        return aFrame * frames + aPage * (frames + ghosts) + Ghosts.HOST_BYTES * ghosts;
    }

    private Policies() {}

    /** The names, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** What is known of a policy. Raises {@link IllegalArgumentException} for an unknown name. */
    public static PolicyEntry entry(String name) {
        PolicyEntry entry = BY_NAME.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no policy " + name + "; known: " + names());
        }
        return entry;
    }

    /**
     * Bytes of the host's memory that a policy for a number of frames takes when it is made, about
     * and at most.
     */
    public static long hostBytes(String name, int frames, Settings settings) {
        long one = entry(name).hostBytes(frames, settings);
        return isLocal(settings) ? LocalScope.HOST_BYTES * frames + one : one;
    }

    /** Bytes of the host's memory that the policy of each process takes, where each has one. */
    public static long hostBytesPerProcess(String name, int frames, Settings settings) {
        return isLocal(settings) ? entry(name).hostBytes(frames, settings) : 0;
    }

    /** Makes a policy. Raises {@link IllegalArgumentException} for a name not in {@link #names}. */
    public static ReplacementPolicy make(String name, int frames, Settings settings) {
        PolicyEntry entry = entry(name);
        return isLocal(settings)
                ? new LocalScope(frames, settings, () -> entry.make(frames, settings))
                : entry.make(frames, settings);
    }

    private static boolean isLocal(Settings settings) {
        return settings.get(SCOPE) == Parameters.Scope.LOCAL;
    }
}
