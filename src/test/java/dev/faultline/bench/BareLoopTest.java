package dev.faultline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Is the comparison fair: does the bare loop count all that the machine counts? */
@Tag("slow")
class BareLoopTest {

    private static final int FRAMES = 40;
    private static final int SLOTS = 400;

    @ParameterizedTest
    @CsvSource({
        "clock,true,0",
        "lru,true,0",
        "fifo,true,0",
        "clock,false,0",
        "lru,false,0",
        "fifo,false,0",
        "clock,false,16",
        "lru,false,64"
    })
    void countsTheSame(String policy, boolean hierarchical, int buckets) {
        SpecValues translation =
                buckets > 0
                        ? SpecValues.of(Translation.KIND, Translation.Kind.HASHED)
                                .with(Translation.BUCKETS, buckets)
                        : hierarchical
                                ? BenchMachines.HIERARCHICAL
                                : SpecValues.of(Translation.KIND, Translation.Kind.LINEAR);
        MachineSpec spec = BenchMachines.spec(policy, translation, FRAMES, SLOTS);
        long[] words = words(50_000);
        Machine machine = BenchMachines.withProcesses(spec, 1);
        AccessBlock block = BenchMachines.block(spec, words, 0, words.length);
        machine.apply(new Command.Access(1, block, false));
        BareLoop bare = new BareLoop(policy, hierarchical, buckets, FRAMES, SLOTS);
        bare.foresee(words);
        bare.run(words, words.length);

        Map<Counter, Long> counted = bare.counters(Costs.DEFAULT);
        for (Counter counter : Counter.values()) {
            assertThat(counted.getOrDefault(counter, 0L))
                    .as(counter.key())
                    .isEqualTo(machine.counters().get(counter));
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void countsTheSameUnderEveryPolicy(String policy) {
        countsTheSame(policy, true, 0);
    }

    static Stream<String> policies() {
        return Policies.names().stream();
    }

    @Test
    void countsTheSameSegments() {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 4096)
                                .with(MachineSpec.FRAMES, 64)
                                .with(MachineSpec.ADDRESS_BITS, 18)
                                .with(Translation.KIND, Translation.Kind.SEGMENTATION)
                                .with(Translation.SEGMENT_BITS, 2)
                                .withNo(TlbSpec.SECTION)
                                .with(PolicySpec.POLICY, "fifo")
                                .with(SwapSpec.SLOTS, SLOTS)
                                .with(MachineSpec.BLOCK_SIZE, 4096),
                        SpecValues.EMPTY);
        long[] words = words(50_000);
        Arrays.setAll(words, i -> words[i] & (3L << 62 | (1L << 18) - 1));
        Machine machine = new Machine(spec);
        machine.apply(
                new Command.CreateProcess(
                        "test",
                        IntStream.range(0, 4)
                                .mapToObj(i -> new MemoryArea(i << 16, 1 << 16, Protection.ALL))
                                .toList(),
                        OnSignal.TERMINATE));
        AccessBlock block = BenchMachines.block(spec, words, 0, words.length);
        machine.apply(new Command.Access(1, block, false));
        BareSegments bare = new BareSegments(18, 2, 1 << 16);
        bare.run(words, words.length);
        Counters counters = machine.counters();
        assertThat(bare.counts())
                .containsExactly(
                        counters.get(Counter.READS),
                        counters.get(Counter.WRITES),
                        counters.get(Counter.EXECUTES),
                        counters.get(Counter.WALK_REFERENCES));
    }

    /** References that move slowly through 200 pages far apart, two in five of them writes. */
    private static long[] words(int count) {
        SplittableRandom random = new SplittableRandom(11);
        long[] words = new long[count];
        long page = 0;
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) == 0) {
                page = random.nextInt(200) * (random.nextBoolean() ? 1L : 4097L);
            }
            long op = List.of(0L, 0L, 1L, 1L, 2L).get(random.nextInt(5));
            words[i] = op << 62 | page << 12 | random.nextInt(4096);
        }
        return words;
    }
}
