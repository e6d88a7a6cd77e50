package dev.faultline.machine;

import static dev.faultline.machine.Schedules.checkTime;
import static dev.faultline.machine.Schedules.costs;
import static dev.faultline.machine.Schedules.finished;
import static dev.faultline.machine.Schedules.machine;
import static dev.faultline.machine.Schedules.program;
import static dev.faultline.machine.Schedules.programs;
import static dev.faultline.machine.Schedules.run;
import static dev.faultline.machine.Schedules.same;
import static dev.faultline.machine.Schedules.spec;
import static dev.faultline.machine.Schedules.turns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Programs that take turns: closed forms and laws. */
class SchedulerTest {

    /** Bursts of 24, 3 and 3 with a quantum of 4: Silberschatz's example of round robin. */
    @Test
    void theTextbooksRoundRobin() {
        // a walk of a linear table is one reference: an access that is not a hit costs two
        MachineSpec spec = spec(8, 4, 1, costs(1, 0, 0));
        Machine machine = machine(spec, 0, same(1, 23), same(1, 2), same(1, 2));
        long walk = 1;
        Outcome.Ran ran = run(machine);
        assertThat(ran.why()).isEqualTo(Outcome.RunEnd.DONE);
        assertThat(machine.counters().get(Counter.WALK_REFERENCES)).isEqualTo(3 * 2 * walk);
        long faults = 3;
        assertThat(ran.schedule().ticks())
                .isEqualTo(27 + machine.counters().get(Counter.WALK_REFERENCES));
        assertThat(faults).isEqualTo(machine.counters().get(Counter.PAGE_FAULTS));
        assertThat(ran.finished()).containsExactly(2, 3, 1);
        // 23 accesses and two walks are 25 ticks, 2 accesses and two walks are 4: a turn each
        assertThat(finished(machine, 2)).isEqualTo(8);
        assertThat(finished(machine, 3)).isEqualTo(12);
        assertThat(finished(machine, 1)).isEqualTo(33);
        assertThat(ran.schedule().idleTicks()).isZero();
    }

    /** One process alone waits for each transfer: nothing overlaps. */
    @Test
    void aloneTheDiskIsWaitedFor() {
        MachineSpec spec = spec(1, 1000, 1, costs(1, 100, 0));
        Machine machine = machine(spec, 0, new int[] {-1, -2, 1, 2});
        Outcome.Ran ran = run(machine);
        // page 1 goes out for 2; 2 goes out and 1 comes in; 1 leaves clean, and 2 comes in
        assertThat(ran.schedule().diskTicks()).isEqualTo(100 + 200 + 100);
        assertThat(ran.schedule().idleTicks()).isEqualTo(400); // it ends when the disk is done
        assertThat(ran.schedule().ticks())
                .isEqualTo(ran.schedule().cpuTicks() + ran.schedule().idleTicks());
    }

    /** While one waits another runs; the disk serves in order (one server, fixed service). */
    @Test
    void theDiskWorksMeanwhile() {
        MachineSpec spec = spec(64, 1000, 1, costs(1, 0, 0));
        Machine warm = machine(spec, 0, same(1, 300));
        long alone = run(warm).schedule().ticks();
        SpecValues slow = costs(1, 100, 0);
        MachineSpec two = spec(2, 1_000_000, 1, slow);
        Machine machine = machine(two, 0, new int[] {-1, -2, -3, 1, 1}, same(5, 300));
        Outcome.Ran ran = run(machine);
        assertThat(ran.schedule().ticks()).isLessThan(alone + 700);
        assertThat(ran.schedule().diskTicks()).isPositive();
        checkTime(two, ran.schedule());
    }

