package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

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

/** The whole machine against a bare loop that does the same work, over ten million references. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MachineBenchmark {

    private static final int REFERENCES = 10_000_000;
    private static final int BLOCK = 8192;
    private static final int FRAMES = 256;
    private static final int SLOTS = 8192;

    /** The replacement policy. */
    @Param({"clock", "lru", "fifo"})
    public String policy = "";

    /** The kind of page table, over 48-bit addresses. */
    @Param({"hierarchical", "linear"})
    public String table = "";

    private final List<Command> commands = new ArrayList<>();
    private final List<long[]> blocks = new ArrayList<>();
    private Machine machine = new Machine(spec("clock", false));
    private BareLoop bare = new BareLoop("clock", true, FRAMES, SLOTS);

    private static MachineSpec spec(String policy, boolean linear) {
        SpecValues translation =
                linear
                        ? SpecValues.of(Translation.KIND, Translation.Kind.LINEAR)
                        : BenchMachines.HIERARCHICAL;
        return BenchMachines.spec(policy, translation, FRAMES, SLOTS);
    }

    /** Packs the trace into blocks, and warms neither side. */
    @Setup
    public void load() throws Exception {
        boolean linear = table.equals("linear");
        MachineSpec spec = spec(policy, linear);
        long[] trace = LongTrace.load();
        for (int from = 0; from < REFERENCES; from += BLOCK) {
            long[] words = Arrays.copyOfRange(trace, from, Math.min(REFERENCES, from + BLOCK));
            AccessBlock block = BenchMachines.block(spec, words, 0, words.length);
            blocks.add(words);
            commands.add(new Command.Access(1, block, false));
        }
        machine = BenchMachines.withProcesses(spec, 1);
        bare = new BareLoop(policy, !linear, FRAMES, SLOTS);
    }

    /** The machine, by the commands that users' traces become. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public Outcome machine() {
        Outcome last = new Outcome.Done();
        for (Command command : commands) {
            last = machine.apply(command);
        }
        return last;
    }

    /** The same work, by hand. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public BareLoop bareLoop() {
        for (long[] block : blocks) {
            bare.run(block, block.length);
        }
        return bare;
    }
}
