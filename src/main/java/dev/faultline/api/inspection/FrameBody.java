package dev.faultline.api.inspection;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.Mapping;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A frame on the wire; {@code use} is null for a free one. */
public record FrameBody(
        int frame,
        String state,
        List<Mapping> mappings,
        boolean dirty,
        boolean referenced,
        @Schema(description = "Whether the frame's page may not be evicted.") boolean pinned,
        @Nullable String use) {

    /** What is shown of a view. */
    public static FrameBody of(FrameView view) {
        return new FrameBody(
                view.frame(),
                view.used() ? "used" : "free",
                view.mappings(),
                view.dirty(),
                view.referenced(),
                view.pinned(),
                view.use() == null ? null : MachineRequest.word(view.use()));
    }
}
