package dev.faultline.api.processes;

import dev.faultline.machine.protocol.TimesView;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** When a process with a program came, ran and ended, in ticks of the clock of runs. */
record TimesBody(
        int pid,
        long arrival,
        @Schema(description = "When its first turn began; null before that.")
                @Nullable Long firstRun,
        @Schema(description = "When it ended; null before that.") @Nullable Long completion,
        @Schema(description = "completion - arrival.") @Nullable Long turnaround,
        @Schema(description = "turnaround - cpuTicks - diskTicks.") @Nullable Long waiting,
        @Schema(description = "firstRun - arrival.") @Nullable Long response,
        @Schema(description = "That it ran, switches to it not counted.") long cpuTicks,
        @Schema(description = "That the disk worked for it while it waited.") long diskTicks) {

    /** Means over the processes that have a value; null if none has. */
    record MeansBody(
            @Nullable Double arrival,
            @Nullable Double firstRun,
            @Nullable Double completion,
            @Nullable Double turnaround,
            @Nullable Double waiting,
            @Nullable Double response,
            @Nullable Double cpuTicks,
            @Nullable Double diskTicks) {

        static MeansBody of(List<TimesBody> rows) {
            return new MeansBody(
                    mean(rows, TimesBody::arrival),
                    mean(rows, TimesBody::firstRun),
                    mean(rows, TimesBody::completion),
                    mean(rows, TimesBody::turnaround),
                    mean(rows, TimesBody::waiting),
                    mean(rows, TimesBody::response),
                    mean(rows, TimesBody::cpuTicks),
                    mean(rows, TimesBody::diskTicks));
        }

        private static @Nullable Double mean(
                List<TimesBody> rows, Function<TimesBody, @Nullable Long> value) {
            List<Long> values = rows.stream().map(value).filter(Objects::nonNull).toList();
            return values.isEmpty()
                    ? null
                    : values.stream().mapToLong(Long::longValue).average().orElseThrow();
        }
    }

    static TimesBody of(TimesView view) {
        return new TimesBody(
                view.pid(),
                view.arrival(),
                view.firstRun(),
                view.completion(),
                view.turnaround(),
                view.waiting(),
                view.response(),
                view.cpuTicks(),
                view.diskTicks());
    }
}
