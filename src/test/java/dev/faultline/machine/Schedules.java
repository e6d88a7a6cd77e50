package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.oracle.SlowScheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Machines with programs that take turns, and what came of a run. */
final class Schedules {

    static final long PAGE = 64;

    private Schedules() {}

    static MachineSpec spec(long frames, long quantum, long cpus, SpecValues costs) {
        return spec("lru", frames, quantum, cpus, costs);
    }

    static MachineSpec spec(String policy, long frames, long quantum, long cpus, SpecValues costs) {
        return MachineSpec.of(Specs.small(policy, frames, costs, cpus, quantum), Specs.BOUNDS);
    }

    static SpecValues costs(long reference, long disk, long contextSwitch) {
        return SpecValues.of(Costs.MEMORY_REFERENCE, reference)
                .with(Costs.SWAP_IN, disk)
                .with(Costs.SWAP_OUT, disk)
                .with(Costs.FILE_IN, 0)
                .with(Costs.FILE_OUT, 0)
                .with(Costs.CONTEXT_SWITCH, contextSwitch);
    }

    static Machine machine(MachineSpec spec, long think, int[]... programs) {
        return machine(
                spec,
                Arrays.stream(programs)
                        .map(pages -> new SlowScheduler.Job(pages, think, 0))
                        .toList());
    }

    static Machine machine(MachineSpec spec, List<SlowScheduler.Job> jobs) {
        Machine machine = new Machine(spec, new StrictRoom());
        for (SlowScheduler.Job job : jobs) {
            int pid = ((Outcome.Made) machine.apply(Specs.process(spec))).pid();
            machine.apply(
                    new Command.GiveProgram(
                            pid, program(spec, job.pages()), job.think(), job.arrival()));
        }
        return machine;
    }

    static Outcome.Ran run(Machine machine) {
        return (Outcome.Ran) machine.apply(new Command.Run(null, null, null, 0));
    }

    static long finished(Machine machine, int pid) {
        Long at = machine.inspect().process(pid).orElseThrow().finishedAt();
        return at == null ? -1 : at;
    }

    static int[] same(int page, int times) {
        int[] pages = new int[times];
        Arrays.fill(pages, page);
        return pages;
    }

    static void checkTime(MachineSpec spec, Outcome.Schedule schedule) {
        assertThat(spec.cpus() * schedule.ticks())
                .isEqualTo(schedule.cpuTicks() + schedule.idleTicks());
    }

    static int[][] programs(SplittableRandom random, int count) {
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

    static List<Turn> turns(Machine machine) {
        TimeInspector time = machine.inspect().time();
        return LongStream.rangeClosed(time.oldestTurn(), time.lastTurn())
                .mapToObj(time::turn)
                .toList();
    }

    static List<SlowScheduler.Job> jobs(SplittableRandom random, int count) {
        List<SlowScheduler.Job> jobs = new ArrayList<>();
        for (int[] pages : programs(random, count)) {
            long think = random.nextBoolean() ? 0 : random.nextInt(90);
            jobs.add(
                    new SlowScheduler.Job(
                            pages, think, random.nextBoolean() ? 0 : random.nextInt(900)));
        }
        return jobs;
    }

    static Program program(MachineSpec spec, int... pages) {
        AccessBlock block = new AccessBlock(spec, Math.max(1, pages.length));
        for (int page : pages) {
            block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * PAGE);
        }
        return RecordedProgram.of(block);
    }
}
