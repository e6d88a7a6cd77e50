package dev.faultline.quotas;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.util.Map;

/**
 * How much each owner may have and do whose tenant has no limits of its own, described in
 * docs/settings.md. Without keys there are no such limits.
 */
@Validated
@ConfigurationProperties("faultline.quotas")
public record QuotaSettings(
        @Min(0) @DefaultValue("20") long machines,
        @Min(0) @DefaultValue("536870912") long machineBytes,
        @Min(0) @DefaultValue("1073741824") long storedBytes,
        @Min(0) @DefaultValue("4") long operations,
        @Min(0) @DefaultValue("8") long streams,
        @Min(0) @DefaultValue("600") long requestsPerMinute,
        @Min(0) @DefaultValue("200000000") long accessesPerMinute,
        @Min(0) @DefaultValue("60") long gradingsPerHour) {

    Limits limits() {
        return new Limits(
                Map.of(
                        Quota.MACHINES,
                        machines,
                        Quota.MACHINE_BYTES,
                        machineBytes,
                        Quota.STORED_BYTES,
                        storedBytes,
                        Quota.OPERATIONS,
                        operations,
                        Quota.STREAMS,
                        streams,
                        Quota.REQUESTS_PER_MINUTE,
                        requestsPerMinute,
                        Quota.ACCESSES_PER_MINUTE,
                        accessesPerMinute,
                        Quota.GRADINGS_PER_HOUR,
                        gradingsPerHour));
    }
}
