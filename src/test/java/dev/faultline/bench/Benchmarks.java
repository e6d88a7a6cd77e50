package dev.faultline.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks of the machine and its kernel, or those that an argument names, with the
 * bytes that each operation allocates.
 */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) throws RunnerException {
        new Runner(
                        new OptionsBuilder()
                                .include(
                                        args.length > 0
                                                ? args[0]
                                                : "(Machine|Scheme|Policy|Run|Kernel)Benchmark")
                                .addProfiler(GCProfiler.class)
                                .build())
                .run();
    }
}
