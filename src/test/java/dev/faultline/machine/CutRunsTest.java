package dev.faultline.machine;

import static dev.faultline.machine.Schedules.PAGE;
import static dev.faultline.machine.Schedules.checkTime;
import static dev.faultline.machine.Schedules.costs;
import static dev.faultline.machine.Schedules.jobs;
import static dev.faultline.machine.Schedules.machine;
import static dev.faultline.machine.Schedules.run;
import static dev.faultline.machine.Schedules.spec;
import static dev.faultline.machine.Schedules.turns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.oracle.SlowScheduler;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A run in pieces, or many accesses at once: it comes to the same as a run in one. */
@Tag("slow")
class CutRunsTest {

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
        checkTime(spec, ran.schedule());
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
}
