package dev.faultline.api.processes;

import dev.faultline.api.web.ApiException;
import dev.faultline.machine.protocol.Counter;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** How long processes are to run. */
public record RunRequest(
        @Schema(
                        description =
                                "\"done\" (if left out), or an object with one of ticks, accesses,"
                                        + " fault (true: the first page fault) and counters (one"
                                        + " that only faults change, and by how much).")
                @Nullable JsonNode until) {

    /** The most ticks, accesses or events that can be waited for. */
    public static final long MOST = 1L << 60;

    static final RunRequest EMPTY = new RunRequest(null);

    /** Counters that change at faults, evictions and signals only. */
    private static final Map<String, Counter> WATCHED =
            Map.ofEntries(
                    Map.entry("pageFaults", Counter.PAGE_FAULTS),
                    Map.entry("minorFaults", Counter.MINOR_FAULTS),
                    Map.entry("majorFaults", Counter.MAJOR_FAULTS),
                    Map.entry("protectionFaults", Counter.PROTECTION_FAULTS),
                    Map.entry("evictions", Counter.EVICTIONS),
                    Map.entry("swapIns", Counter.SWAP_INS),
                    Map.entry("swapOuts", Counter.SWAP_OUTS),
                    Map.entry("zeroFills", Counter.ZERO_FILLS),
                    Map.entry("fileIns", Counter.FILE_INS),
                    Map.entry("fileOuts", Counter.FILE_OUTS),
                    Map.entry("cowCopies", Counter.COW_COPIES),
                    Map.entry("signals", Counter.SIGNALS));

    /** The counters that a run can wait for, in the order of their names. */
    public static List<Counter> watched() {
        return WATCHED.keySet().stream().sorted().map(WATCHED::get).toList();
    }

    /** What ends a run; nothing of it for one that goes on until all is done. */
    record Until(
            @Nullable Long ticks,
            @Nullable Long accesses,
            @Nullable Counter counter,
            long more,
            boolean isFault) {}

    private static final Until DONE = new Until(null, null, null, 0, false);

    /** Raises {@link ApiException} if it is none of what it can be. */
    Until bounds() {
        JsonNode node = until;
        if (node == null || node.isNull() || node.isString() && node.stringValue().equals("done")) {
            return DONE;
        }
        if (!node.isObject() || node.size() != 1) {
            throw ApiException.badField(
                    "/until",
                    "must be \"done\" or an object with one of ticks, accesses, fault, counters");
        }
        Map.Entry<String, JsonNode> one = node.properties().iterator().next();
        String pointer = "/until/" + one.getKey();
        return switch (one.getKey()) {
            case "ticks" -> new Until(number(pointer, one.getValue()), null, null, 0, false);
            case "accesses" -> new Until(null, number(pointer, one.getValue()), null, 0, false);
            case "fault" -> {
                if (!one.getValue().isBoolean() || !one.getValue().booleanValue()) {
                    throw ApiException.badField(pointer, "must be true");
                }
                yield new Until(null, null, Counter.PAGE_FAULTS, 1, true);
            }
            case "counters" -> counters(pointer, one.getValue());
            default -> throw ApiException.badField(pointer, "is unknown");
        };
    }

    private static Until counters(String pointer, JsonNode node) {
        if (!node.isObject() || node.size() != 1) {
            throw ApiException.badField(pointer, "must be an object with one counter");
        }
        Map.Entry<String, JsonNode> one = node.properties().iterator().next();
        Counter counter = WATCHED.get(one.getKey());
        if (counter == null) {
            throw ApiException.badField(
                    pointer + "/" + one.getKey(),
                    "is no counter to wait for; known: "
                            + String.join(", ", new TreeSet<>(WATCHED.keySet())));
        }
        long more = number(pointer + "/" + one.getKey(), one.getValue());
        return new Until(null, null, counter, more, false);
    }

    private static long number(String pointer, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw ApiException.badField(pointer, "must be an integer");
        }
        long value = node.longValue();
        if (value < 0 || value > MOST) {
            throw ApiException.badField(pointer, "must be from 0 to " + MOST);
        }
        return value;
    }
}
