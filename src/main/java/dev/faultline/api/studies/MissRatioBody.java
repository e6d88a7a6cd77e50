package dev.faultline.api.studies;

import dev.faultline.analysis.SampledFaults;
import dev.faultline.trace.StoredTrace;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.IntStream;

/** The faults of a trace over numbers of frames. */
record MissRatioBody(
        String trace,
        String policy,
        long pageSize,
        long accesses,
        @Schema(description = "Different pages; null if only a sample of them was seen.")
                @Nullable Integer pages,
        @Schema(description = "The share of the pages that was sampled; null if exact.")
                @Nullable Double rate,
        List<MissRatioPoint> points) {

    /** One number of frames. */
    record MissRatioPoint(
            int frames,
            @Schema(description = "Faults; of a sample, the estimate.") long faults,
            double missRatio,
            @Schema(description = "The standard error of the miss ratio; null if exact.")
                    @Nullable Double standardError) {}

    /** The exact curve: {@code faults} has the faults for each number of {@code frames}. */
    static MissRatioBody of(
            StoredTrace trace,
            String policy,
            long pageSize,
            long accesses,
            int pages,
            int[] frames,
            long[] faults) {
        List<MissRatioPoint> points =
                IntStream.range(0, frames.length)
                        .mapToObj(
                                i ->
                                        new MissRatioPoint(
                                                frames[i],
                                                faults[i],
                                                accesses == 0 ? 0 : (double) faults[i] / accesses,
                                                null))
                        .toList();
        return new MissRatioBody(trace.id(), policy, pageSize, accesses, pages, null, points);
    }

    /** The curve of LRU as a sample of the pages has it, with its errors. */
    static MissRatioBody of(
            StoredTrace trace, long pageSize, int[] frames, double rate, SampledFaults sample) {
        List<MissRatioPoint> points =
                IntStream.range(0, frames.length)
                        .mapToObj(
                                i ->
                                        new MissRatioPoint(
                                                frames[i],
                                                Math.round(sample.missRatio(i) * sample.accesses()),
                                                sample.missRatio(i),
                                                sample.standardError(i)))
                        .toList();
        return new MissRatioBody(
                trace.id(), "lru", pageSize, sample.accesses(), null, rate, points);
    }
}
