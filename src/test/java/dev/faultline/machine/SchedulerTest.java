package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.oracle.SlowScheduler;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Programs that take turns: closed forms, laws, and a slow scheduler that steps tick by tick. */
class SchedulerTest {

    private static final long PAGE = 64;

    private static MachineSpec spec(long frames, long quantum, long cpus, SpecValues costs) {
        return spec("lru", frames, quantum, cpus, costs);
    }

    private static MachineSpec spec(
            String policy, long frames, long quantum, long cpus, SpecValues costs) {
        return MachineSpec.of(Specs.small(policy, frames, costs, cpus, quantum), Specs.BOUNDS);
    }

    private static SpecValues costs(long reference, long disk, long contextSwitch) {
        return SpecValues.of(Costs.MEMORY_REFERENCE, reference)
                .with(Costs.SWAP_IN, disk)
                .with(Costs.SWAP_OUT, disk)
                .with(Costs.FILE_IN, 0)
                .with(Costs.FILE_OUT, 0)
                .with(Costs.CONTEXT_SWITCH, contextSwitch);
    }

    private static Machine machine(MachineSpec spec, long think, int[]... programs) {
        return machine(
                spec,
                Arrays.stream(programs)
                        .map(pages -> new SlowScheduler.Job(pages, think, 0))
                        .toList());
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
        check(two, ran.schedule());
    }

    private static void check(MachineSpec spec, Outcome.Schedule schedule) {
        assertThat(spec.cpus() * schedule.ticks())
                .isEqualTo(schedule.cpuTicks() + schedule.idleTicks());
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
    @Seeds(
            value = 60,
            ints = {1, 2, 3, 5})
    void inPiecesOrInOne(int cpus, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long reference = random.nextInt(4);
        long contextSwitch = random.nextInt(4);
        MachineSpec spec =
                spec(
                        seed % 3 == 0 ? "optimal" : "lru",
                        4L + random.nextInt(20),
                        1L + random.nextInt(60),
                        cpus,
                        costs(reference, random.nextInt(80), contextSwitch));
        List<SlowScheduler.Job> jobs = jobs(random, 1 + random.nextInt(5));
        Machine whole = machine(spec, jobs);
        Outcome.Ran ran = run(whole);
        check(spec, ran.schedule());
        Machine pieces = machine(spec, jobs);
        Outcome.Schedule sum = pieces.inspect().time().schedule();
        List<Integer> finished = new ArrayList<>();
        Outcome.RunEnd end;
        do {
            Command.Run until = until(pieces, random);
            String digest = pieces.digest();
            long accesses = pieces.counters().get(Counter.ACCESSES);
            Outcome.Ran piece = (Outcome.Ran) pieces.apply(until);
            Laws.check(pieces);
            end = piece.why();
            long made = pieces.counters().get(Counter.ACCESSES) - accesses;
            Long most = until.accesses();
            assertThat(made).isLessThanOrEqualTo(most == null ? Long.MAX_VALUE : most);
            if (end == Outcome.RunEnd.ACCESSES) {
                assertThat(made).isEqualTo(most);
            }
            // a walk, the walk again after the fault, the datum, and the switch before
            long access = 3 * reference + contextSwitch;
            long ticks = piece.schedule().ticks();
            Long wanted = until.ticks();
            if (end == Outcome.RunEnd.TICKS) {
                assertThat(ticks).isGreaterThanOrEqualTo(wanted);
            }
            assertThat(ticks)
                    .isLessThanOrEqualTo(wanted == null ? Long.MAX_VALUE : wanted + access);
            assertThat(piece.schedule().diskTicks()).isLessThanOrEqualTo(ticks);
            assertThat(piece.changed()).isEqualTo(!pieces.digest().equals(digest));
            sum = sum.plus(piece.schedule());
            finished.addAll(piece.finished());
            pieces = Machine.restore(spec, pieces.save(), pieces.programs());
        } while (end != Outcome.RunEnd.DONE);
        assertThat(pieces.digest()).isEqualTo(whole.digest());
        assertThat(sum).isEqualTo(ran.schedule());
        assertThat(finished).isEqualTo(ran.finished());
        assertThat(pieces.inspect().time().allTimes(9))
                .isEqualTo(whole.inspect().time().allTimes(9));
    }

    /** Processors that go on side by side come to the same as access by access. */
    @Seeds(
            value = 6,
            strings = {"clock", "lru", "lfu", "arc", "2q"})
    void sideBySideOrOneByOne(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SpecValues costs = costs(1 + random.nextInt(3), random.nextInt(80), random.nextInt(4));
        long quantum = 50L + random.nextInt(5000);
        MachineSpec spec = spec(policy, 12L, quantum, 2L + random.nextInt(3), costs);
        Machine together = new Machine(spec, new StrictRoom());
        for (int pid = 1; pid <= 4; pid++) {
            together.apply(Specs.process(spec));
            Generator.Shape shape =
                    new Generator.Shape(
                            Generator.Kind.ZIPF, 5000, 0, 7 * PAGE, 8, 0.2, pid, 2, 4, 8, 0.3);
            Program program = new Generator(shape, PAGE);
            together.apply(new Command.GiveProgram(pid, program, random.nextInt(9)));
        }
        Machine alone = Machine.restore(spec, together.save(), together.programs());
        run(together);
        Command oneByOne = new Command.Run(null, null, null, 0, 1);
        while (((Outcome.Ran) alone.apply(oneByOne)).why() == Outcome.RunEnd.PAUSED) {
            // on with the next
        }
        assertThat(together.counters()).isEqualTo(alone.counters());
        assertThat(together.digest()).isEqualTo(alone.digest());
        assertThat(turns(together)).isEqualTo(turns(alone));
    }

    private static Command.Run until(Machine machine, SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> new Command.Run(null, (long) random.nextInt(90), null, 0);
            case 1 -> new Command.Run((long) random.nextInt(900), null, null, 0);
            case 2 -> new Command.Run(1L + random.nextInt(20), null, null, 0);
            case 3 -> new Command.Run(null, null, null, 0, 1L + random.nextInt(90));
            default -> {
                long faults = machine.counters().get(Counter.PAGE_FAULTS);
                yield new Command.Run(null, null, Counter.PAGE_FAULTS, faults + 1);
            }
        };
    }

