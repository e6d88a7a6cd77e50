package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

/**
 * LRU's faults, estimated from a sample of the pages (Waldspurger, Park, Garthwaite, Ahmad,
 * "Efficient MRC construction with SHARDS", FAST 2015). Only pages whose hash is below the rate are
 * followed, and their distances are scaled up by it. If the sample has more or fewer accesses than
 * its share, the difference is added to the smallest distance (SHARDS-adj).
 *
 * <p>There are several independent samples: the estimate is their mean, with its standard error.
 */
public final class SampledFaults {

    /** The number of independent samples. */
    public static final int SAMPLES = 8;

    private final double[][] missRatios;
    private final int[] frames;
    private long sampled;
    private long accesses;

    private SampledFaults(int[] frames) {
        this.frames = frames;
        missRatios = new double[SAMPLES][];
    }

    /**
     * Estimates for these numbers of frames, given in ascending order.
     *
     * @param rate the share of the pages that each sample follows, above 0 and up to 1
     * @throws java.util.concurrent.CancellationException if {@code progress} says so
     */
    public static SampledFaults of(
            StoredTrace trace, long pageSize, int[] frames, double rate, Progress progress) {
        SampledFaults result = new SampledFaults(frames);
        long threshold = Math.max(1, Math.round(rate * PageString.HASHES));
        for (int sample = 0; sample < SAMPLES; sample++) {
            PageString string = new PageString(trace, pageSize, threshold, sample);
            ReuseDistances distances = ReuseDistances.of(string, progress);
            result.accesses = string.length();
            result.sampled += distances.accesses();
            result.missRatios[sample] =
                    result.ratios(distances, (double) threshold / PageString.HASHES);
        }
        return result;
    }

    private double[] ratios(ReuseDistances distances, double share) {
        double expected = accesses * share;
        double[] ratios = new double[frames.length];
        for (int i = 0; i < frames.length; i++) {
            int scaled = (int) Math.min(Integer.MAX_VALUE, Math.round(frames[i] * share));
            double misses = distances.faults(scaled);
            // what the sample lacks, or has too much, is taken for hits of the smallest distance
            ratios[i] = expected == 0 ? 0 : Math.clamp(misses / expected, 0, 1);
        }
        return ratios;
    }

    /** The number of accesses of the trace. */
    public long accesses() {
        return accesses;
    }

    /** The number of accesses that all samples followed together. */
    public long sampled() {
        return sampled;
    }

    /** The estimated share of accesses that fault with the i-th number of frames, 0 to 1. */
    public double missRatio(int i) {
        double sum = 0;
        for (double[] ratios : missRatios) {
            sum += ratios[i];
        }
        return sum / SAMPLES;
    }

    /** The standard error of {@link #missRatio}. */
    public double standardError(int i) {
        double mean = missRatio(i);
        double squares = 0;
        for (double[] ratios : missRatios) {
            double off = ratios[i] - mean;
            squares += off * off;
        }
        return Math.sqrt(squares / (SAMPLES - 1) / SAMPLES);
    }
}
