package dev.faultline.api.machines;

import dev.faultline.machine.spec.PagingSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** Which processes with programs are kept out of memory. */
record LoadControlRequest(
        @Schema(
                        allowableValues = {"none", "working-set", "page-fault-frequency"},
                        description = "How it is known that memory is too small for all.")
                @Nullable String kind,
        @Schema(
                        description =
                                "Accesses: of a process, in its working set; of all, between"
                                        + " two looks at how often they fault.",
                        minimum = "1")
                @Nullable Long window,
        @Schema(
                        description = "Faults in 1000 accesses above which one has to go.",
                        minimum = "1",
                        maximum = "1000")
                @Nullable Integer high,
        @Schema(
                        description = "Faults in 1000 accesses below which one comes back.",
                        minimum = "0",
                        maximum = "1000")
                @Nullable Integer low,
        @Schema(description = "Ticks after which who is out changes places.", minimum = "1")
                @Nullable Long patience) {

    PagingSpec.LoadControl over(PagingSpec.LoadControl base) {
        return new PagingSpec.LoadControl(
                kind == null
                        ? base.kind()
                        : MachineRequest.word(
                                "/scheduler/loadControl/kind",
                                kind,
                                PagingSpec.LoadControl.Kind.values()),
                MachineRequest.or(window, base.window()),
                MachineRequest.or(high, base.high()),
                MachineRequest.or(low, base.low()),
                MachineRequest.or(patience, base.patience()));
    }
}
