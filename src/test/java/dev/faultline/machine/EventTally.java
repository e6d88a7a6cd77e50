package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a machine's events as they are logged, and counts again what counters say of them. It has
 * to look often enough for none to be lost.
 */
final class EventTally {

    private final Map<Counter, Long> tally = new EnumMap<>(Counter.class);
    private Counters before = new Counters();
    private long seen;

    EventTally() {
        for (Counter counter :
                new Counter[] {
                    Counter.PAGE_FAULTS,
                    Counter.MINOR_FAULTS,
                    Counter.MAJOR_FAULTS,
                    Counter.PROTECTION_FAULTS,
                    Counter.COW_REUSES,
                    Counter.EVICTIONS,
                    Counter.DIRTY_EVICTIONS,
                    Counter.CLEAN_EVICTIONS,
                    Counter.FORKS,
                    Counter.SIGNALS,
                    Counter.MAP_ERRORS,
                    Counter.ACCESS_ERRORS,
                    Counter.BUS_ERRORS,
                    Counter.KERNEL_KILLS,
                    Counter.CLEANED,
                    Counter.PREFETCHES
                }) {
            tally.put(counter, 0L);
        }
    }

    /** Demands that each counter equals the count of its events, and that none has fallen. */
    void check(Machine machine) {
        assertThat(machine.oldestEvent()).as("no event is lost").isLessThanOrEqualTo(seen + 1);
        while (seen < machine.lastEvent()) {
            seen++;
            enter(machine.event(seen));
        }
        Counters now = machine.counters();
        tally.forEach(
                (counter, count) ->
                        assertThat(now.get(counter))
                                .as("%s until event %d", counter, seen)
                                .isEqualTo(count));
        for (Counter counter : Counter.values()) {
            assertThat(now.get(counter))
                    .as("%s does not fall", counter)
                    .isGreaterThanOrEqualTo(before.get(counter));
        }
        before = now;
    }

    private void enter(Event event) {
        switch (event.kind()) {
            case FAULT -> fault(event);
            case EVICTION -> {
                add(Counter.EVICTIONS);
                boolean dirty = Objects.equals(event.dirty(), true);
                add(dirty ? Counter.DIRTY_EVICTIONS : Counter.CLEAN_EVICTIONS);
            }
            case SIGNAL -> {
                add(Counter.SIGNALS);
                add(
                        switch (Objects.requireNonNull(event.signal())) {
                            case SEGV_MAPERR -> Counter.MAP_ERRORS;
                            case SEGV_ACCERR -> Counter.ACCESS_ERRORS;
                            case BUS_ADRERR -> Counter.BUS_ERRORS;
                            case SI_KERNEL -> Counter.KERNEL_KILLS;
                        });
            }
            case FORK -> add(Counter.FORKS);
            case CLEAN -> add(Counter.CLEANED);
            case PREFETCH -> add(Counter.PREFETCHES);
            default -> {}
        }
    }

    /** A fault that ends in a signal, or that the process mends itself, is counted as a signal. */
    private void fault(Event event) {
        Fault.Resolution resolution = Objects.requireNonNull(event.resolution());
        if (resolution == Fault.Resolution.SIGNAL || resolution == Fault.Resolution.HANDLED) {
            return;
        }
        if (event.fault() == Fault.Type.PROTECTION) {
            add(Counter.PROTECTION_FAULTS);
        } else {
            add(Counter.PAGE_FAULTS);
            boolean major = Objects.equals(event.major(), true);
            add(major ? Counter.MAJOR_FAULTS : Counter.MINOR_FAULTS);
        }
        if (resolution == Fault.Resolution.COW_REUSE) {
            add(Counter.COW_REUSES);
        }
    }

    private void add(Counter counter) {
        tally.merge(counter, 1L, Long::sum);
    }
}
