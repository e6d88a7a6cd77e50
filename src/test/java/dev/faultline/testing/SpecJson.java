package dev.faultline.testing;

import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Locale;

/** Writes a spec as the body that makes such a machine over HTTP, with every field in it. */
public final class SpecJson {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private SpecJson() {}

    /** The body of {@code POST /v1/machines}, without an id. */
    public static ObjectNode of(MachineSpec spec) {
        ObjectNode body = MAPPER.createObjectNode();
        body.put("seed", spec.seed());
        body.put("pageSize", spec.pageSize());
        body.put("frames", spec.frames());
        body.put("addressBits", spec.addressBits());
        body.set("translation", translation(spec.translation()));
        body.set("tlb", spec.tlb().entries() == 0 ? MAPPER.nullNode() : tlb(spec.tlb()));
        body.set("replacement", replacement(spec.replacement()));
        body.putObject("random").set("numbers", tree(spec.replacement().get(Parameters.NUMBERS)));
        body.set("swap", swap(spec.swap()));
        body.putObject("disk").put("blockSize", spec.blockSize());
        body.put("cpus", spec.cpus());
        PagingSpec paging = spec.paging();
        ObjectNode scheduler = body.putObject("scheduler");
        scheduler.put("quantum", spec.quantum());
        PagingSpec.LoadControl control = paging.loadControl();
        scheduler
                .putObject("loadControl")
                .put("kind", word(control.kind()))
                .put("window", control.window())
                .put("high", control.high())
                .put("low", control.low())
                .put("patience", control.patience());
        body.putObject("reclaim")
                .put("min", paging.watermarks().min())
                .put("low", paging.watermarks().low())
                .put("high", paging.watermarks().high())
                .put("inFlight", paging.inFlight())
                .put("dirtyBackground", paging.dirtyBackground())
                .put("dirtyLimit", paging.dirtyLimit());
        body.set("readAhead", tree(paging.readAhead()));
        body.set("costs", tree(spec.costs()));
        body.set("limits", tree(spec.limits()));
        return body;
    }

    /** The word on the wire for a value. */
    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static ObjectNode translation(Translation translation) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("kind", word(translation.kind()));
        if (!translation.levels().isEmpty()) {
            node.set("levels", tree(translation.levels()));
        }
        node.put("memory", word(translation.memory()));
        if (translation.buckets() > 0) {
            node.put("buckets", translation.buckets());
        }
        if (translation.layout() != null) {
            node.put("layout", word(translation.layout()));
        }
        if (translation.kind().hasSegments()) {
            node.put("segmentBits", translation.segmentBits());
        }
        if (translation.isContiguous()) {
            node.put("placement", word(translation.fit()));
            node.put("compaction", translation.compaction());
        }
        return node;
    }

    private static ObjectNode level(TlbSpec tlb) {
        return MAPPER.createObjectNode()
                .put("entries", tlb.entries())
                .put("ways", tlb.ways())
                .put("replacement", word(tlb.replacement()));
    }

    private static ObjectNode tlb(TlbSpec tlb) {
        ObjectNode node = level(tlb);
        node.put("management", word(tlb.management()));
        node.put("tagged", tlb.tagged());
        node.put("split", tlb.split());
        TlbSpec second = tlb.second();
        if (second != null) {
            node.set("secondLevel", level(second));
        }
        if (tlb.asidBits() > 0) {
            node.put("asidBits", tlb.asidBits());
        }
        node.put("walkCache", tlb.walkCache());
        node.put("global", tlb.global());
        node.put("invalidation", word(tlb.invalidation()));
        return node;
    }

    private static ObjectNode replacement(PolicySpec policy) {
        return MAPPER.createObjectNode()
                .put("policy", policy.policy())
                .put("scope", policy.isLocal() ? "local" : "global")
                .put("allotment", word(policy.get(Parameters.ALLOTMENT)))
                .put("frameShare", policy.count(Parameters.FRAME_SHARE))
                .put("dialect", policy.dialect())
                .put(
                        "order",
                        policy.get(Parameters.ORDER) == Parameters.Order.FRAME ? "frame" : "load")
                .put("scan", policy.get(Parameters.SCAN) == Parameters.Scan.HAND ? "hand" : "start")
                .put("referencedOnLoad", policy.get(Parameters.REFERENCED_ON_LOAD))
                .put("handStart", policy.count(Parameters.HAND_START))
                .put("handPassesFilled", policy.get(Parameters.HAND_PASSES_FILLED))
                .put("ties", word(policy.get(Parameters.TIES)))
                .put("tau", policy.get(Parameters.TAU))
                .put("clearEvery", policy.get(Parameters.CLEAR_EVERY))
                .put("bits", policy.count(Parameters.BITS))
                .put(
                        "ageAt",
                        policy.get(Parameters.AGE_AT) == Parameters.AgeAt.TICK ? "tick" : "choice")
                .put("k", policy.count(Parameters.K))
                .put("correlated", policy.get(Parameters.CORRELATED))
                .put("halveEvery", policy.get(Parameters.HALVE_EVERY))
                .put(
                        "remembered",
                        policy.get(Parameters.REMEMBERED) == Parameters.UNBOUNDED
                                ? null
                                : Integer.valueOf(policy.count(Parameters.REMEMBERED)))
                .put("firstIn", policy.count(Parameters.FIRST_IN))
                .put("refaults", policy.get(Parameters.REFAULTS))
                .put("moveAfter", policy.count(Parameters.MOVE_AFTER));
    }

    private static ObjectNode swap(SwapSpec swap) {
        return MAPPER.createObjectNode()
                .put("slots", swap.slots())
                .put("reservation", word(swap.reservation()))
                .put("overcommit", word(swap.overcommit()))
                .put("overcommitRatio", swap.overcommitRatio())
                .put("spareFrame", swap.spareFrame())
                .put("outOfMemory", word(swap.outOfMemory()));
    }
}
