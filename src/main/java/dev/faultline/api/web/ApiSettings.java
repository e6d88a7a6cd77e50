package dev.faultline.api.web;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.time.Duration;

/**
 * What the HTTP side of this server allows, all of it described in docs/settings.md.
 *
 * @param bodyBytes bytes of a request body, traces excepted; 0 for 16 MiB, or a 64th of the heap if
 *     that is less
 * @param bodiesBytes bytes of the bodies of all requests under way together; 0 for a 32nd of the
 *     heap
 * @param unpackedRatio bytes that each byte of a packed body may become, once there are 256 MiB
 * @param batchAccesses accesses of one batch
 * @param foreseenAccesses accesses of a trace that has to be known before it runs
 * @param sweepAccesses accesses of all combinations of a sweep, or of a curve, that an answer is
 *     waited for; what is longer goes on behind it
 * @param sweepCombinations combinations of a sweep
 * @param curveAccesses accesses that are held for a curve that has to know the whole trace
 * @param eventStreams event streams open at once
 * @param idempotencyBytes bytes of answers kept for repeated Idempotency-Keys; 0 for 64 MiB, or a
 *     16th of the heap if that is less
 * @param idempotencyRetention how long an answer is kept for a repeated Idempotency-Key
 */
@Validated
@ConfigurationProperties("faultline.api")
public record ApiSettings(
        @Min(0) @DefaultValue("0") long bodyBytes,
        @Min(0) @DefaultValue("0") long bodiesBytes,
        @Min(1) @DefaultValue("1000") int unpackedRatio,
        @Min(10_000) @Max(1_000_000) @DefaultValue("20000") int batchAccesses,
        @Min(1) @Max(100_000_000) @DefaultValue("4000000") int foreseenAccesses,
        @Min(0) @DefaultValue("20000000") long sweepAccesses,
        @Min(1) @Max(100_000) @DefaultValue("2048") int sweepCombinations,
        @Min(1) @Max(1 << 30) @DefaultValue("100000000") int curveAccesses,
        @Min(0) @DefaultValue("64") int eventStreams,
        @Min(0) @DefaultValue("0") long idempotencyBytes,
        @DefaultValue("24h") Duration idempotencyRetention) {

    private static final long MOST_BODY_BYTES = 1 << 24;
    private static final long MOST_ANSWER_BYTES = 1 << 26;

    /** Bytes that a body may have, with a heap of {@code heapBytes}. */
    long bodyBytes(long heapBytes) {
        return bodyBytes > 0 ? bodyBytes : Math.min(MOST_BODY_BYTES, heapBytes / 64);
    }

    /** Bytes of the bodies of all requests under way, with a heap of {@code heapBytes}. */
    long bodiesBytes(long heapBytes) {
        return bodiesBytes > 0 ? bodiesBytes : Math.max(bodyBytes(heapBytes), heapBytes / 32);
    }

    /** Bytes of answers that are kept, with a heap of {@code heapBytes}. */
    long idempotencyBytes(long heapBytes) {
        return idempotencyBytes > 0
                ? idempotencyBytes
                : Math.min(MOST_ANSWER_BYTES, heapBytes / 16);
    }
}
