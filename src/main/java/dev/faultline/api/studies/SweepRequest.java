package dev.faultline.api.studies;

import dev.faultline.api.accesses.InlineAccess;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.machines.ReplacementRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.TlbDraft;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;

/** A trace, and the machines that it is to be run through: every combination of what is listed. */
record SweepRequest(
        @Schema(description = "A stored trace; or give pages, or accesses.") @Nullable String trace,
        @Schema(description = "Page numbers, each read once.")
                @Size(max = InlineAccess.MOST, message = "must have at most 1000000 pages")
                @Nullable List<@NotNull(message = "must not be null") Long> pages,
        @Size(max = InlineAccess.MOST, message = "must have at most 1000000 accesses")
                @Nullable List<@Valid @NotNull(message = "must not be null") InlineAccess> accesses,
        @Schema(description = "What all machines have in common.") @Valid
                @Nullable MachineRequest machine,
        @Schema(description = "Names, or policies with values; the machine's own if left out.")
                @Size(min = 1, max = MOST_LISTED, message = "must have 1 to 100 policies")
                @Nullable List<@NotNull(message = "must not be null") JsonNode> policies,
        @Schema(description = "The machine's own frames if left out.")
                @Size(min = 1, max = MOST_SIZES, message = "must have 1 to 1000 numbers")
                @Nullable List<@NotNull(message = "must not be null") Long> frames,
        @Schema(description = "TLBs, null for none; the machine's own if left out.")
                @Size(min = 1, max = MOST_LISTED, message = "must have 1 to 100 TLBs")
                @Nullable List<@Nullable JsonNode> tlbs) {

    static final int MOST_LISTED = 100;
    static final int MOST_SIZES = 1000;

    /** What all machines have in common, before anything is varied. */
    SpecDraft base(JsonMapper mapper) {
        return machine == null
                ? MachineRequest.EMPTY.draft(null, mapper)
                : machine.common("/machine", mapper);
    }

    /** How many machines there are. */
    long combinations() {
        return size(policies) * size(frames) * size(tlbs);
    }

    private static long size(@Nullable List<?> list) {
        return list == null ? 1 : list.size();
    }

    /** The machines of every combination, policies outermost and TLBs innermost. */
    List<MachineSpec> machines(SpecDraft base, JsonMapper mapper, SpecDraft.Bounds bounds) {
        long own = base.frames() == null ? SpecDraft.DEFAULT_FRAMES : base.frames();
        List<Long> sizes = frames == null ? List.of(own) : frames;
        List<PolicyDraft> policyDrafts = policyDrafts(base.policy(), mapper);
        List<TlbDraft> tlbDrafts = tlbDrafts(base.tlb(), mapper);
        List<MachineSpec> all = new ArrayList<>();
        for (int p = 0; p < policyDrafts.size(); p++) {
            for (int f = 0; f < sizes.size(); f++) {
                for (int t = 0; t < tlbDrafts.size(); t++) {
                    SpecDraft draft =
                            base.with(sizes.get(f), tlbDrafts.get(t), policyDrafts.get(p));
                    Place place = new Place(p, f, t);
                    all.add(BodyPart.read(place::of, () -> draft.resolve(bounds)));
                }
            }
        }
        return all;
    }

    /** Where the fields of one combination stand in the body: in a list, or in the machine. */
    private final class Place {

        private final int policy;
        private final int size;
        private final int tlb;

        Place(int policy, int size, int tlb) {
            this.policy = policy;
            this.size = size;
            this.tlb = tlb;
        }

        String of(String pointer) {
            if (policies != null && pointer.startsWith("/replacement")) {
                JsonNode own = policies.get(policy);
                String field = pointer.substring("/replacement".length());
                if (own.isString() || !own.at(field).isMissingNode()) {
                    return "/policies/" + policy + (own.isString() ? "" : field);
                }
            }
            if (tlbs != null && pointer.startsWith("/tlb")) {
                return "/tlbs/" + tlb + pointer.substring("/tlb".length());
            }
            return frames != null && pointer.equals("/frames")
                    ? "/frames/" + size
                    : "/machine" + pointer;
        }
    }

    private List<PolicyDraft> policyDrafts(PolicyDraft under, JsonMapper mapper) {
        if (policies == null) {
            return List.of(under);
        }
        List<PolicyDraft> drafts = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            JsonNode node = policies.get(i);
            if (node.isString()) {
                drafts.add(PolicyDraft.of(node.stringValue()).withNumbers(under.numbers()));
            } else {
                drafts.add(policy("/policies/" + i, node, under, mapper));
            }
        }
        return drafts;
    }

    private static PolicyDraft policy(
            String pointer, JsonNode node, PolicyDraft under, JsonMapper mapper) {
        if (node.isNull()) {
            throw ApiException.badField(pointer, "must not be null");
        }
        try {
            ReplacementRequest policy = mapper.treeToValue(node, ReplacementRequest.class);
            return BodyPart.read(
                    at -> at.replaceFirst("^/replacement", pointer), () -> policy.over(under));
        } catch (JacksonException e) {
            throw JsonErrors.of(pointer, e);
        }
    }

    private List<TlbDraft> tlbDrafts(TlbDraft under, JsonMapper mapper) {
        if (tlbs == null) {
            return List.of(under);
        }
        List<TlbDraft> drafts = new ArrayList<>();
        for (int i = 0; i < tlbs.size(); i++) {
            JsonNode node = tlbs.get(i);
            drafts.add(
                    node == null
                            ? new TlbDraft(0L, null, null, null)
                            : MachineRequest.tlbDraft(node, "/tlbs/" + i, TlbDraft.EMPTY, mapper));
        }
        return drafts;
    }
}
