package dev.faultline.analysis;

import dev.faultline.trace.StoredTrace;

/**
 * LRU's faults estimated from a sample of the pages (Waldspurger, Park, Garthwaite, Ahmad,
 * "Efficient MRC construction with SHARDS", FAST 2015): only the pages whose hash is below a share
 * of all hashes are followed, a distance among them stands for one that is larger by the share, and
 * what the sample has more or fewer accesses than its share is added to the smallest distance
 * (SHARDS-adj).
 *
 * <p>The error is estimated from independent samples of the same size: the estimate is their mean,
 * and the standard error that of a mean.
 */
public final class SampledFaults {

    /** Independent samples. */
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
     * Estimates at numbers of frames in rising order.
     *
     * @param rate the share of the pages that each sample follows, above 0 and up to 1
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

    /** All accesses of the trace. */
    public long accesses() {
        return accesses;
    }

    /** The accesses that all samples followed together. */
    public long sampled() {
        return sampled;
    }

    /** The estimated share of accesses that fault, at the i-th number of frames. */
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
