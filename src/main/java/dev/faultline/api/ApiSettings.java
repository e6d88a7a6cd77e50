package dev.faultline.api;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.time.Duration;

/**
 * What the HTTP side of this server allows, all of it described in docs/settings.md.
 *
 * @param bodyBytes bytes of a request body, traces excepted
 * @param batchAccesses accesses of one batch
 * @param foreseenAccesses accesses of a trace that has to be known before it runs
 * @param sweepAccesses accesses of all combinations of a sweep, or of a curve, that an answer is
 *     waited for; what is longer goes on behind it
 * @param sweepCombinations combinations of a sweep
 * @param curveAccesses accesses that are held for a curve that has to know the whole trace
 * @param eventStreams event streams open at once
 * @param idempotencyBytes bytes of answers kept for repeated Idempotency-Keys
 * @param idempotencyRetention how long an answer is kept for a repeated Idempotency-Key
 */
@Validated
@ConfigurationProperties("faultline.api")
record ApiSettings(
        @Min(1024) @DefaultValue("16777216") long bodyBytes,
        @Min(10_000) @Max(1_000_000) @DefaultValue("20000") int batchAccesses,
        @Min(1) @Max(100_000_000) @DefaultValue("4000000") int foreseenAccesses,
        @Min(0) @DefaultValue("20000000") long sweepAccesses,
        @Min(1) @Max(100_000) @DefaultValue("2048") int sweepCombinations,
        @Min(1) @Max(1 << 30) @DefaultValue("100000000") int curveAccesses,
        @Min(0) @DefaultValue("64") int eventStreams,
        @Min(0) @DefaultValue("67108864") long idempotencyBytes,
        @DefaultValue("24h") Duration idempotencyRetention) {}
