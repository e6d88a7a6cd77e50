package dev.faultline.api.machines;

import dev.faultline.api.web.ApiException;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.PolicySpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

/** The replacement policy. */
public record ReplacementRequest(
        @Schema(
                        allowableValues = {
                            "fifo",
                            "lifo",
                            "second-chance",
                            "clock",
                            "enhanced-clock",
                            "lru",
                            "mru",
                            "lfu",
                            "mfu",
                            "nru",
                            "aging",
                            "random",
                            "working-set",
                            "wsclock",
                            "sieve",
                            "optimal",
                            "pff",
                            "2q",
                            "arc",
                            "car",
                            "lirs",
                            "clock-pro",
                            "s3-fifo",
                            "lru-k",
                            "two-list",
                            "mglru"
                        })
                @Nullable String policy,
        @Schema(
                        allowableValues = {"global", "local"},
                        description =
                                "Whether the page that leaves may be any, or is one of the process"
                                        + " that asks.")
                @Nullable String scope,
        @Schema(
                        allowableValues = {"fixed", "proportional", "dynamic"},
                        description =
                                "The frames of a process where the scope is local: frameShare or an"
                                        + " equal share; by the size of its areas; by its faults.")
                @Nullable String allotment,
        @Schema(description = "The frames of each process; 0 for an equal share of all.")
                @Nullable Long frameShare,
        @Schema(
                        allowableValues = {"textbook", "stallings", "ostep", "nyu-lab3", "linux"},
                        description = "The values that hold for what is left out here.")
                @Nullable String dialect,
        @Schema(
                        allowableValues = {"load", "frame"},
                        description = "Whether fifo goes by loading or round the frame numbers.")
                @Nullable String order,
        @Schema(
                        allowableValues = {"start", "hand"},
                        description = "Where scans of nru and aging begin: frame 0, or the hand.")
                @Nullable String scan,
        @Schema(description = "Whether the access that loads a page sets its referenced bit.")
                @Nullable Boolean referencedOnLoad,
        @Schema(description = "The frame at which a hand begins.") @Nullable Long handStart,
        @Schema(description = "Whether a hand goes past each frame that is filled.")
                @Nullable Boolean handPassesFilled,
        @Schema(
                        allowableValues = {"frame", "oldest", "youngest"},
                        description =
                                "Which of equals leaves by optimal: the lowest frame, or the page"
                                        + " loaded first or last.")
                @Nullable String ties,
        @Schema(description = "Instructions that a page stays in the working set.")
                @Nullable Long tau,
        @Schema(description = "Instructions between clearings of all referenced bits, by nru.")
                @Nullable Long clearEvery,
        @Schema(description = "Bits of an age.", minimum = "1", maximum = "32") @Nullable Long bits,
        @Schema(
                        allowableValues = {"choice", "tick"},
                        description =
                                "Whether aging shifts its ages at each choice, or at each tick of the"
                                        + " clock among the accesses.")
                @Nullable String ageAt,
        @Schema(description = "Uses that lru-k looks back.", minimum = "1", maximum = "8")
                @Nullable Long k,
        @Schema(description = "Uses within which lru-k takes two of a page for one.")
                @Nullable Long correlated,
        @Schema(description = "Accesses after which lfu and mfu halve their counts; 0 for never.")
                @Nullable Long halveEvery,
        @Schema(
                        implementation = Long.class,
                        nullable = true,
                        description =
                                "Pages that have left and are remembered by 2q, lirs and lru-k, in"
                                        + " hundredths of the frames; null lets lirs remember"
                                        + " without bound.",
                        minimum = "1",
                        maximum = "2000")
                @Nullable JsonNode remembered,
        @Schema(
                        description = "Hundredths of the frames for 2q's first queue.",
                        minimum = "1",
                        maximum = "100")
                @Nullable Long firstIn,
        @Schema(description = "Whether a page that comes back soon to two-list is active at once.")
                @Nullable Boolean refaults) {

    /** What is written out for the pages remembered: a number, or null for no bound. */
    private static long written(JsonNode remembered) {
        if (remembered.isNull()) {
            return PolicyDraft.UNBOUNDED;
        }
        if (!remembered.isIntegralNumber() || !remembered.canConvertToInt()) {
            throw ApiException.badField(
                    "/replacement/remembered", "must be a whole number from 1 to 2000, or null");
        }
        return remembered.intValue();
    }

    public PolicyDraft over(PolicyDraft under) {
        return new PolicyDraft(
                MachineRequest.over(policy, under.policy()),
                MachineRequest.over(dialect, under.dialect()),
                MachineRequest.word(
                        "/replacement/order", order, PolicyDraft.Order.values(), under.order()),
                MachineRequest.word(
                        "/replacement/scan", scan, PolicyDraft.Scan.values(), under.scan()),
                MachineRequest.over(referencedOnLoad, under.referencedOnLoad()),
                MachineRequest.over(handStart, under.handStart()),
                MachineRequest.over(handPassesFilled, under.handPassesFilled()),
                MachineRequest.word(
                        "/replacement/ties", ties, PolicyDraft.Ties.values(), under.ties()),
                MachineRequest.over(tau, under.tau()),
                MachineRequest.over(clearEvery, under.clearEvery()),
                MachineRequest.over(bits, under.bits()),
                MachineRequest.word(
                        "/replacement/ageAt", ageAt, PolicyDraft.AgeAt.values(), under.ageAt()),
                MachineRequest.over(k, under.k()),
                MachineRequest.over(correlated, under.correlated()),
                MachineRequest.over(halveEvery, under.halveEvery()),
                remembered == null ? under.remembered() : Long.valueOf(written(remembered)),
                MachineRequest.over(firstIn, under.firstIn()),
                MachineRequest.over(refaults, under.refaults()),
                MachineRequest.word(
                        "/replacement/scope", scope, PolicyDraft.Scope.values(), under.scope()),
                MachineRequest.word(
                        "/replacement/allotment",
                        allotment,
                        PolicySpec.Allotment.values(),
                        under.allotment()),
                MachineRequest.over(frameShare, under.frameShare()),
                under.numbers());
    }
}
