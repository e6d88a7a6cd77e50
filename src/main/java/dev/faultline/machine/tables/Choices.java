package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How the victims of explained accesses were chosen, by event number. This is an explanation and
 * not part of the state: the digest leaves it out, because an access that no client wants explained
 * leads to the same state. A clone keeps it.
 */
final class Choices {

    /** The most candidates that all choices keep together. */
    private static final int MOST_CANDIDATES = 20_000;

    private static final long HOST_BYTES_PER_CHOICE = 192;
    private static final long HOST_BYTES_PER_CANDIDATE = 80;

    private final NavigableMap<Long, Fault.Choice> choices = new TreeMap<>();
    private int candidates;

    /**
     * Keeps the choice behind an event. The oldest choices make room, and so do those of events no
     * longer kept.
     */
    void remember(long event, long oldestEvent, Fault.Choice choice) {
        choices.put(event, choice);
        candidates += choice.candidates().size();
        while (candidates > MOST_CANDIDATES && choices.size() > 1
                || choices.firstKey() < oldestEvent) {
            candidates -= choices.pollFirstEntry().getValue().candidates().size();
        }
    }

    /** Host bytes of the choices. */
    long hostBytes() {
        return HOST_BYTES_PER_CHOICE * choices.size() + HOST_BYTES_PER_CANDIDATE * candidates;
    }

    /** The most host memory, in bytes, that the choices of this many events take. */
    static long mostHostBytes(int events) {
        return HOST_BYTES_PER_CHOICE * Math.min(events, MOST_CANDIDATES)
                + HOST_BYTES_PER_CANDIDATE * MOST_CANDIDATES;
    }

    /** The choice behind an event, or null if it is not kept. */
    Fault.@Nullable Choice of(long event) {
        return choices.get(event);
    }

    void forget() {
        choices.clear();
        candidates = 0;
    }

    void save(StateWriter out) {
        out.writeInt(choices.size());
        choices.forEach(
                (event, choice) -> {
                    out.writeLong(event);
                    save(out, choice);
                });
    }

    void load(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            long event = in.readLong();
            Fault.Choice choice = choice(in);
            choices.put(event, choice);
            candidates += choice.candidates().size();
        }
    }

    private static void save(StateWriter out, Fault.Choice choice) {
        out.writeString(choice.rule());
        out.writeOptional(choice.handBefore());
        out.writeOptional(choice.handAfter());
        out.writeInt(choice.candidates().size());
        for (Fault.Candidate candidate : choice.candidates()) {
            out.writeInt(candidate.frame());
            out.writeOptional(number(candidate.evictable()));
            out.writeOptional(number(candidate.referenced()));
            out.writeOptional(number(candidate.dirty()));
            out.writeOptional(candidate.remembered());
            out.writeBoolean(candidate.cleared());
        }
    }

    private static Fault.Choice choice(StateReader in) {
        String rule = in.readString();
        Integer before = integer(in.readOptional());
        Integer after = integer(in.readOptional());
        int size = in.readInt();
        List<Fault.Candidate> looked = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            looked.add(
                    new Fault.Candidate(
                            in.readInt(),
                            truth(in.readOptional()),
                            truth(in.readOptional()),
                            truth(in.readOptional()),
                            in.readOptional(),
                            in.readBoolean()));
        }
        return new Fault.Choice(rule, List.copyOf(looked), before, after);
    }

    private static @Nullable Integer integer(@Nullable Long value) {
        return value == null ? null : value.intValue();
    }

    private static @Nullable Integer number(@Nullable Boolean value) {
        return value == null ? null : value ? 1 : 0;
    }

    private static @Nullable Boolean truth(@Nullable Long value) {
        return value == null ? null : value != 0;
    }
}
