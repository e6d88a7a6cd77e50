package dev.faultline.machine.spec;

import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Policies;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A replacement policy with things left out: Clock, as the textbooks tell it.
 *
 * @param remembered {@link #UNBOUNDED} for as much as the policy can
 */
public record PolicyDraft(
        @Nullable String policy,
        @Nullable String dialect,
        @Nullable Order order,
        @Nullable Scan scan,
        @Nullable Boolean referencedOnLoad,
        @Nullable Long handStart,
        @Nullable Boolean handPassesFilled,
        @Nullable Ties ties,
        @Nullable Long tau,
        @Nullable Long clearEvery,
        @Nullable Long bits,
        @Nullable AgeAt ageAt,
        @Nullable Long k,
        @Nullable Long correlated,
        @Nullable Long halveEvery,
        @Nullable Long remembered,
        @Nullable Long firstIn,
        @Nullable Boolean refaults,
        @Nullable Scope scope,
        PolicySpec.@Nullable Allotment allotment,
        @Nullable Long frameShare,
        @Nullable List<Integer> numbers) {

    /** In what order FIFO goes. */
    public enum Order {
        LOAD,
        FRAME
    }

    /** Where a scan of all frames begins. */
    public enum Scan {
        START,
        HAND
    }

    /** When ages are shifted. */
    public enum AgeAt {
        CHOICE,
        TICK
    }

    /** Among whose pages a victim is looked for. */
    public enum Scope {
        GLOBAL,
        LOCAL
    }

    /** Which of equals leaves: the page in the lowest frame, or the one loaded first or last. */
    public enum Ties {
        FRAME,
        OLDEST,
        YOUNGEST
    }

    /** As {@link #remembered}: without a bound for lirs, what is left out for others. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    private static final int MAX_NUMBERS = 100_000;

    /** A policy with nothing else given. */
    public static PolicyDraft of(@Nullable String policy) {
        return of(policy, null);
    }

    /** A policy in a dialect. */
    public static PolicyDraft of(@Nullable String policy, @Nullable String dialect) {
        return new PolicyDraft(
                policy, dialect, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null);
    }

    /** Aging as the books tell it, whose ages are shifted at ticks of the clock. */
    public static PolicyDraft agingAtTicks() {
        return new PolicyDraft(
                "aging",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                AgeAt.TICK,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** A policy that each process plays with its own pages. */
    public static PolicyDraft local(String policy, PolicySpec.Allotment allotment) {
        return new PolicyDraft(
                policy,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Scope.LOCAL,
                allotment,
                null,
                null);
    }

    /** The same with other numbers for what is random, or with its own for null. */
    public PolicyDraft withNumbers(@Nullable List<Integer> other) {
        return new PolicyDraft(
                policy,
                dialect,
                order,
                scan,
                referencedOnLoad,
                handStart,
                handPassesFilled,
                ties,
                tau,
                clearEvery,
                bits,
                ageAt,
                k,
                correlated,
                halveEvery,
                remembered,
                firstIn,
                refaults,
                scope,
                allotment,
                frameShare,
                other == null ? numbers : other);
    }

    /** The policy that is taken where {@code otherwise} is, if none is given. */
    PolicySpec resolve(String otherwise, long seed, int frames, SpecChecker check) {
        String name = policy == null ? otherwise : policy;
        if (!Policies.names().contains(name)) {
            check.fail(
                    "/replacement/policy",
                    "no policy '" + name + "'; known: " + String.join(", ", Policies.names()));
        }
        if (scope == Scope.LOCAL && !Policies.canBeLocal(name)) {
            check.fail(
                    "/replacement/scope",
                    "'" + name + "' decides among all frames of the machine: its scope is global");
        }
        String spoken = dialect == null ? PolicySpec.TEXTBOOK : dialect;
        if (!PolicySpec.DIALECTS.contains(spoken)) {
            check.fail(
                    "/replacement/dialect",
                    "no dialect '"
                            + spoken
                            + "'; known: "
                            + String.join(", ", PolicySpec.DIALECTS));
        }
        PolicySpec base = PolicySpec.of(name, spoken, seed);
        List<Integer> list = numbers == null ? base.numbers() : numbers;
        check.range("/random/numbers", list.size(), 0, MAX_NUMBERS);
        for (int i = 0; i < Math.min(list.size(), MAX_NUMBERS); i++) {
            check.range("/random/numbers/" + i, list.get(i), 0, Integer.MAX_VALUE);
        }
        return new PolicySpec(
                name,
                spoken,
                order == null ? base.byFrame() : order == Order.FRAME,
                scan == null ? base.fromHand() : scan == Scan.HAND,
                referencedOnLoad == null ? base.referencedOnLoad() : referencedOnLoad,
                (int) in(check, "handStart", handStart, base.handStart(), 0, frames - 1L),
                handPassesFilled == null ? base.handPassesFilled() : handPassesFilled,
                ties == null ? base.ties() : ties,
                in(check, "tau", tau, base.tau(), 0, Costs.MAX),
                in(check, "clearEvery", clearEvery, base.clearEvery(), 1, Costs.MAX),
                (int) in(check, "bits", bits, base.bits(), 1, 32),
                ageAt == AgeAt.TICK,
                (int) in(check, "k", k, base.k(), 1, 8),
                in(check, "correlated", correlated, base.correlated(), 0, Costs.MAX),
                in(check, "halveEvery", halveEvery, base.halveEvery(), 0, Costs.MAX),
                remembered(base, check),
                (int) in(check, "firstIn", firstIn, base.firstIn(), 1, 100),
                refaults == null ? base.refaults() : refaults,
                scope == Scope.LOCAL,
                allotment == null ? base.allotment() : allotment,
                (int) in(check, "frameShare", frameShare, 0, 0, frames),
                list,
                seed);
    }

    private int remembered(PolicySpec base, SpecChecker check) {
        boolean all = remembered != null && remembered == UNBOUNDED;
        return all && base.policy().equals("lirs")
                ? Dialect.UNBOUNDED
                : (int)
                        in(
                                check,
                                "remembered",
                                all ? null : remembered,
                                base.remembered(),
                                1,
                                2000);
    }

    private static long in(
            SpecChecker check, String name, @Nullable Long given, long base, long low, long high) {
        long value = given == null ? base : given;
        check.range("/replacement/" + name, value, low, high);
        return value;
    }
}
