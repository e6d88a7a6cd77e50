package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A frame. {@code dirty} and {@code referenced} are true if any entry that maps it, or mapped its
 * page before, has the bit set.
 */
public record FrameView(
        int frame,
        boolean used,
        List<Mapping> mappings,
        boolean dirty,
        boolean referenced,
        boolean pinned,
        @Nullable FrameUse use) {}
