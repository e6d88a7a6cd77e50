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
 * How busy a machine is with so many processes at once: the experiment behind every textbook's
 * curve of thrashing (Denning, "Thrashing: its causes and prevention", AFIPS 1968). All processes
 * follow one rule, each with a seed of its own.
 */
public final class Multiprogramming {

    /**
     * What a run came to.
     *
     * @param degree processes at the beginning
     * @param unserved accesses that were made and that the disk had not served at the end
     */
    public record Row(
            MachineSpec spec,
            int degree,
            Outcome.Schedule schedule,
            Counters counters,
            int unserved) {}

    private Multiprogramming() {}

    /**
     * Runs so many processes for so many ticks on a machine that was just made.
     *
     * @param machine that was just made
     * @param think ticks of computing before each access
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

    /** Accesses made in a thousand ticks, those done that the disk had to serve. */
    public static double throughput(Row row) {
        long ticks = row.schedule().ticks();
        long done = row.counters().get(Counter.ACCESSES) - row.unserved();
        return ticks == 0 ? 0 : 1000.0 * done / ticks;
    }
}
