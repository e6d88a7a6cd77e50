package dev.faultline.hosting;

import dev.faultline.history.History;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much is kept of what happened to machines, described in docs/settings.md.
 *
 * @param bytes host memory that one machine's history may take, about
 * @param versions versions of one machine that are kept beside the present one
 * @param importBytes bytes of an export that is read, once it is unpacked
 * @param importAccesses accesses and ticks that an export may have happen again
 */
@Validated
@ConfigurationProperties("faultline.history")
public record HistorySettings(
        @Min(0) @DefaultValue("67108864") long bytes,
        @Min(0) @DefaultValue("250000") int versions,
        @Min(1) @DefaultValue("268435456") long importBytes,
        @Min(1) @DefaultValue("1000000000") long importAccesses) {

    History.Bounds bounds() {
        return new History.Bounds(bytes, versions);
    }
}
