package dev.faultline.api.machines;

import dev.faultline.machine.spec.PagingSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** Frames that are kept free and pages that are kept clean, in the background. */
record ReclaimRequest(
        @Schema(description = "Free frames that only the kernel gets.", minimum = "0")
                @Nullable Integer min,
        @Schema(description = "Fewer free frames wake the page daemon.", minimum = "0")
                @Nullable Integer low,
        @Schema(description = "Free frames at which it sleeps; 0: no daemon.", minimum = "0")
                @Nullable Integer high,
        @Schema(description = "Its writes that are under way at once.", minimum = "1")
                @Nullable Integer inFlight,
        @Schema(
                        description = "Percent of the frames: above it dirty pages are cleaned.",
                        minimum = "0",
                        maximum = "100")
                @Nullable Integer dirtyBackground,
        @Schema(
                        description = "Percent of the frames: above it a writer cleans pages.",
                        minimum = "0",
                        maximum = "100")
                @Nullable Integer dirtyLimit) {

    PagingSpec over(PagingSpec base) {
        PagingSpec.Watermarks marks = base.watermarks();
        return new PagingSpec(
                new PagingSpec.Watermarks(
                        MachineRequest.or(min, marks.min()),
                        MachineRequest.or(low, marks.low()),
                        MachineRequest.or(high, marks.high())),
                MachineRequest.or(inFlight, base.inFlight()),
                MachineRequest.or(dirtyBackground, base.dirtyBackground()),
                MachineRequest.or(dirtyLimit, base.dirtyLimit()),
                base.readAhead(),
                base.loadControl());
    }
}
