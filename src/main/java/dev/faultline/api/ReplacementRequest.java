package dev.faultline.api;

import dev.faultline.machine.PolicyDraft;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** The replacement policy. */
record ReplacementRequest(
        @Schema(
                        allowableValues = {
                            "fifo",
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
                            "optimal"
                        })
                @Nullable String policy,
        @Schema(allowableValues = {"global"}) @Nullable String scope,
        @Schema(
                        allowableValues = {"textbook", "nyu-lab3"},
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
        @Schema(description = "Instructions that a page stays in the working set.")
                @Nullable Long tau,
        @Schema(description = "Instructions between clearings of all referenced bits, by nru.")
                @Nullable Long clearEvery,
        @Schema(description = "Bits of an age.", minimum = "1", maximum = "32")
                @Nullable Long bits) {

    PolicyDraft over(PolicyDraft under) {
        return new PolicyDraft(
                MachineRequest.over(policy, under.policy()),
                MachineRequest.over(dialect, under.dialect()),
                MachineRequest.word(
                        "/replacement/order", order, PolicyDraft.Order.values(), under.order()),
                MachineRequest.word(
                        "/replacement/scan", scan, PolicyDraft.Scan.values(), under.scan()),
                MachineRequest.over(tau, under.tau()),
                MachineRequest.over(clearEvery, under.clearEvery()),
                MachineRequest.over(bits, under.bits()),
                under.numbers());
    }
}