    /** The pieces of the list of turns lie end to end, and together they are the turns. */
    @Seeds(
            value = 30,
            ints = {1, 3})
    void theListOfTurnsShowsWhereRunsWereCut(int cpus, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = spec(20, 500L, cpus, costs(1, 50, 2));
        List<SlowScheduler.Job> jobs = jobs(random, 4);
        Machine whole = machine(spec, jobs);
        run(whole);
        Machine pieces = machine(spec, jobs);
        while (((Outcome.Ran) pieces.apply(new Command.Run(100L, null, null, 0))).why()
                != Outcome.RunEnd.DONE) {
            pieces = Machine.restore(spec, pieces.save(), pieces.programs());
        }
        assertThat(pieces.inspect().time().oldestTurn()).isEqualTo(1);
        assertThat(turns(pieces)).extracting(Turn::ended).contains(Turn.Ended.UNTIL);
        assertThat(joined(turns(pieces), cpus)).isEqualTo(joined(turns(whole), cpus));
    }

    /** By processor: the turns without their numbers, what was cut put together again. */
    private static List<String> joined(List<Turn> turns, int cpus) {
        List<String> joined = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            long from = -1;
            for (Turn turn : turns) {
                if (turn.cpu() == cpu) {
                    from = from < 0 ? turn.from() : from;
                    if (turn.ended() != Turn.Ended.UNTIL) {
                        joined.add(
                                cpu
                                        + " "
                                        + turn.pid()
                                        + " "
                                        + from
                                        + " "
                                        + turn.to()
                                        + turn.ended());
                        from = -1;
                    }
                }
            }
        }
        return joined;
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

