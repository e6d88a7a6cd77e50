package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where the processes with programs are: on a processor, waiting for one, waiting for the disk or
 * kept out; and the clocks of the processors. The {@link Scheduler} decides, this remembers.
 */
final class RunQueue implements ExitListener {

    private static final int NONE = CpuClocks.NONE;
    private static final long NEVER = WaitingLine.NEVER;

    private final MachineSpec spec;
    private final Disk disk;
    private final Pressure pressure = new Pressure();
    private final CpuClocks cpus;
    private final TurnLog turns;
    private final LoadControl control;

    /** The processes that wait for a processor, by the time from which they are ready. */
    private final WaitingLine waiting;

    /** The processes that end once the disk has served them. */
    private final WaitingLine leaving;

    /** Counts the times that a process began to wait. */
    private long sequence;

    /** The processes that have ended in the run under way. */
    private final List<Integer> finished = new ArrayList<>();

    private boolean inRun;

    /** When the step of the run takes place that is carried out. */
    private long stepAt;

    RunQueue(Parts parts) {
        spec = parts.spec();
        disk = parts.disk();
        cpus = new CpuClocks(spec.cpus(), pressure);
        turns = new TurnLog(spec.limits().events(), spec.cpus());
        control = new LoadControl(parts);
        waiting = new WaitingLine(parts.tasks());
        leaving = new WaitingLine(parts.tasks());
    }

    CpuClocks cpus() {
        return cpus;
    }

    TurnLog turns() {
        return turns;
    }

    Pressure pressure() {
        return pressure;
    }

    LoadControl control() {
        return control;
    }

    WaitingLine waiting() {
        return waiting;
    }

    WaitingLine leaving() {
        return leaving;
    }

    /** A process has a program from now on, and comes for its first turn at a time, or now. */
    void admit(Task task, Command.GiveProgram give) {
        ProcessTimes times = new ProcessTimes(Math.max(give.arrival(), now()));
        task.setProgram(new ProgramRun(give.program(), give.think(), times, spec));
        wait(waiting, times.arrival(), task.pid());
        control.admit(task.pid());
    }

    /** A process waits in a line, from a time on ready to leave it. */
    void wait(WaitingLine line, long readyAt, int pid) {
        line.add(new WaitingLine.Waiting(readyAt, sequence++, pid));
    }

    /** Ticks that have passed: the clock of the processor that is farthest behind. */
    long now() {
        return cpus.now();
    }

    /** Whether a process waits for the disk, or has not come yet. */
    boolean isBlocked(Task task) {
        return leaving.has(task.pid()) || waiting.has(task.pid(), now());
    }

    /** Whether a process is on a processor. */
    boolean isRunning(Task task) {
        return cpus.of(task.pid()) != NONE;
    }

    /** What all runs came to so far. */
    Outcome.Schedule schedule() {
        return new Outcome.Schedule(
                now(),
                cpus.busy(),
                cpus.switching(),
                cpus.idle(),
                disk.worked(),
                pressure.some(),
                pressure.full());
    }

    /** A run begins. */
    void beginRun() {
        finished.clear();
        inRun = true;
        disk.beginRun(now());
    }

    /** The next step of the run takes place at a time, to which free processors come. */
    void beginStep(long at) {
        stepAt = at;
        cpus.idleTo(at);
        pressure.settle(at);
        disk.settle(at);
    }

    /** The run is over. Answers the processes that have ended in it. */
    List<Integer> endRun() {
        pressure.settle(now());
        disk.endRun(now());
        inRun = false;
        return List.copyOf(finished);
    }

    /** The program of a process that has one. */
    static ProgramRun program(Task task) {
        return Objects.requireNonNull(task.program());
    }

    /** How far free processors can come: no farther than anything that happens. */
    long soonest() {
        long soonest = NEVER;
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            soonest = cpus.isFree(cpu) ? soonest : Math.min(soonest, cpus.time(cpu));
        }
        soonest = soonest == NEVER ? cpus.last() : soonest;
        return Math.min(soonest, Math.min(waiting.first(), leaving.first()));
    }

    /** A run is over, and the turns that are not are cut. */
    void cutTurns() {
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            if (!cpus.isFree(cpu)) {
                turns.cut(cpu, cpus.pid(cpu), cpus.time(cpu));
            }
        }
    }

    /** A process has ended, by itself or not; the turn that it has is over in its time. */
    @Override
    public void hasEnded(Task task) {
        if (task.program() != null && !(inRun && isRunning(task))) {
            bury(task, inRun ? stepAt : now());
        }
    }

    /** A process that has ended has no turn any more, and waits for none. */
    void bury(Task task, long at) {
        int pid = task.pid();
        int cpu = cpus.of(pid);
        if (cpu == NONE) {
            waiting.remove(pid);
            leaving.remove(pid);
        } else {
            turns.end(cpu, pid, cpus.time(cpu), Turn.Ended.EXIT);
            cpus.free(cpu);
        }
        program(task).times().end(at);
        control.left(task);
        if (inRun) {
            finished.add(pid);
        }
    }

    void save(StateWriter out) {
        cpus.save(out);
        waiting.save(out);
        leaving.save(out);
        out.writeLong(sequence);
        pressure.save(out);
        control.save(out);
    }

    void load(StateReader in) {
        cpus.load(in);
        waiting.load(in);
        leaving.load(in);
        sequence = in.readLong();
        pressure.load(in);
        control.load(in);
    }
}
