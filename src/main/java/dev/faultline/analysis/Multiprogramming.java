package dev.faultline.analysis;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.TimeInspector;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;

/**
 * How busy a machine is with a given number of processes: the experiment behind every textbook's
 * thrashing curve (Denning, "Thrashing: its causes and prevention", AFIPS 1968). All processes
 * follow one rule, each with its own seed.
 */
public final class Multiprogramming {

    /**
     * The result of one run.
     *
     * @param degree the number of processes at the start
     * @param unserved accesses made that the disk had not yet served at the end
     */
    public record Row(
            MachineSpec spec,
            int degree,
            Outcome.Schedule schedule,
            Counters counters,
            int unserved) {}

    private Multiprogramming() {}

    /**
     * Runs {@code degree} processes for {@code ticks} ticks.
     *
     * @param machine a new machine
     * @param think ticks of computing before each access
     * @throws java.util.concurrent.CancellationException if {@code progress} says so
     */
    public static Row run(
            Machine machine,
            int degree,
            Generator.Shape shape,
            long think,
            long ticks,
            Progress progress) {
        MachineSpec spec = machine.spec();
        for (int pid = 1; pid <= degree; pid++) {
            machine.apply(Command.CreateProcess.plain("process", spec));
            Generator program = new Generator(shape.withSeed(shape.seed() + pid), spec.pageSize());
            machine.apply(new Command.GiveProgram(pid, program, think));
        }
        TimeInspector time = machine.inspect().time();
        Portions portions = machine.portions(new Command.Run(ticks, null, null, 0));
        long passed = 0;
        while (!portions.isDone()) {
            portions.next();
            long now = time.schedule().ticks();
            progress.advance(now - passed);
            passed = now;
        }
        return new Row(spec, degree, time.schedule(), machine.counters(), time.waitingForDisk());
    }

    /**
     * Accesses completed per thousand ticks. An access that waits for the disk completes when it is
     * served.
     */
    public static double throughput(Row row) {
        long ticks = row.schedule().ticks();
        long done = row.counters().get(Counter.ACCESSES) - row.unserved();
        return ticks == 0 ? 0 : 1000.0 * done / ticks;
    }
}
