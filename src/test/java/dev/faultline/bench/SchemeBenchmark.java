package dev.faultline.bench;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
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
import java.util.stream.IntStream;

/**
 * Every way of translating, under Clock, beside the bare loop of {@link MachineBenchmark} with a
 * hierarchical table and one TLB; chained tables beside a loop with one; and segmentation beside
 * {@link BareSegments}, where the trace's addresses are folded into four segments of 1 MiB.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 6, time = 1)
public class SchemeBenchmark {

    private static final int REFERENCES = 10_000_000;
    private static final int BLOCK = 8192;
    private static final int FRAMES = 256;
    private static final int SLOTS = 8192;
    private static final int FOLDED_BITS = 22;
    private static final int SEGMENT_BITS = 2;

    /** What differs from a hierarchical table and one TLB of 16 sets and 4 ways. */
    @Param({
        "bare-loop",
        "hierarchical",
        "linear",
        "hashed",
        "inverted",
        "segmented-paging",
        "software",
        "second-level",
        "split",
        "bare-hashed",
        "bare-segments",
        "segmentation"
    })
    public String scheme = "";

    private final List<Runnable> blocks = new ArrayList<>();

    private boolean isFolded() {
        return scheme.equals("bare-segments") || scheme.equals("segmentation");
    }

    private static MachineSpec segments() {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, 1 << FOLDED_BITS - 12)
                        .with(MachineSpec.ADDRESS_BITS, FOLDED_BITS)
                        .with(Translation.KIND, Translation.Kind.SEGMENTATION)
                        .with(Translation.SEGMENT_BITS, SEGMENT_BITS)
                        .withNo(TlbSpec.SECTION)
                        .with(PolicySpec.POLICY, "fifo")
                        .with(SwapSpec.SLOTS, SLOTS)
                        .with(MachineSpec.BLOCK_SIZE, 4096),
                SpecValues.EMPTY);
    }

    private static List<MemoryArea> areas(MachineSpec spec) {
        long segment = 1L << spec.addressBits() - spec.translation().segmentBits();
        int count = spec.translation().isContiguous() ? 1 << SEGMENT_BITS : 1;
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                new MemoryArea(
                                        i * segment,
                                        count == 1 ? 1L << spec.addressBits() : segment,
                                        Protection.ALL))
                .toList();
    }

    private MachineSpec spec() {
        if (isFolded()) {
            return segments();
        }
        SpecValues translation =
                switch (scheme) {
                    case "linear" -> SpecValues.of(Translation.KIND, Translation.Kind.LINEAR);
                    case "hashed" -> chained(Translation.Kind.HASHED);
                    case "inverted" -> chained(Translation.Kind.INVERTED);
                    case "segmented-paging" ->
                            SpecValues.of(Translation.KIND, Translation.Kind.SEGMENTED_PAGING)
                                    .with(Translation.SEGMENT_BITS, 4);
                    default -> BenchMachines.HIERARCHICAL;
                };
        TlbSpec.Management management =
                scheme.equals("software")
                        ? TlbSpec.Management.SOFTWARE
                        : TlbSpec.Management.HARDWARE;
        SpecValues second =
                scheme.equals("second-level")
                        ? SpecValues.of(TlbSpec.SECOND_ENTRIES, 256).with(TlbSpec.SECOND_WAYS, 4)
                        : SpecValues.EMPTY;
        boolean split = scheme.equals("split");
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, FRAMES)
                        .with(MachineSpec.ADDRESS_BITS, 48)
                        .with(translation)
                        .with(TlbSpec.ENTRIES, 64)
                        .with(TlbSpec.WAYS, 4)
                        .with(TlbSpec.MANAGEMENT, management)
                        .with(TlbSpec.SPLIT, split)
                        .with(second)
                        .with(PolicySpec.POLICY, "clock")
                        .with(SwapSpec.SLOTS, SLOTS)
                        .with(MachineSpec.BLOCK_SIZE, 4096),
                SpecValues.EMPTY);
    }

    private static SpecValues chained(Translation.Kind kind) {
        return SpecValues.of(Translation.KIND, kind).with(Translation.BUCKETS, FRAMES);
    }

    /** Packs the trace into blocks for the machine, or for the loop. */
    @Setup
    public void load() throws Exception {
        MachineSpec spec = spec();
        Machine machine = new Machine(spec);
        machine.apply(new Command.CreateProcess("bench", areas(spec), OnSignal.TERMINATE));
        BareLoop bare = new BareLoop("clock", true, FRAMES, SLOTS);
        BareLoop hashed = new BareLoop("clock", false, FRAMES, FRAMES, SLOTS);
        BareSegments folded =
                new BareSegments(FOLDED_BITS, SEGMENT_BITS, 1L << FOLDED_BITS - SEGMENT_BITS);
        long[] trace = LongTrace.load();
        for (int from = 0; from < REFERENCES; from += BLOCK) {
            long[] words = Arrays.copyOfRange(trace, from, Math.min(REFERENCES, from + BLOCK));
            if (isFolded()) {
                Arrays.setAll(words, i -> words[i] & (3L << 62 | (1L << FOLDED_BITS) - 1));
            }
            AccessBlock block = BenchMachines.block(spec, words, 0, words.length);
            Command command = new Command.Access(1, block, false);
            blocks.add(
                    switch (scheme) {
                        case "bare-loop" -> () -> bare.run(words, words.length);
                        case "bare-hashed" -> () -> hashed.run(words, words.length);
                        case "bare-segments" -> () -> folded.run(words, words.length);
                        default -> () -> machine.apply(command);
                    });
        }
    }

    /** The whole trace. */
    @Benchmark
    @OperationsPerInvocation(REFERENCES)
    public void run() {
        blocks.forEach(Runnable::run);
    }
}
