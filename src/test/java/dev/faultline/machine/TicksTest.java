package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The clock interrupt among accesses: what exercises say it does, and that it is no access. */
class TicksTest {

    /** W1 is a write of page 1, R2 a read of page 2, T a tick. */
    private static final String NYU = "W1 R2 W3 R4 W5 T R1 W3 R6 R2 R4 T R1 W4 R6 W6 R4 T R5 W2";

    private static MachineSpec spec(SpecValues policy, int frames, SpecValues tlb) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 16)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(tlb)
                        .with(policy)
                        .with(SwapSpec.SLOTS, 1024),
                Specs.BOUNDS);
    }

    private static MachineSpec spec(SpecValues policy, int frames) {
        return spec(policy, frames, SpecValues.of(TlbSpec.ENTRIES, 8).with(TlbSpec.TAGGED, true));
    }

    private static AccessBlock block(MachineSpec spec, String string) {
        AccessBlock block = new AccessBlock(spec, 16);
        for (String each : string.split(" ", -1)) {
            if (each.equals("T")) {
                block.addTick();
            } else {
                long page = Long.parseLong(each.substring(1));
                block.add(each.charAt(0) == 'W' ? Op.WRITE : Op.READ, page * spec.pageSize());
            }
        }
        return block;
    }

    private static Outcome.Accessed apply(Machine machine, String string, boolean explain) {
        AccessBlock block = block(machine.spec(), string);
        return (Outcome.Accessed) machine.apply(new Command.Access(1, block, explain));
    }

    /**
     * New York University, Operating Systems (V22.0202-002), spring 2003, solution of homework 5,
     * problem 1: the frames, counted from 1, that the pages which fault are put in. Of aging, whose
     * counter is reset when a page leaves, it is the part before the second fault of page 6.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nru|1-1 2-2 3-3 4-4 5-2 6-4 2-2 4-2 5-1 2-2",
                "second-chance|1-1 2-2 3-3 4-4 5-1 1-2 6-4 2-1 4-3 5-4",
                "aging|1-1 2-2 3-3 4-4 5-1 1-1"
            })
    void theExerciseOfNyu(String policy, String placed) {
        SpecValues draft =
                policy.equals("aging")
                        ? SpecValues.of(PolicySpec.POLICY, "aging")
                                .with(Parameters.AGE_AT, Parameters.AgeAt.TICK)
                        : SpecValues.of(PolicySpec.POLICY, policy);
        Machine machine = Specs.withProcess(spec(draft, 4));
        AccessBlock block = block(machine.spec(), NYU);
        Outcome.Accessed outcome = apply(machine, NYU, true);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < block.count(); i++) {
            AccessResult result = outcome.results().get(i);
            if (!result.faults().isEmpty()) {
                found.add(
                        result.address() / machine.spec().pageSize() + "-" + (result.frame() + 1));
            }
        }
        List<String> published = List.of(placed.split(" ", -1));
        assertThat(policy.equals("aging") ? found.subList(0, published.size()) : found)
                .isEqualTo(published);
        assertThat(outcome.issued()).isEqualTo(17);
        assertThat(machine.counters().get(Counter.ACCESSES)).isEqualTo(17);
    }

    /**
     * Tanenbaum, "Modern Operating Systems", chapter 3, exercise: four frames, the referenced bits
     * at eight ticks, and a counter of eight bits each.
     */
    @Test
    void theExerciseOfAging() {
        Machine machine =
                Specs.withProcess(
                        spec(
                                SpecValues.of(PolicySpec.POLICY, "aging")
                                        .with(Parameters.AGE_AT, Parameters.AgeAt.TICK),
                                4));
        apply(machine, "R0 R1 R2 R3", false);
        String[] ticks = {"0111", "1011", "1010", "1101", "0010", "1010", "1100", "0001"};
        // the accesses that loaded the pages set all bits; eight ticks without any clear the ages
        apply(machine, "T T T T T T T T T", false);
        for (String bits : ticks) {
            String reads =
                    IntStream.range(0, 4)
                            .filter(page -> bits.charAt(page) == '1')
                            .mapToObj(page -> "R" + page + " ")
                            .reduce("", String::concat);
            apply(machine, reads + "T", false);
        }
        assertThat(machine.inspect().frames().replacement(0, 0, 4).frames())
                .extracting(frame -> frame.remembered())
                .containsExactly(0b01101110L, 0b01001001L, 0b00110111L, 0b10001011L);
    }

    /** What has left the table may not have a say: a tick drops the copies in every TLB. */
    @Seeds(value = 20, of = "policies")
    void countsDoNotDependOnTheTlb(String policy, long seed) {
        List<Long> counted = null;
        for (long entries : new long[] {0, 2, 8}) {
            SplittableRandom random = new SplittableRandom(seed);
            MachineSpec spec =
                    spec(
                            SpecValues.of(PolicySpec.POLICY, policy),
                            5,
                            Specs.tlb(entries).with(TlbSpec.TAGGED, true));
            Machine machine = Specs.withProcess(spec);
            long[] pages = RandomPolicies.pages(random, 300, 9);
            boolean[] writes = RandomPolicies.writes(random, 300);
            AccessBlock block = new AccessBlock(spec, 300);
            for (int i = 0; i < 300; i++) {
                RandomPolicies.add(spec, block, pages[i], writes[i]);
            }
            machine.apply(new Command.Access(1, block, false));
            List<Long> now =
                    List.of(
                            machine.counters().get(Counter.PAGE_FAULTS),
                            machine.counters().get(Counter.SWAP_OUTS),
                            machine.counters().get(Counter.ACCESSES));
            assertThat(now).as("%d entries", entries).isEqualTo(counted == null ? now : counted);
            counted = now;
        }
    }

    static Stream<String> policies() {
        return Policies.names().stream();
    }

    /** All bits are clear after a tick, of whatever kind the machine's tables are. */
    @Seeds(
            value = 200,
            ints = {1, 2})
    void clearsTheBitsOfTheWholeMachine(int processes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long pageSize = 1L << random.nextInt(7);
        MachineSpec spec = RandomSpecs.paged(random, pageSize).next();
        Machine machine = new Machine(spec);
        for (int pid = 1; pid <= processes; pid++) {
            machine.apply(Specs.process(spec));
        }
        AccessBlock block = new AccessBlock(spec, 40);
        for (int i = 0; i < 40; i++) {
            block.add(random.nextInt(2), random.nextInt(32) * pageSize);
            block.setPid(i, 1 + random.nextInt(processes));
        }
        machine.apply(new Command.Access(0, block, false));
        block.clear();
        block.addTick();
        block.setPid(0, 0);
        String before = machine.digest();
        Outcome.Accessed ticked =
                (Outcome.Accessed) machine.apply(new Command.Access(0, block, false));
        assertThat(ticked.issued()).isZero();
        assertThat(ticked.ticked()).isEqualTo(!machine.digest().equals(before));
        for (FrameView frame : machine.inspect().frames().frames(0, spec.frames())) {
            assertThat(frame.referenced()).isFalse();
        }
        Laws.check(machine);
        String after = machine.digest();
        Outcome.Accessed again =
                (Outcome.Accessed) machine.apply(new Command.Access(0, block, false));
        assertThat(again.ticked()).isEqualTo(!machine.digest().equals(after));
    }

    /** A segment's descriptor has one bit for the whole. */
    @ParameterizedTest
    @CsvSource({"RELOCATION", "SEGMENTATION"})
    void clearsTheBitOfASegment(Translation.Kind kind) {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 16)
                                .with(MachineSpec.FRAMES, 16)
                                .with(MachineSpec.ADDRESS_BITS, 12)
                                .with(Translation.KIND, kind)
                                .with(SwapSpec.SLOTS, 16),
                        Specs.BOUNDS);
        Machine machine = new Machine(spec);
        machine.apply(
                new Command.CreateProcess(
                        "one", List.of(new MemoryArea(0, 40, Protection.ALL)), OnSignal.TERMINATE));
        apply(machine, "R0 W1", false);
        assertThat(machine.inspect().frames().frames(0, 1).getFirst().referenced()).isTrue();
        assertThat(apply(machine, "T", false).ticked()).isTrue();
        assertThat(machine.inspect().frames().frames(0, 16)).noneMatch(FrameView::referenced);
        assertThat(apply(machine, "T", false).ticked()).isFalse();
        apply(machine, "R1", false);
        assertThat(machine.inspect().frames().frames(0, 1).getFirst().referenced()).isTrue();
    }

    /** It is of no process: none is switched to, no time passes, nothing is counted. */
    @Test
    void isNoAccess() {
        Machine machine = Specs.withProcess(spec(SpecValues.of(PolicySpec.POLICY, "clock"), 4));
        machine.apply(Specs.process(machine.spec()));
        apply(machine, "R0 W1", false);
        Counters before = machine.counters();
        AccessBlock block = new AccessBlock(machine.spec(), 4);
        block.addTick();
        block.addTick();
        Outcome.Accessed outcome =
                (Outcome.Accessed) machine.apply(new Command.Access(2, block, true));
        assertThat(outcome.issued()).isZero();
        assertThat(outcome.ticked()).isTrue();
        assertThat(outcome.results()).extracting(AccessResult::op).containsExactly(3, 3);
        for (Counter counter : Counter.values()) {
            assertThat(machine.counters().get(counter)).isEqualTo(before.get(counter));
        }
        assertThat(machine.inspect().frames().frames(0, 2)).noneMatch(FrameView::referenced);
    }

    /** The processors of a machine each take the interrupt: nobody has to shoot anything down. */
    @Test
    void needsNoShootdowns() {
        MachineSpec spec =
                MachineSpec.of(Specs.small("clock", 8, SpecValues.EMPTY, 2L, null), Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        AccessBlock block = new AccessBlock(spec, 4);
        for (int cpu = 0; cpu < 2; cpu++) {
            block.add(Op.READ, 64);
            block.setCpu(block.count() - 1, cpu);
        }
        block.addTick();
        block.add(Op.READ, 64);
        block.setCpu(block.count() - 1, 0);
        machine.apply(new Command.Access(1, block, false));
        assertThat(machine.counters().get(Counter.SHOOTDOWNS)).isZero();
        assertThat(machine.counters().get(Counter.TLB_MISSES)).isEqualTo(3);
        assertThat(machine.inspect().frames().frames(0, 1).getFirst().referenced()).isTrue();
    }

    /** A program's ticks come where they stand in it, and are no accesses of the run. */
    @ParameterizedTest
    @ValueSource(strings = {"clock", "nru", "aging", "second-chance", "optimal", "lru"})
    void aProgramRunsIntoThem(String policy) {
        SplittableRandom random = new SplittableRandom(policy.hashCode());
        MachineSpec spec = spec(SpecValues.of(PolicySpec.POLICY, policy), 4);
        long[] pages = RandomPolicies.pages(random, 6000, 8);
        AccessBlock block = new AccessBlock(spec, pages.length);
        for (int i = 0; i < pages.length; i++) {
            RandomPolicies.add(spec, block, i % 7 == 0 ? RandomPolicies.TICK : pages[i], false);
        }
        Machine traced = Specs.withProcess(spec);
        traced.apply(new Command.Access(1, block, false));
        for (long step : new long[] {1, 100, Long.MAX_VALUE}) {
            Machine machine = Specs.withProcess(spec);
            machine.apply(new Command.GiveProgram(1, RecordedProgram.of(block), 7));
            Outcome.Ran ran;
            long made = 0;
            do {
                ran = (Outcome.Ran) machine.apply(new Command.Run(null, step, null, 0));
                long now = machine.counters().get(Counter.ACCESSES);
                assertThat(ran.why() == Outcome.RunEnd.ACCESSES ? now - made : step)
                        .isEqualTo(step);
                made = now;
            } while (ran.why() == Outcome.RunEnd.ACCESSES);
            for (Counter counter : List.of(Counter.ACCESSES, Counter.PAGE_FAULTS, Counter.READS)) {
                assertThat(machine.counters().get(counter))
                        .as("%s in steps of %d", counter, step)
                        .isEqualTo(traced.counters().get(counter));
            }
            assertThat(machine.counters().get(Counter.THINK_TICKS)).isEqualTo(7 * made);
        }
    }

    @Test
    void packedWordsMayBeTicksWithoutAnAddress() {
        MachineSpec spec = spec(SpecValues.of(PolicySpec.POLICY, "fifo"), 4);
        long tick = 3L << 62;
        for (long bad : new long[] {tick | 1, tick | 64, 1L << 40}) {
            AccessBlock block = new AccessBlock(spec, 8);
            long[] words = {64, tick, 1L << 62 | 128, tick, bad, 64};
            int good = block.addPacked(LongBuffer.wrap(words), words.length);
            assertThat(good).isEqualTo(4);
            assertThat(Blocks.show(block))
                    .containsExactly("read 0x40", "tick 0x0", "write 0x80", "tick 0x0");
        }
    }
}
