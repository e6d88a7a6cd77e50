package dev.faultline.api;

import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.MemoryArea;
import dev.faultline.machine.Protection;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** An area on the wire. */
record AreaBody(
        String start,
        @Schema(description = "Bytes asked for.") long length,
        @Schema(description = "Bytes of the whole pages it takes; the rest is internal waste.")
                long bytesInPages,
        String protection,
        String kind,
        String sharing,
        @Schema(description = "Of the shared memory.") @Nullable String name) {

    static AreaBody of(MemoryArea area, MachineSpec spec) {
        return new AreaBody(
                Address.format(area.start()),
                area.length(),
                area.bytesInPages(spec.pageSize()),
                Protection.format(area.protection()),
                MachineRequest.word(area.kind()),
                area.name() == null ? "private" : "shared",
                area.name());
    }
}
