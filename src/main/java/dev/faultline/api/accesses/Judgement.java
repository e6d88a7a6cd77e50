package dev.faultline.api.accesses;

import dev.faultline.api.accesses.Expected.Field;
import dev.faultline.api.accesses.PredictionController.BriefPredictionBody;
import dev.faultline.api.accesses.PredictionController.DifferenceBody;
import dev.faultline.api.accesses.PredictionController.PredictionBody;
import dev.faultline.api.accesses.PredictionController.PredictionRequest;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares accesses with what is expected of them, field by field. All fields are judged; the first
 * that differs is explained.
 */
final class Judgement {

    private final MachineSpec spec;

    /** What the accesses that were made came to. */
    private final List<AccessBody> made;

    private int judged;
    private int agreed;
    private @Nullable DifferenceBody difference;

    Judgement(MachineSpec spec, List<AccessBody> made) {
        this.spec = spec;
        this.made = made;
    }

    PredictionBody body() {
        return new PredictionBody(judged, agreed, difference);
    }

    BriefPredictionBody brief() {
        return new BriefPredictionBody(judged, agreed, difference == null ? null : difference.at());
    }

    /** Judges what is expected of each access; of one that was not made, nothing agrees. */
    void accesses(List<Expected> expected) {
        for (int at = 0; at < expected.size(); at++) {
            Expected of = expected.get(at);
            if (at < made.size()) {
                for (Field field : of.fields()) {
                    judge(at, field, of.value(field), made.get(at));
                }
            } else if (of.count() > 0) {
                judged += of.count();
                differs(
                        new DifferenceBody(
                                at,
                                "stopped",
                                "the access is made",
                                "it is not",
                                "the signal of an access before ended the process",
                                null));
            }
        }
    }

    /** Judges what is expected of all accesses together. */
    void totals(PredictionRequest request, List<AccessResult> results, Counters counted) {
        long faults = results.stream().mapToLong(result -> result.faults().size()).sum();
        long hits =
                results.stream()
                        .filter(result -> result.op() != Op.TICK && result.faults().isEmpty())
                        .count();
        int after = request.accesses().size();
        total(after, "faults", request.faults(), faults);
        total(after, "hits", request.hits(), hits);
        total(after, "evictions", request.evictions(), counted.get(Counter.EVICTIONS));
    }

    private void total(int at, String name, @Nullable Long expected, long actual) {
        if (expected == null) {
            return;
        }
        judged++;
        if (expected == actual) {
            agreed++;
            return;
        }
        differs(
                new DifferenceBody(
                        at,
                        name,
                        String.valueOf(expected),
                        String.valueOf(actual),
                        "all accesses together come to %s %d".formatted(name, actual),
                        null));
    }

    private void differs(DifferenceBody other) {
        difference = difference == null ? other : difference;
    }

    private void judge(int at, Field field, @Nullable Object expected, AccessBody access) {
        judged++;
        if (agrees(field, expected, access)) {
            agreed++;
            return;
        }
        differs(
                new DifferenceBody(
                        at,
                        field.word(),
                        words(field, expected),
                        field == Field.VICTIM && !evicted(access).isEmpty()
                                ? words(evicted(access))
                                : words(field, actual(field, access)),
                        explanation(access),
                        access));
    }

    /** What is not there is not true either: a field that is to be false may also not be there. */
    private static boolean agrees(Field field, @Nullable Object expected, AccessBody access) {
        if (field == Field.VICTIM && expected instanceof Mapping page) {
            return evicted(access).contains(page);
        }
        Object actual = actual(field, access);
        return actual == null
                ? expected == null || expected.equals(false)
                : actual.equals(expected);
    }

    /**
     * What a field came to, or null if there is nothing; of a victim, anything that is not null.
     */
    private static @Nullable Object actual(Field field, AccessBody access) {
        AccessBody.FaultBody fault = access.fault();
        AccessBody.EvictionBody eviction = eviction(access);
        return switch (field) {
            case FAULT -> fault != null;
            case EVICTS -> eviction != null;
            case VICTIM -> eviction;
            case FRAME -> access.frame() == null ? null : BigInteger.valueOf(access.frame());
            case RESOLUTION -> fault == null ? null : fault.resolution();
            case MAJOR -> fault == null ? null : fault.major();
            case DIRTY -> eviction == null ? null : eviction.dirty();
            case WRITTEN_BACK -> eviction == null ? null : eviction.writtenBack();
            case TLB -> access.tlb();
            case VALUE -> access.value();
        };
    }

    /** The last eviction that an access led to, or null. */
    private static AccessBody.@Nullable EvictionBody eviction(AccessBody access) {
        AccessBody.EvictionBody last = null;
        for (AccessBody.FaultBody fault : access.met()) {
            last = fault.evicted() == null ? last : fault.evicted();
        }
        return last;
    }

    /** The pages that left memory for an access. */
    private static List<Mapping> evicted(AccessBody access) {
        List<Mapping> pages = new ArrayList<>();
        for (AccessBody.FaultBody fault : access.met()) {
            if (fault.evicted() != null) {
                pages.addAll(fault.evicted().mappings());
            }
        }
        return pages;
    }

    private static String words(Field field, @Nullable Object value) {
        if (value == null) {
            return field == Field.VICTIM ? "nothing leaves" : "none";
        }
        return value instanceof Mapping page
                ? words(List.of(page))
                : value instanceof AccessBody.EvictionBody
                        ? "a page of a page table"
                        : String.valueOf(value);
    }

    private static String words(List<Mapping> pages) {
        return pages.stream()
                .map(page -> "page " + page.page() + " of process " + page.pid())
                .collect(Collectors.joining(", "));
    }

    private String explanation(AccessBody access) {
        if (access.fault() == null) {
            return "page %d is in frame %d, and its entry allows the %s: no fault"
                    .formatted(access.page(), access.frame(), access.op());
        }
        String faults =
                access.met().stream()
                        .map(fault -> explanation(fault, access.page()))
                        .collect(Collectors.joining(", then "));
        List<Mapping> evicted = evicted(access);
        return evicted.isEmpty()
                ? faults + "; a frame was free, or none was needed"
                : faults
                        + "; no frame was free, and %s chose %s"
                                .formatted(spec.policy(), words(evicted));
    }

    private static String explanation(AccessBody.FaultBody fault, @Nullable Long page) {
        return "a %s fault at page %d, resolved by %s%s"
                .formatted(
                        fault.type(),
                        page,
                        fault.resolution(),
                        fault.why() == null ? "" : " (" + fault.why() + ")");
    }
}
