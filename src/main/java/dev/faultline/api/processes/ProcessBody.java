package dev.faultline.api.processes;

import dev.faultline.api.web.SignalBody;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.ForkView;
import dev.faultline.machine.protocol.ProcessView;
import dev.faultline.machine.protocol.ProgramView;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** A process on the wire. */
public record ProcessBody(
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
        @Schema(description = "What the fork that made it came to; null if none did.")
                @Nullable ForkBody fork,
        @Schema(description = "What it runs by itself; null if nothing.")
                @Nullable ProgramBody program,
        @Schema(description = "The clock of runs when it comes; null without a program.")
                @Nullable Long arrival,
        @Schema(description = "The clock when it ended; null until then or without a program.")
                @Nullable Long finishedAt,
        @Schema(description = "Its control group; null if it is in none.") @Nullable String group,
        Counters counters) {

    /** A program, and how far the process is in it. */
    record ProgramBody(
            String id,
            @Schema(description = "Accesses in it, and ticks of the clock.") long accesses,
            @Schema(description = "How many of these are made, about.") long done,
            long think) {}

    /** A fork by copy-on-write, against one that copies everything at once. */
    record ForkBody(
            @Schema(description = "Page-table entries.") long entriesDuplicated,
            @Schema(description = "Frames copied by the fork itself.") long framesCopied,
            @Schema(description = "Copies made on writes since, by parent and child.")
                    long laterCopies,
            @Schema(description = "Frames kept on writes since, as nobody else maps them.")
                    long laterReuses,
            @Schema(description = "Pages that would have been copied at once.") long eagerCopies) {

        /** The body for a fork, or null for none. */
        public static @Nullable ForkBody of(@Nullable ForkView view) {
            return view == null
                    ? null
                    : new ForkBody(
                            view.entries(),
                            view.framesCopied(),
                            view.laterCopies(),
                            view.laterReuses(),
                            view.eagerCopies());
        }
    }

    /** The body for a process as the machine shows it. */
    public static ProcessBody of(ProcessView view) {
        ProgramView program = view.program();
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
                ForkBody.of(view.fork()),
                program == null
                        ? null
                        : new ProgramBody(
                                program.id(), program.accesses(), program.done(), program.think()),
                view.arrival(),
                view.finishedAt(),
                view.group(),
                view.counters());
    }
}
