package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.REFERENCED_ON_LOAD;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.SpecValues;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** What is to be known of a policy before one is made. {@link Policies} fills it in. */
public final class PolicyEntry {

    /** What a policy's objects take beside its arrays. */
    private static final long OBJECTS = 512;

    /** What else a spec or a machine has to know of a policy. */
    public enum Trait {
        /** It looks at referenced bits; the others hear of every access, or of none. */
        LOOKS_AT_BITS,
        /** It wants to know all accesses of a request before the first is made. */
        NEEDS_FUTURE,
        /** It decides among all frames, and cannot be played within each process. */
        GLOBAL,
        /** A choice looks at every frame, or may. */
        SCANS,
        /** It can remember pages without a bound. */
        REMEMBERS_ALL
    }

    /** Makes a policy for a number of frames. */
    interface Maker {
        ReplacementPolicy make(int frames, Settings settings);
    }

    /** Bytes of the host's memory that the arrays of a policy take at most. */
    interface Size {
        long of(long frames, Settings settings);
    }

    private final String name;
    private final Maker maker;
    private final Set<Field<?>> parameters = new LinkedHashSet<>();
    private SpecValues defaults = SpecValues.EMPTY;
    private Size size = (frames, settings) -> 0;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

    PolicyEntry(String name, Maker maker) {
        this.name = name;
        this.maker = maker;
    }

    /** Its arrays take a number of bytes a frame. */
    PolicyEntry takes(long bytes) {
        return takes((frames, settings) -> bytes * frames);
    }

    PolicyEntry takes(Size bytes) {
        size = bytes;
        return this;
    }

    PolicyEntry traits(Trait... some) {
        Collections.addAll(traits, some);
        return is(Trait.LOOKS_AT_BITS) ? has(REFERENCED_ON_LOAD) : this;
    }

    /** It has parameters, with the defaults with which they are declared. */
    PolicyEntry has(Field<?>... some) {
        Collections.addAll(parameters, some);
        return this;
    }

    /** It has a parameter with a default of its own. */
    <T> PolicyEntry has(Field<T> parameter, T otherwise) {
        parameters.add(parameter);
        defaults = defaults.with(parameter, otherwise);
        return this;
    }

    /** The name that a spec uses. */
    public String name() {
        return name;
    }

    /** The parameters that change what it chooses. */
    public Set<Field<?>> parameters() {
        return Collections.unmodifiableSet(parameters);
    }

    /** The defaults in which it differs from other policies. */
    public SpecValues defaults() {
        return defaults;
    }

    /** Whether it has a trait. */
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    ReplacementPolicy make(int frames, Settings settings) {
        ReplacementPolicy policy = maker.make(frames, settings);
        return watchesLoads(settings) ? new SecondAccessBits(policy, frames) : policy;
    }

    long hostBytes(int frames, Settings settings) {
        return OBJECTS + size.of(frames, settings) + (watchesLoads(settings) ? frames : 0);
    }

    private boolean watchesLoads(Settings settings) {
        return is(Trait.LOOKS_AT_BITS) && !settings.get(REFERENCED_ON_LOAD);
    }
}
