package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Programs that take turns: closed forms, laws, and a slow scheduler that steps tick by tick. */
class SchedulerTest {

    private static final long PAGE = 64;

    private static MachineSpec spec(long frames, long quantum, long cpus, Costs costs) {
        return spec("lru", frames, quantum, cpus, costs);
    }

    private static MachineSpec spec(
            String policy, long frames, long quantum, long cpus, Costs costs) {
        return Specs.small(policy, frames, costs, cpus, quantum).resolve(Specs.BOUNDS);
    }

    private static Costs costs(long reference, long disk, long contextSwitch) {
        return new Costs(reference, 0, 0, 0, 0, disk, disk, 0, 0, contextSwitch, 0);
    }

    private static Machine machine(MachineSpec spec, long think, int[]... programs) {
        Machine machine = new Machine(spec, new StrictRoom());
        for (int[] pages : programs) {
            Outcome made = machine.apply(Specs.process(spec));
            AccessBlock block = new AccessBlock(spec, pages.length);
            for (int page : pages) {
                block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * PAGE);
            }
            int pid = ((Outcome.Made) made).pid();
            machine.apply(new Command.GiveProgram(pid, RecordedProgram.of(block), think));
        }
        return machine;
    }

    private static Outcome.Ran run(Machine machine) {
        return (Outcome.Ran) machine.apply(new Command.Run(null, null, null, 0));
    }

    private static long finished(Machine machine, int pid) {
        Long at = machine.inspect().process(pid).orElseThrow().finishedAt();
        return at == null ? -1 : at;
    }

    private static int[] same(int page, int times) {
        int[] pages = new int[times];
        Arrays.fill(pages, page);
        return pages;
    }

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
        assertThat(ran.schedule().idleTicks()).isEqualTo(300); // nobody waits for the last
        assertThat(ran.schedule().ticks())
                .isEqualTo(ran.schedule().cpuTicks() + ran.schedule().idleTicks());
    }

    /** While one waits another runs; the disk serves in order (one server, fixed service). */
    @Test
    void theDiskWorksMeanwhile() {
        MachineSpec spec = spec(64, 1000, 1, costs(1, 0, 0));
        Machine warm = machine(spec, 0, same(1, 300));
        long alone = run(warm).schedule().ticks();
        Costs slow = costs(1, 100, 0);
        MachineSpec two = spec(2, 1_000_000, 1, slow);
        Machine machine = machine(two, 0, new int[] {-1, -2, -3, 1, 1}, same(5, 300));
        Outcome.Ran ran = run(machine);
        assertThat(ran.schedule().ticks()).isLessThan(alone + 700);
        assertThat(ran.schedule().diskTicks()).isPositive();
        check(two, ran.schedule());
    }

    private static void check(MachineSpec spec, Outcome.Schedule schedule) {
        assertThat(spec.cpus() * schedule.ticks())
                .isEqualTo(schedule.cpuTicks() + schedule.idleTicks());
    }

    /** The rest of a program is the future that the optimal policy knows. */
    @Test
    void optimalKnowsTheProgram() {
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MachineSpec spec = spec("optimal", 2L + random.nextInt(8), 1000, 1, costs(1, 9, 0));
            int[] pages = programs(random, 1)[0];
            long[] numbers = Arrays.stream(pages).mapToLong(Math::abs).toArray();
            boolean[] writes = new boolean[pages.length];
            for (int i = 0; i < pages.length; i++) {
                writes[i] = pages[i] < 0;
            }
            List<Long> expected =
                    SlowPolicies.evictions(spec.replacement(), spec.frames(), numbers, writes);
            Machine machine = machine(spec, 0, pages);
            machine.apply(new Command.Run(null, (long) random.nextInt(100), null, 0));
            machine = Machine.restore(spec, machine.save(), machine.programs());
            run(machine);
            assertThat(machine.counters().get(Counter.EVICTIONS))
                    .as("seed %d", seed)
                    .isEqualTo(expected.size());
        }
    }

    private static int[][] programs(SplittableRandom random, int count) {
        int[][] programs = new int[count][];
        for (int i = 0; i < count; i++) {
            programs[i] = new int[20 + random.nextInt(300)];
            for (int at = 0; at < programs[i].length; at++) {
                int page = 1 + random.nextInt(12);
                boolean near = at > 0 && random.nextInt(3) > 0;
                programs[i][at] =
                        near ? programs[i][at - 1] : random.nextInt(3) == 0 ? -page : page;
            }
        }
        return programs;
    }

    /** Run in pieces, saved and restored between them, or in one: the same state in the end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void inPiecesOrInOne(int cpus) {
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MachineSpec spec =
                    spec(
                            seed % 3 == 0 ? "optimal" : "lru",
                            4L + random.nextInt(20),
                            1L + random.nextInt(60),
                            cpus,
                            costs(1 + random.nextInt(3), random.nextInt(80), random.nextInt(4)));
            int[][] programs = programs(random, 1 + random.nextInt(5));
            long think = random.nextInt(3);
            Machine whole = machine(spec, think, programs);
            Outcome.Ran ran = run(whole);
            check(spec, ran.schedule());
            Machine pieces = machine(spec, think, programs);
            Outcome.RunEnd end;
            do {
                Command.Run until =
                        switch (random.nextInt(3)) {
                            case 0 -> new Command.Run(null, 1L + random.nextInt(90), null, 0);
                            case 1 -> new Command.Run(1L + random.nextInt(900), null, null, 0);
                            default ->
                                    new Command.Run(
                                            null,
                                            null,
                                            Counter.PAGE_FAULTS,
                                            pieces.counters().get(Counter.PAGE_FAULTS) + 1);
                        };
                end = ((Outcome.Ran) pieces.apply(until)).why();
                Laws.check(pieces);
                pieces = Machine.restore(spec, pieces.save(), pieces.programs());
            } while (end != Outcome.RunEnd.DONE);
            assertThat(pieces.digest()).as("seed %d", seed).isEqualTo(whole.digest());
        }
    }

    /** What the processors do is conserved: turns change neither accesses nor their number. */
    @Test
    void workIsConservedWhateverTheQuantum() {
        for (int seed = 0; seed < 30; seed++) {
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
    }

    /** Against a scheduler that goes from access to access with plain lists. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aSlowSchedulerComesToTheSameTimes(int cpus) {
        for (int seed = 0; seed < 80; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long frames = 3L + random.nextInt(12);
            long quantum = 1L + random.nextInt(60);
            Costs costs = costs(1 + random.nextInt(3), random.nextInt(80), random.nextInt(4));
            MachineSpec spec = spec(frames, quantum, cpus, costs);
            int[][] programs = programs(random, 1 + random.nextInt(5));
            Machine machine = machine(spec, 0, programs);
            Outcome.Ran ran = run(machine);
            // the same accesses, one by one, on a machine that is told to switch
            Machine twin = new Machine(spec);
            for (int i = 0; i < programs.length; i++) {
                twin.apply(Specs.process(spec));
            }
            SlowScheduler slow = new SlowScheduler(twin, programs, quantum, PAGE);
            slow.run();
            assertThat(ran.finished()).as("seed %d", seed).isEqualTo(slow.finished);
            assertThat(ran.schedule().ticks()).as("seed %d", seed).isEqualTo(slow.clock());
            assertThat(ran.schedule().idleTicks()).isEqualTo(slow.idle);
            for (int pid = 1; pid <= programs.length; pid++) {
                assertThat(finished(machine, pid)).isEqualTo(slow.finishedAt.get(pid));
            }
        }
    }

    /** Where the ticks went adds up to the clock of all work. */
    @Test
    void theBreakdownAddsUp() {
        SplittableRandom random = new SplittableRandom(5);
        Costs costs = new Costs(3, 1, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53);
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
