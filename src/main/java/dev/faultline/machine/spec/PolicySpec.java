package dev.faultline.machine.spec;

import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Policies;

import java.util.List;

/**
 * A replacement policy and how its rule is played.
 *
 * @param policy its name
 * @param dialect the name of the values that hold where nothing else is said
 * @param remembered hundredths of the frames, or {@link Dialect#UNBOUNDED} for lirs
 * @param isLocal whether a process gives up pages of its own for others of its own
 * @param allotment how many frames a process may have then
 * @param frameShare the frames of a fixed allotment, or 0 for an equal share of all
 */
public record PolicySpec(
        String policy,
        String dialect,
        boolean byFrame,
        boolean fromHand,
        boolean referencedOnLoad,
        int handStart,
        boolean handPassesFilled,
        PolicyDraft.Ties ties,
        long tau,
        long clearEvery,
        int bits,
        boolean agesAtTicks,
        int k,
        long correlated,
        long halveEvery,
        int remembered,
        int firstIn,
        boolean refaults,
        boolean isLocal,
        Allotment allotment,
        int frameShare,
        List<Integer> numbers,
        long seed)
        implements Dialect {

    /** How many frames a process may have, where replacement is local. */
    public enum Allotment {
        /** So many each, or as many as any other. */
        FIXED,
        /** By the size of its areas. */
        PROPORTIONAL,
        /** By how often it faults. */
        DYNAMIC
    }

    /** As most textbooks tell it. */
    public static final String TEXTBOOK = "textbook";

    /** As Stallings, "Operating Systems", tells it: the hand goes past what was filled. */
    public static final String STALLINGS = "stallings";

    /** As the simulator of "Operating Systems: Three Easy Pieces" does. */
    public static final String OSTEP = "ostep";

    /** As the third lab of NYU's operating-systems course does. */
    public static final String NYU_LAB3 = "nyu-lab3";

    /** As Linux does. */
    public static final String LINUX = "linux";

    /** The names of the dialects. */
    public static final List<String> DIALECTS =
            List.of(TEXTBOOK, STALLINGS, OSTEP, NYU_LAB3, LINUX);

    public PolicySpec {
        numbers = List.copyOf(numbers);
    }

    @Override
    public boolean isDynamic() {
        return allotment == Allotment.DYNAMIC;
    }

    @Override
    public Ties tieBreak() {
        return switch (ties) {
            case FRAME -> Ties.FRAME;
            case OLDEST -> Ties.OLDEST;
            case YOUNGEST -> Ties.YOUNGEST;
        };
    }

    /** Whether pages that have left are remembered without a bound. */
    public boolean remembersAll() {
        return remembered == Dialect.UNBOUNDED;
    }

    /** Whether the policy wants to know all accesses of a request before the first is made. */
    public boolean needsFuture() {
        return Policies.needFuture(policy);
    }

    /** Whether a choice may look at every frame. */
    public boolean scans() {
        return Policies.scan(policy);
    }

    /** A policy as the textbooks tell it. */
    public static PolicySpec of(String policy) {
        return of(policy, TEXTBOOK, 1);
    }

    /** A policy in a dialect. */
    static PolicySpec of(String policy, String dialect, long seed) {
        boolean lab = dialect.equals(NYU_LAB3);
        return new PolicySpec(
                policy,
                dialect,
                lab,
                lab,
                !policy.equals("car") && !policy.equals("clock-pro"),
                0,
                dialect.equals(STALLINGS),
                dialect.equals(OSTEP) ? PolicyDraft.Ties.YOUNGEST : PolicyDraft.Ties.FRAME,
                lab ? 49 : 50,
                50,
                lab ? 32 : 8,
                false,
                2,
                0,
                0,
                policy.equals("2q") ? 50 : policy.equals("lirs") ? 200 : 100,
                25,
                dialect.equals(LINUX),
                false,
                Allotment.FIXED,
                0,
                List.of(),
                seed);
    }
}