    /** Against a scheduler that goes from tick to tick with plain lists. */
    @Seeds(
            value = 80,
            ints = {1, 2, 3, 5})
    void aSlowSchedulerComesToTheSameTimes(int cpus, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long frames = 3L + random.nextInt(12);
        long quantum = 1L + random.nextInt(60);
        SpecValues costs = costs(random.nextInt(4), random.nextInt(80), random.nextInt(4));
        MachineSpec spec = spec(frames, quantum, cpus, costs);
        List<SlowScheduler.Job> jobs = jobs(random, 1 + random.nextInt(7));
        Machine machine = machine(spec, jobs);
        Outcome.Ran ran = run(machine);
        // the same accesses, one by one, on a machine that is told to switch
        Machine twin = new Machine(spec, new StrictRoom());
        jobs.forEach(job -> twin.apply(Specs.process(spec)));
        SlowScheduler slow =
                new SlowScheduler(
                        new SlowScheduler.Processors(
                                cpus,
                                quantum,
                                costs.get(Costs.CONTEXT_SWITCH),
                                costs.get(Costs.MEMORY_REFERENCE) > 0),
                        new OneByOne(twin),
                        jobs);
        slow.run();
        int lost = (int) machine.inspect().time().oldestTurn() - 1;
        List<Turn> turns = numbered(slow.turns());
        assertThat(turns(machine)).isEqualTo(turns.subList(lost, turns.size()));
        assertThat(ran.finished()).isEqualTo(slow.finished());
        assertThat(ran.schedule().ticks()).isEqualTo(slow.clock());
        assertThat(ran.schedule().idleTicks()).isEqualTo(slow.idle());
        assertThat(machine.counters().get(Counter.CONTEXT_SWITCHES)).isEqualTo(slow.switches());
        assertThat(ran.schedule().switchTicks())
                .isEqualTo(slow.switches() * costs.get(Costs.CONTEXT_SWITCH));
        for (TimesView row : machine.inspect().time().allTimes(100)) {
            assertThat(row.completion()).isEqualTo(slow.finishedAt(row.pid()));
            assertThat(row.firstRun()).isEqualTo(slow.firstRun(row.pid()));
            assertThat(row.cpuTicks()).isEqualTo(slow.cpuTicks(row.pid()));
            assertThat(row.diskTicks()).isEqualTo(slow.diskTicks(row.pid()));
        }
    }

    private static List<Turn> numbered(List<SlowScheduler.Turn> slow) {
        List<Turn> turns = new ArrayList<>();
        for (SlowScheduler.Turn turn : slow) {
            turns.add(
                    new Turn(
                            turns.size() + 1,
                            turn.cpu(),
                            turn.pid(),
                            turn.from(),
                            turn.to(),
                            Turn.Ended.valueOf(turn.ended().name())));
        }
        return turns;
    }

    private static List<Turn> turns(Machine machine) {
        TimeInspector time = machine.inspect().time();
        return LongStream.rangeClosed(time.oldestTurn(), time.lastTurn())
                .mapToObj(time::turn)
                .toList();
    }

    private static List<SlowScheduler.Job> jobs(SplittableRandom random, int count) {
        List<SlowScheduler.Job> jobs = new ArrayList<>();
        for (int[] pages : programs(random, count)) {
            long think = random.nextBoolean() ? 0 : random.nextInt(90);
            jobs.add(
                    new SlowScheduler.Job(
                            pages, think, random.nextBoolean() ? 0 : random.nextInt(900)));
        }
        return jobs;
    }

    private static Machine machine(MachineSpec spec, List<SlowScheduler.Job> jobs) {
        Machine machine = new Machine(spec, new StrictRoom());
        for (SlowScheduler.Job job : jobs) {
            int pid = ((Outcome.Made) machine.apply(Specs.process(spec))).pid();
            machine.apply(
                    new Command.GiveProgram(
                            pid, program(spec, job.pages()), job.think(), job.arrival()));
        }
        return machine;
    }

    private static Program program(MachineSpec spec, int... pages) {
        AccessBlock block = new AccessBlock(spec, Math.max(1, pages.length));
        for (int page : pages) {
            block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * PAGE);
        }
        return RecordedProgram.of(block);
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
