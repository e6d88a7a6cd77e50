package dev.faultline.api.keys;

import dev.faultline.quotas.Limits;
import dev.faultline.quotas.Quota;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/** Something of each quota. */
record QuotasBody(
        @Schema(description = "Machines at once.") @Nullable Long machines,
        @Schema(
                        description =
                                "Bytes of the server's memory that machines, their histories and"
                                        + " work on them hold, about.")
                @Nullable Long machineBytes,
        @Schema(description = "Bytes of the stored traces, each of which counts whole.")
                @Nullable Long storedBytes,
        @Schema(description = "Operations that run.") @Nullable Long operations,
        @Schema(description = "Event streams at once.") @Nullable Long streams,
        @Schema(description = "Requests within a minute.") @Nullable Long requestsPerMinute,
        @Schema(
                        description =
                                "Accesses within a minute, those of sweeps, curves and the like"
                                        + " too.")
                @Nullable Long accessesPerMinute,
        @Schema(description = "Gradings of attempts within an hour.")
                @Nullable Long gradingsPerHour) {

    static QuotasBody of(Limits limits) {
        return of(limits::of);
    }

    static QuotasBody of(Function<Quota, @Nullable Long> of) {
        return new QuotasBody(
                of.apply(Quota.MACHINES),
                of.apply(Quota.MACHINE_BYTES),
                of.apply(Quota.STORED_BYTES),
                of.apply(Quota.OPERATIONS),
                of.apply(Quota.STREAMS),
                of.apply(Quota.REQUESTS_PER_MINUTE),
                of.apply(Quota.ACCESSES_PER_MINUTE),
                of.apply(Quota.GRADINGS_PER_HOUR));
    }
}
