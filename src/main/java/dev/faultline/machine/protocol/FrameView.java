package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A frame; dirty and referenced are true if any entry, or one that was removed, says so. */
public record FrameView(
        int frame,
        boolean used,
        List<Mapping> mappings,
        boolean dirty,
        boolean referenced,
        boolean pinned,
        @Nullable FrameUse use) {}
