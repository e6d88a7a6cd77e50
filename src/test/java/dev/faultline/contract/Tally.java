package dev.faultline.contract;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;

/** What was answered, counted by status and by what was tried. Several threads count at once. */
final class Tally {

    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final Map<String, Map<Integer, LongAdder>> kinds = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Set<String> succeeded = new ConcurrentSkipListSet<>();
    private final LongAdder all = new LongAdder();

    void count(String kind, String operation, int status) {
        all.increment();
        statuses.computeIfAbsent(status, first -> new LongAdder()).increment();
        kinds.computeIfAbsent(kind, first -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(status, first -> new LongAdder())
                .increment();
        if (status >= 200 && status < 300) {
            succeeded.add(operation);
        }
    }

    /** Counts a valid request that the server may refuse with 400 for a known cause. */
    void excuse(String cause) {
        refusals.computeIfAbsent(cause, first -> new LongAdder()).increment();
    }

    long all() {
        return all.sum();
    }

    /** The operations that were carried out at least once. */
    Set<String> succeeded() {
        return succeeded;
    }

    /** A line for all, then one for each kind of step, then what was excused. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(all()).append(" requests: ").append(statuses).append('\n');
        kinds.forEach(
                (kind, counts) ->
                        text.append("  ").append(kind).append(' ').append(counts).append('\n'));
        new TreeMap<>(refusals)
                .forEach(
                        (cause, count) ->
                                text.append("  excused: ")
                                        .append(cause)
                                        .append(' ')
                                        .append(count)
                                        .append('\n'));
        return text.toString();
    }
}
