package dev.faultline.machine;

import dev.faultline.machine.replacement.Policies;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A replacement policy with things left out: Clock, as the textbooks tell it. */
public record PolicyDraft(
        @Nullable String policy,
        @Nullable String dialect,
        @Nullable Order order,
        @Nullable Scan scan,
        @Nullable Long tau,
        @Nullable Long clearEvery,
        @Nullable Long bits,
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

    private static final List<String> DIALECTS = List.of(PolicySpec.TEXTBOOK, PolicySpec.NYU_LAB3);
    private static final int MAX_NUMBERS = 100_000;

    /** A policy with nothing else given. */
    public static PolicyDraft of(@Nullable String policy) {
        return new PolicyDraft(policy, null, null, null, null, null, null, null);
    }

    /** The policy that is taken where {@code otherwise} is, if none is given. */
    PolicySpec resolve(String otherwise, long seed, SpecChecker check) {
        String name = policy == null ? otherwise : policy;
        if (!Policies.names().contains(name)) {
            check.fail(
                    "/replacement/policy",
                    "no policy '" + name + "'; known: " + String.join(", ", Policies.names()));
        }
        String spoken = dialect == null ? PolicySpec.TEXTBOOK : dialect;
        if (!DIALECTS.contains(spoken)) {
            check.fail(
                    "/replacement/dialect",
                    "no dialect '" + spoken + "'; known: " + String.join(", ", DIALECTS));
        }
        PolicySpec base = PolicySpec.of(name, spoken, seed);
        List<Integer> list = numbers == null ? base.numbers() : numbers;
        check.range("/random/numbers", list.size(), 0, MAX_NUMBERS);
        for (int i = 0; i < Math.min(list.size(), MAX_NUMBERS); i++) {
            check.range("/random/numbers/" + i, list.get(i), 0, Integer.MAX_VALUE);
        }
        long effectiveBits = bits == null ? base.bits() : bits;
        long effectiveTau = tau == null ? base.tau() : tau;
        long effectiveClearing = clearEvery == null ? base.clearEvery() : clearEvery;
        check.range("/replacement/bits", effectiveBits, 1, 32);
        check.range("/replacement/tau", effectiveTau, 0, Costs.MAX);
        check.range("/replacement/clearEvery", effectiveClearing, 1, Costs.MAX);
        return new PolicySpec(
                name,
                spoken,
                order == null ? base.byFrame() : order == Order.FRAME,
                scan == null ? base.fromHand() : scan == Scan.HAND,
                effectiveTau,
                effectiveClearing,
                (int) effectiveBits,
                list,
                seed);
    }
}
