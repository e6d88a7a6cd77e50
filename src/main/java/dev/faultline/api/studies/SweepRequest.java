package dev.faultline.api.studies;

import dev.faultline.api.accesses.InlineAccess;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.BodyPart;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.TlbSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;

/** A trace, and the machines that it is to be run through: every combination of what is listed. */
record SweepRequest(
        @Schema(description = "A stored trace; or give pages, or accesses.") @Nullable String trace,
        @Schema(description = "Numbers of pages of the machine's, each read once.")
                @Size(max = InlineAccess.MOST, message = "must have at most 1000000 pages")
                @Nullable
                        List<
                                @NotNull(message = "must not be null")
                                @Min(value = 0, message = "must be at least 0") Long>
                        pages,
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
    SpecValues base() {
        return machine == null ? SpecValues.EMPTY : machine.common("/machine");
    }

    /** How many machines there are. */
    long combinations() {
        return size(policies) * size(frames) * size(tlbs);
    }

    private static long size(@Nullable List<?> list) {
        return list == null ? 1 : list.size();
    }

    /** The machines of every combination, policies outermost and TLBs innermost. */
    List<MachineSpec> machines(SpecValues base, JsonMapper mapper, SpecValues bounds) {
        List<Long> sizes = frames == null ? List.of(base.or(MachineSpec.FRAMES)) : frames;
        List<SpecValues> allPolicies = policies(base, mapper);
        List<SpecValues> allTlbs = tlbs(base, mapper);
        List<MachineSpec> all = new ArrayList<>();
        for (int p = 0; p < allPolicies.size(); p++) {
            for (int f = 0; f < sizes.size(); f++) {
                for (int t = 0; t < allTlbs.size(); t++) {
                    SpecValues values =
                            base.without(PolicySpec.SECTION)
                                    .without(TlbSpec.SECTION)
                                    .without(TlbSpec.SECOND_LEVEL)
                                    .with(MachineSpec.FRAMES, sizes.get(f))
                                    .with(allPolicies.get(p))
                                    .with(allTlbs.get(t));
                    Place place = new Place(p, f, t);
                    all.add(BodyPart.read(place::of, () -> MachineSpec.of(values, bounds)));
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

    /** A policy that is named stands alone; one with values is laid over the machine's. */
    private List<SpecValues> policies(SpecValues base, JsonMapper mapper) {
        SpecValues under = base.only(PolicySpec.SECTION);
        if (policies == null) {
            return List.of(under);
        }
        List<SpecValues> all = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            JsonNode node = policies.get(i);
            String pointer = "/policies/" + i;
            if (node.isString()) {
                all.add(SpecValues.of(PolicySpec.POLICY, node.stringValue()));
            } else if (node.isNull()) {
                throw ApiException.badField(pointer, "must not be null");
            } else {
                all.add(under.with(MachineRequest.part(PolicySpec.SECTION, pointer, node, mapper)));
            }
        }
        return all;
    }

    private List<SpecValues> tlbs(SpecValues base, JsonMapper mapper) {
        if (tlbs == null) {
            return List.of(base.only(TlbSpec.SECTION, TlbSpec.SECOND_LEVEL));
        }
        List<SpecValues> all = new ArrayList<>();
        for (int i = 0; i < tlbs.size(); i++) {
            JsonNode node = tlbs.get(i);
            all.add(
                    node == null || node.isNull()
                            ? SpecValues.EMPTY.withNo(TlbSpec.SECTION)
                            : MachineRequest.part(TlbSpec.SECTION, "/tlbs/" + i, node, mapper));
        }
        return all;
    }
}
