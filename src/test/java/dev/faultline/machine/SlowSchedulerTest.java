package dev.faultline.machine;

import static dev.faultline.machine.Schedules.costs;
import static dev.faultline.machine.Schedules.jobs;
import static dev.faultline.machine.Schedules.machine;
import static dev.faultline.machine.Schedules.run;
import static dev.faultline.machine.Schedules.spec;
import static dev.faultline.machine.Schedules.turns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.oracle.SlowScheduler;
import dev.faultline.testing.Seeds;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The scheduler against a slow one that goes from tick to tick with plain lists. */
class SlowSchedulerTest {

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
}
