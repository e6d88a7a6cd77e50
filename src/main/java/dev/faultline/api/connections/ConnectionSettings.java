package dev.faultline.api.connections;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What this server gives to connections, described in docs/settings.md. What is 0 follows from the
 * size of the heap, so that the connections together never fill it.
 *
 * @param open connections open at once; 0 for one a MiB of the heap, from 64 to 4096
 * @param backlog connections that the kernel holds until they are accepted
 * @param patience how long the server waits for a client within one request and its answer, all
 *     waits added up
 * @param leastRate bytes a second: this number of bytes from or to the client gives it back a
 *     second of patience
 * @param idle how long a connection stays open without a request
 * @param readBytes bytes that are read from a connection at once, which it holds as long as it is
 *     open; 0 for a 16,384th of the heap, from 8 KiB to 128 KiB
 */
@Validated
@ConfigurationProperties("faultline.connections")
public record ConnectionSettings(
        @Min(0) @Max(1 << 20) @DefaultValue("0") int open,
        @Min(1) @Max(1 << 16) @DefaultValue("1024") int backlog,
        @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("20s") Duration patience,
        @Min(1) @Max(1 << 30) @DefaultValue("500") int leastRate,
        @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("60s") Duration idle,
        @Min(0) @Max(1 << 24) @DefaultValue("0") int readBytes) {

    /** Raises {@link IllegalArgumentException} for times that no client could keep. */
    public ConnectionSettings {
        if (patience.toSeconds() < 1 || idle.toSeconds() < 1) {
            throw new IllegalArgumentException("patience and idle are at least one second");
        }
    }

    /** The settings as they are in force, with a heap of {@code heapBytes}. */
    public ConnectionSettings resolved(long heapBytes) {
        return new ConnectionSettings(
                open > 0 ? open : Math.clamp(heapBytes >> 20, 64, 4096),
                backlog,
                patience,
                leastRate,
                idle,
                readBytes > 0 ? readBytes : Math.clamp(heapBytes >> 14, 1 << 13, 1 << 17));
    }
}
