package dev.faultline.api.inspection;

import dev.faultline.machine.protocol.PageView;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** A page on the wire. */
public record PageBody(
        long page,
        String state,
        @Nullable Integer frame,
        boolean valid,
        boolean writable,
        boolean dirty,
        boolean referenced,
        boolean cow,
        @Nullable Integer swapSlot) {

    /** What is shown of a view. */
    public static PageBody of(PageView view) {
        return new PageBody(
                view.page(),
                view.state().name().toLowerCase(Locale.ROOT),
                view.frame(),
                view.valid(),
                view.writable(),
                view.dirty(),
                view.referenced(),
                view.cow(),
                view.swapSlot());
    }
}
