package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.spec.MachineSpec;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Every policy with the whole machine around it, and the same policy in the bare loop, which counts
 * the same, over ten million references of a real program in 256 frames: in blocks, but for the
 * optimal policy, which is to know all that comes and has to find that out first.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class PolicyBenchmark {

    private static final int REFERENCES = 10_000_000;
    private static final int BLOCK = 8192;
    private static final int FRAMES = 256;
    private static final int SLOTS = 8192;

    @Param({
        "fifo",
        "lifo",
        "second-chance",
        "clock",
        "enhanced-clock",
        "lru",
        "mru",
        "lfu",
        "mfu",
        "nru",
        "aging",
        "random",
        "working-set",
        "wsclock",
        "sieve",
        "pff",
        "2q",
        "arc",
        "car",
        "lirs",
        "clock-pro",
        "s3-fifo",
        "lru-k",
        "two-list",
        "mglru",
        "optimal"
    })
    public String policy = "";

    @Param({"machine", "bare"})
    public String what = "";

    private final List<Runnable> blocks = new ArrayList<>();

    /** Packs the trace into blocks. */
    @Setup
    public void load() throws Exception {
        MachineSpec spec = BenchMachines.spec(policy, BenchMachines.HIERARCHICAL, FRAMES, SLOTS);
        Machine machine = BenchMachines.withProcesses(spec, 1);
        BareLoop bare = new BareLoop(policy, true, FRAMES, SLOTS);
        long[] trace = LongTrace.load();
        int length = Policies.entry(policy).is(PolicyEntry.Trait.NEEDS_FUTURE) ? REFERENCES : BLOCK;
        for (int from = 0; from < REFERENCES; from += length) {
            long[] words = Arrays.copyOfRange(trace, from, Math.min(REFERENCES, from + length));
            AccessBlock block = BenchMachines.block(spec, words, 0, words.length);
            Command command = new Command.Access(1, block, false);
            blocks.add(
                    what.equals("bare")
                            ? () -> runBare(bare, words)
                            : () -> machine.apply(command));
        }
    }

    private static void runBare(BareLoop bare, long[] words) {
        bare.foresee(words);
        bare.run(words, words.length);
    }

    /** The whole trace. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public void run() {
        blocks.forEach(Runnable::run);
    }
}
