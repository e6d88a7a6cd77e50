package dev.faultline.api;

import dev.faultline.machine.Counters;
import dev.faultline.machine.Inspector.ProcessView;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** A process on the wire. */
record ProcessBody(
        int pid,
        @Nullable String name,
        @Nullable Integer parent,
        String state,
        @Nullable SignalBody signal,
        String onSignal,
        long residentPages,
        long swappedPages,
        long pageTableBytes,
        @Schema(description = "Bytes of its areas, as they were asked for.") long areaBytes,
        @Schema(description = "Bytes of the pages of its areas; the rest is internal waste.")
                long areaBytesInPages,
        Counters counters) {

    static ProcessBody of(ProcessView view) {
        return new ProcessBody(
                view.pid(),
                view.name().isEmpty() ? null : view.name(),
                view.parent() == 0 ? null : view.parent(),
                view.state().name().toLowerCase(Locale.ROOT),
                SignalBody.of(view.signal()),
                view.onSignal().name().toLowerCase(Locale.ROOT),
                view.residentPages(),
                view.swappedPages(),
                view.pageTableBytes(),
                view.areaBytes(),
                view.areaBytesInPages(),
                view.counters());
    }
}
