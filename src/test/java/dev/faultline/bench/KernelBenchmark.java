package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;

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
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What areas cost an access and a fault, and what a fork costs. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {

    private static final int PAGES = 10_000;
    private static final int ACCESSES = 100_000;
    private static final long PAGE = 4096;

    private static MachineSpec spec(long frames) {
        SpecValues limits =
                SpecValues.of(Limits.PROCESSES, 1 << 24)
                        .with(Limits.TABLE_BYTES, 1L << 32)
                        .with(Limits.CONTENT_BYTES, 1L << 32)
                        .with(Limits.EVENTS, 16)
                        .with(Limits.AREAS, 65_530)
                        .with(Limits.STACK_BYTES, 1 << 20)
                        .with(Limits.HANDLER_TRIES, 3);
        return MachineSpec.of(
                SpecValues.of(MachineSpec.PAGE_SIZE, PAGE)
                        .with(MachineSpec.FRAMES, frames)
                        .with(TlbSpec.ENTRIES, 64)
                        .with(TlbSpec.WAYS, 4)
                        .with(limits),
                SpecValues.of(MachineSpec.FRAMES, 1 << 20)
                        .with(SwapSpec.SLOTS, 1 << 20)
                        .with(TlbSpec.ENTRIES, 4096)
                        .with(limits));
    }

    /** A process with ten thousand pages in one area or in ten thousand. */
    @State(Scope.Benchmark)
    public static class Areas {

        /** Areas of the process. */
        @Param({"1", "10000"})
        public int areas = 1;

        private Machine roomy = new Machine(spec(16));
        private Machine cramped = new Machine(spec(16));
        private Command accesses = new Command.ClearCounters();

        /** Reads random pages, so that TLB and table both have work to do. */
        @Setup
        public void fill() {
            List<MemoryArea> made = new ArrayList<>();
            long pages = PAGES / areas;
            for (int i = 0; i < areas; i++) {
                int protection = i % 2 == 0 ? Protection.ALL : Protection.READ;
                made.add(new MemoryArea(i * pages * PAGE, pages * PAGE, protection));
            }
            Command create = new Command.CreateProcess("bench", made, OnSignal.TERMINATE);
            roomy = new Machine(spec(PAGES));
            cramped = new Machine(spec(64));
            roomy.apply(create);
            cramped.apply(create);
            SplittableRandom random = new SplittableRandom(1);
            AccessBlock block = new AccessBlock(roomy.spec(), ACCESSES);
            for (int i = 0; i < ACCESSES; i++) {
                block.add(0, random.nextInt(PAGES) * PAGE);
            }
            accesses = new Command.Access(1, block, false);
        }
    }

    /** All pages are in memory: no fault. */
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public Outcome access(Areas state) {
        return state.roomy.apply(state.accesses);
    }

    /** Nearly every access faults and evicts a page. */
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public Outcome fault(Areas state) {
        return state.cramped.apply(state.accesses);
    }

    /** A parent with resident pages. */
    @State(Scope.Benchmark)
    public static class Parent {

        /** Mapped pages. */
        @Param({"1000", "10000"})
        public int pages = 1;

        /** Whether each page holds 4096 bytes that a client stored, or nothing. */
        @Param({"false", "true"})
        public boolean stored;

        private Machine machine = new Machine(spec(16));

        /** Touches or fills every page. */
        @Setup
        public void fill() {
            machine = new Machine(spec(PAGES));
            MemoryArea area = new MemoryArea(0, pages * PAGE, Protection.ALL);
            machine.apply(new Command.CreateProcess("bench", List.of(area), OnSignal.TERMINATE));
            AccessBlock block = new AccessBlock(machine.spec(), pages);
            for (long page = 0; page < pages; page++) {
                if (stored) {
                    block.addSized(1, page * PAGE, 8, true, page);
                } else {
                    block.add(1, page * PAGE);
                }
            }
            machine.apply(new Command.Access(1, block, false));
        }
    }

    /** A fork, and the end of the child. */
    @Benchmark
    public Outcome forkAndExit(Parent state) {
        Outcome made = state.machine.apply(new Command.Fork(1));
        return made instanceof Outcome.Made(int child)
                ? state.machine.apply(new Command.Exit(child))
                : made;
    }
}
