package dev.faultline.api.keys;

import dev.faultline.quotas.Limits;
import dev.faultline.quotas.Quota;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;

/** Limits that are wished for; what is left out has its default. */
record QuotasRequest(
        @Schema(description = "Machines at once.") @Min(0) @Max(MOST) @Nullable Long machines,
        @Schema(description = "Bytes of memory that machines, histories and work hold, about.")
                @Min(0)
                @Max(MOST)
                @Nullable Long machineBytes,
        @Schema(description = "Bytes of the stored traces.") @Min(0) @Max(MOST)
                @Nullable Long storedBytes,
        @Schema(description = "Operations that run.") @Min(0) @Max(MOST) @Nullable Long operations,
        @Schema(description = "Event streams at once.") @Min(0) @Max(MOST) @Nullable Long streams,
        @Schema(description = "Requests within a minute.") @Min(0) @Max(MOST_A_MINUTE)
                @Nullable Long requestsPerMinute,
        @Schema(description = "Accesses within a minute.") @Min(0) @Max(MOST_A_MINUTE)
                @Nullable Long accessesPerMinute,
        @Schema(description = "Gradings of attempts within an hour.") @Min(0) @Max(MOST_A_MINUTE)
                @Nullable Long gradingsPerHour) {

    private static final long MOST = 1L << 53;

    /** An account's library counts no more than one a nanosecond. */
    private static final long MOST_A_MINUTE = 10_000_000_000L;

    Limits limits() {
        Map<Quota, Long> most = new EnumMap<>(Quota.class);
        put(most, Quota.MACHINES, machines);
        put(most, Quota.MACHINE_BYTES, machineBytes);
        put(most, Quota.STORED_BYTES, storedBytes);
        put(most, Quota.OPERATIONS, operations);
        put(most, Quota.STREAMS, streams);
        put(most, Quota.REQUESTS_PER_MINUTE, requestsPerMinute);
        put(most, Quota.ACCESSES_PER_MINUTE, accessesPerMinute);
        put(most, Quota.GRADINGS_PER_HOUR, gradingsPerHour);
        return new Limits(most);
    }

    private static void put(Map<Quota, Long> most, Quota quota, @Nullable Long limit) {
        if (limit != null) {
            most.put(quota, limit);
        }
    }
}