    /** The rest of a program is the future that the optimal policy knows. */
    @Seeds(60)
    void optimalKnowsTheProgram(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = spec("optimal", 2L + random.nextInt(8), 1000, 1, costs(1, 9, 0));
        int[] pages = programs(random, 1)[0];
        long[] numbers = Arrays.stream(pages).mapToLong(Math::abs).toArray();
        boolean[] writes = new boolean[pages.length];
        for (int i = 0; i < pages.length; i++) {
            writes[i] = pages[i] < 0;
        }
        List<Long> expected =
                PolicyOracle.evictions(spec.replacement(), spec.frames(), numbers, writes);
        Machine machine = machine(spec, 0, pages);
        machine.apply(new Command.Run(null, (long) random.nextInt(100), null, 0));
        machine = Machine.restore(spec, machine.save(), machine.programs());
        run(machine);
        assertThat(machine.counters().get(Counter.EVICTIONS)).isEqualTo(expected.size());
    }

    /** A run with nothing to do leaves the machine as it is. */
    @Test
    void aRunWithNothingToDoChangesNothing() {
        MachineSpec spec = spec(4, 50, 2, costs(1, 80, 1));
        Machine machine = machine(spec, 3, new int[] {-1, -2, -3, -4, -5, 1}, same(2, 30));
        List<Command.Run> runs =
                List.of(
                        new Command.Run(null, null, null, 0),
                        new Command.Run(100L, null, null, 0),
                        new Command.Run(null, 5L, null, 0));
        assertThat(run(machine).changed()).isTrue();
        machine.apply(Specs.process(spec));
        Specs.readPages(machine, 3, 1, 2, 3, 4, 5, 6, 7); // the disk's clock goes on
        String digest = machine.digest();
        for (Command.Run nothing : runs) {
            Outcome.Ran ran = (Outcome.Ran) machine.apply(nothing);
            assertThat(ran.why()).isEqualTo(Outcome.RunEnd.DONE);
            assertThat(ran.changed()).isFalse();
            assertThat(ran.schedule().ticks()).isZero();
            assertThat(machine.digest()).isEqualTo(digest);
        }
        machine.apply(new Command.GiveProgram(3, program(spec, 1, 2), 0, 1L << 30));
        digest = machine.digest();
        for (Command.Run nothing :
                List.of(
                        new Command.Run(0L, null, null, 0),
                        new Command.Run(null, 0L, null, 0),
                        new Command.Run(null, null, Counter.PAGE_FAULTS, 1))) {
            assertThat(((Outcome.Ran) machine.apply(nothing)).changed()).isFalse();
            assertThat(machine.digest()).isEqualTo(digest);
        }
        Outcome.Ran waits = (Outcome.Ran) machine.apply(new Command.Run(100L, null, null, 0));
        assertThat(waits.changed()).isTrue();
        assertThat(waits.schedule().idleTicks()).isEqualTo(200);
    }

    /** A process that is ended from outside waits for nothing any more. */
    @Test
    void whoIsEndedFromOutsideLeavesNothingToDo() {
        for (int cpus = 1; cpus <= 2; cpus++) {
            MachineSpec spec = spec(4, 50, cpus, costs(1, 80, 1));
            Machine machine =
                    machine(spec, 3, same(1, 90), same(2, 90), new int[] {-1, -2, -3, -4, -5, 1});
            machine.apply(new Command.Run(null, 20L, null, 0));
            for (int pid = 1; pid <= 3; pid++) {
                machine.apply(new Command.Exit(pid));
            }
            assertThat(finished(machine, 2)).isNotNegative();
            String digest = machine.digest();
            assertThat(run(machine).changed()).isFalse();
            assertThat(machine.digest()).isEqualTo(digest);
        }
    }

    /** Whose memory is borrowed by a child does not run, and does not end. */
    @Test
    void whoLendsItsMemoryWaits() {
        MachineSpec spec = spec(4, 50, 1, costs(1, 80, 1));
        Machine machine = machine(spec, 3, same(1, 90));
        machine.apply(new Command.Run(null, 20L, null, 0));
        machine.apply(new Command.Vfork(1));
        assertThat(run(machine).why()).isEqualTo(Outcome.RunEnd.DONE);
        assertThat(finished(machine, 1)).isEqualTo(-1);
        Specs.readPages(machine, 2, 1, 2, 3);
        machine.apply(new Command.Exit(2));
        assertThat(run(machine).finished()).containsExactly(1);
    }

