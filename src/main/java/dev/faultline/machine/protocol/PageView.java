package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/** A page-table entry; {@code frame} and {@code swapSlot} are null where there is none. */
public record PageView(
        long page,
        PageState state,
        @Nullable Integer frame,
        boolean valid,
        boolean writable,
        boolean dirty,
        boolean referenced,
        boolean cow,
        @Nullable Integer swapSlot) {}
