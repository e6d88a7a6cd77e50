package dev.faultline.api.machines;

import dev.faultline.machine.spec.PagingSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** Pages that are read before they are asked for. */
record ReadAheadRequest(
        @Schema(description = "Pages of the store that a fault brings in.", minimum = "1")
                @Nullable Integer swap,
        @Schema(description = "Pages of a file that a fault brings in.", minimum = "1")
                @Nullable Integer file,
        @Schema(description = "Pages brought in at a stride seen twice; 0: none.", minimum = "0")
                @Nullable Integer stride) {

    PagingSpec.ReadAhead over(PagingSpec.ReadAhead base) {
        return new PagingSpec.ReadAhead(
                MachineRequest.or(swap, base.swap()),
                MachineRequest.or(file, base.file()),
                MachineRequest.or(stride, base.stride()));
    }
}