    /** A descriptor is read for each access: a turn ends where it should with segments too. */
    @ParameterizedTest
    @EnumSource(
            value = Translation.Kind.class,
            names = {"RELOCATION", "SEGMENTATION", "LINEAR"})
    void aTurnIsAsLongAsTheQuantumWithoutPagesToo(Translation.Kind kind) {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 64)
                                .with(MachineSpec.FRAMES, 16)
                                .with(MachineSpec.ADDRESS_BITS, 16)
                                .with(Translation.KIND, kind)
                                .with(Specs.tlb(kind == Translation.Kind.LINEAR ? 8 : 0))
                                .with(PolicySpec.POLICY, "fifo")
                                .with(SwapSpec.SLOTS, 64)
                                .with(costs(10, 0, 0))
                                .with(MachineSpec.CPUS, 1)
                                .with(MachineSpec.QUANTUM, 1000),
                        Specs.BOUNDS);
        Machine machine = new Machine(spec, new StrictRoom());
        for (int pid = 1; pid <= 2; pid++) {
            machine.apply(Command.CreateProcess.plain("loop", spec));
            machine.apply(new Command.GiveProgram(pid, program(spec, same(0, 900)), 0));
        }
        machine.apply(new Command.Run(2500L, null, null, 0));
        assertThat(turns(machine)).hasSize(3);
        for (Turn turn : turns(machine)) {
            long wanted = turn.ended() == Turn.Ended.UNTIL ? 500 : 1000;
            assertThat(turn.to() - turn.from()).isBetween(wanted - 30, wanted + 30);
        }
        run(machine);
    }

    /** What the processors do is conserved: turns change neither accesses nor their number. */
    @Seeds(30)
    void workIsConservedWhateverTheQuantum(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] programs = programs(random, 4);
        List<Long> accesses = new ArrayList<>();
        List<Long> data = new ArrayList<>();
        for (long quantum : new long[] {1, 7, 100, 100_000}) {
            Machine machine = machine(spec(64, quantum, 1, costs(2, 10, 0)), 1, programs);
            run(machine);
            accesses.add(machine.counters().get(Counter.ACCESSES));
            data.add(machine.counters().get(Counter.DATA_TICKS));
        }
        assertThat(accesses).containsOnly(accesses.getFirst());
        assertThat(data).containsOnly(2 * accesses.getFirst());
    }

    /** Where the ticks went adds up to the clock of all work. */
    @Test
    void theBreakdownAddsUp() {
        SplittableRandom random = new SplittableRandom(5);
        SpecValues costs =
                SpecValues.of(Costs.MEMORY_REFERENCE, 3)
                        .with(Costs.TLB_LOOKUP, 1)
                        .with(Costs.TRAP, 5)
                        .with(Costs.ZERO_FILL, 7)
                        .with(Costs.PAGE_COPY, 11)
                        .with(Costs.SWAP_IN, 13)
                        .with(Costs.SWAP_OUT, 17)
                        .with(Costs.FILE_IN, 19)
                        .with(Costs.FILE_OUT, 23)
                        .with(Costs.CONTEXT_SWITCH, 29)
                        .with(Costs.SHOOTDOWN, 31)
                        .with(Costs.SEEK, 37)
                        .with(Costs.MAP, 41)
                        .with(Costs.UNMAP, 43)
                        .with(Costs.SIGNAL, 47)
                        .with(Costs.EXIT, 53);
        Machine machine = machine(spec(5, 50, 2, costs), 2, programs(random, 4));
        run(machine);
        Counters counters = machine.counters();
        long sum = Counter.breakdown().stream().mapToLong(counters::get).sum();
        assertThat(sum).isEqualTo(counters.get(Counter.TICKS));
        assertThat(counters.get(Counter.MAP_TICKS))
                .isEqualTo(41 * counters.get(Counter.MAPS) + 43 * counters.get(Counter.UNMAPS));
        assertThat(counters.get(Counter.EXIT_TICKS)).isEqualTo(4 * 53);
        assertThat(counters.get(Counter.THINK_TICKS)).isEqualTo(2 * counters.get(Counter.ACCESSES));
    }
}
