package dev.faultline.hosting;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Long work that goes on behind an answer, described in docs/settings.md.
 *
 * @param running operations that are under way at once
 * @param kept operations that are remembered with their results; the oldest finished one goes first
 * @param workers threads that all operations share; 0 for one a core
 * @param quickAccesses work of at most this number of accesses, which takes milliseconds, has
 *     threads of its own
 */
@Validated
@ConfigurationProperties("faultline.operations")
public record OperationSettings(
        @Min(1) @Max(1000) @DefaultValue("16") int running,
        @Min(1) @Max(100_000) @DefaultValue("50") int kept,
        @Min(0) @Max(1000) @DefaultValue("0") int workers,
        @Min(0) @Max(1_000_000_000) @DefaultValue("200000") long quickAccesses) {}
