package dev.faultline.machine.spec;

import static dev.faultline.machine.replacement.PolicyEntry.Trait.GLOBAL;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.NEEDS_FUTURE;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.REMEMBERS_ALL;
import static dev.faultline.machine.replacement.PolicyEntry.Trait.SCANS;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.replacement.Settings;

/**
 * A replacement policy and how its rule is played.
 *
 * @param policy its name
 * @param values a value for each of the {@link Parameters}
 * @param seed of what is random
 */
public record PolicySpec(String policy, SpecValues values, long seed) implements Settings {

    /** Where the fields of a policy stand. */
    public static final Section SECTION = Parameters.SECTION;

    /** Where the fields stand that take the place of chance. */
    public static final Section RANDOM = Parameters.RANDOM;

    /** The name of the policy. */
    public static final Field<String> POLICY = Parameters.POLICY;

    /** A policy as the textbooks tell it. */
    public static PolicySpec of(String policy) {
        Resolution alone = new Resolution(SpecValues.of(POLICY, policy), SpecValues.EMPTY);
        return of(alone, policy, 1, 1);
    }

    /** The policy that a spec comes to, or {@code otherwise} where it names none. */
    static PolicySpec of(Resolution spec, String otherwise, long seed, int frames) {
        String name = spec.settle(POLICY, otherwise);
        PolicyEntry entry = Policies.entry(Policies.names().contains(name) ? name : otherwise);
        Parameters.Scope scope = spec.settle(Parameters.SCOPE);
        if (scope == Parameters.Scope.LOCAL && entry.is(GLOBAL)) {
            spec.fail(
                    Parameters.SCOPE,
                    "'" + name + "' decides among all frames of the machine: its scope is global");
        }
        SpecValues defaults = entry.defaults().with(spec.settle(Parameters.DIALECT).differences());
        spec.limit(Parameters.HAND_START, frames - 1L);
        spec.limit(Parameters.FRAME_SHARE, frames);
        spec.settle(RANDOM, defaults);
        spec.settle(SECTION, defaults);
        SpecValues values = spec.settled().only(SECTION, RANDOM);
        boolean all = values.get(Parameters.REMEMBERED) == Parameters.UNBOUNDED;
        if (all && !entry.is(REMEMBERS_ALL)) {
            Long own = defaults.find(Parameters.REMEMBERED);
            values = values.with(Parameters.REMEMBERED, own == null ? 100L : own);
        }
        return new PolicySpec(name, values, seed);
    }

    @Override
    public <T> T get(Field<T> parameter) {
        return values.get(parameter);
    }

    /** The name of the dialect that gave what was left out. */
    public String dialect() {
        return Type.word(get(Parameters.DIALECT));
    }

    /** Whether a process gives up pages of its own for others of its own. */
    public boolean isLocal() {
        return get(Parameters.SCOPE) == Parameters.Scope.LOCAL;
    }

    /** Whether the policy wants to know all accesses of a request before the first is made. */
    public boolean needsFuture() {
        return Policies.entry(policy).is(NEEDS_FUTURE);
    }

    /** Whether a choice may look at every frame. */
    public boolean scans() {
        return Policies.entry(policy).is(SCANS);
    }
}
