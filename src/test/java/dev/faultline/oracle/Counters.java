package dev.faultline.oracle;

import java.util.LinkedHashMap;
import java.util.Map;

/** The machine-wide counters by name. */
final class Counters {

    private static final String NAMES =
            "accesses reads writes executes tlbHits tlbMisses tlbFlushes walkReferences"
                    + " pageFaults minorFaults majorFaults protectionFaults maps unmaps zeroFills"
                    + " swapIns swapOuts fileIns fileOuts evictions cowCopies"
                    + " cowReuses forks signals mapErrors accessErrors contextSwitches ticks";

    private final Map<String, Long> values = new LinkedHashMap<>();

    Counters() {
        for (String name : NAMES.split(" ", -1)) {
            values.put(name, 0L);
        }
    }

    void count(String name) {
        add(name, 1);
    }

    void add(String name, long amount) {
        if (values.computeIfPresent(name, (key, value) -> value + amount) == null) {
            throw new IllegalArgumentException("no counter " + name);
        }
    }

    /** A copy, in the order of the names. */
    Map<String, Long> copy() {
        return new LinkedHashMap<>(values);
    }
}
