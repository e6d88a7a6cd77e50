package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.RecordedProgram;
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

import java.util.concurrent.TimeUnit;

/**
 * Ten million references of a real program as one command, and as the programs of eight processes
 * that take turns on two processors, a piece of it each: the same number of references and of
 * frames a process.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 6, time = 1)
public class RunBenchmark {

    private static final int REFERENCES = 10_000_000;
    private static final int PROCESSES = 8;
    private static final int FRAMES = 256;
    private static final int SLOTS = 1 << 16;
    private static final Command.Run TO_THE_END = new Command.Run(null, null, null, 0);

    @Param({"clock", "lru"})
    public String policy = "";

    /** The references in one block, and in eight programs. */
    private AccessBlock all = new AccessBlock(spec("fifo", 1, 1), 1);

    private final Program[] programs = new Program[PROCESSES];

    private static MachineSpec spec(String policy, int frames, int cpus) {
        return BenchMachines.spec(policy, BenchMachines.HIERARCHICAL, frames, SLOTS, cpus);
    }

    /** Cuts the trace into pieces. */
    @Setup
    public void load() throws Exception {
        long[] trace = LongTrace.load();
        MachineSpec spec = spec(policy, FRAMES, 1);
        all = BenchMachines.block(spec, trace, 0, REFERENCES);
        int piece = REFERENCES / PROCESSES;
        for (int i = 0; i < PROCESSES; i++) {
            programs[i] = RecordedProgram.of(BenchMachines.block(spec, trace, i * piece, piece));
        }
    }

    /** One process, one command. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public Machine bulk() {
        Machine machine = BenchMachines.withProcesses(spec(policy, FRAMES, 1), 1);
        machine.apply(new Command.Access(1, all, false));
        return machine;
    }

    /** Eight processes that take turns. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public Machine turns() {
        MachineSpec spec = spec(policy, PROCESSES * FRAMES, 2);
        Machine machine = BenchMachines.withProcesses(spec, PROCESSES);
        for (int pid = 1; pid <= PROCESSES; pid++) {
            machine.apply(new Command.GiveProgram(pid, programs[pid - 1], 0));
        }
        machine.apply(TO_THE_END);
        return machine;
    }
}
