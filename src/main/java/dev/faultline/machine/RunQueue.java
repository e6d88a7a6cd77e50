package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.CpuClocks;
import dev.faultline.machine.tables.Pressure;
import dev.faultline.machine.tables.ProcessTimes;
import dev.faultline.machine.tables.TurnLog;
import dev.faultline.machine.tables.WaitingLine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where the processes with programs are: on a processor, waiting for one, waiting for the disk, or
 * kept out; and the processors' clocks. The {@link Scheduler} decides; this class remembers.
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

    /** Counts how often a process began to wait. */
    private long sequence;

    /** The processes that have ended in the run under way. */
    private final List<Integer> finished = new ArrayList<>();

    private boolean inRun;

    /** The time of the step being carried out. */
    private long stepAt;

    RunQueue(Parts parts) {
        spec = parts.spec();
        disk = parts.disk();
        cpus = new CpuClocks(spec.cpus(), pressure);
        turns = new TurnLog(spec.limits().events(), spec.cpus());
        control = new LoadControl(parts);
        waiting = new WaitingLine(pid -> parts.tasks().get(pid).isBlocked());
        leaving = new WaitingLine(pid -> parts.tasks().get(pid).isBlocked());
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

    /** Records that a process has a program and arrives for its first turn, at a time or now. */
    void admit(Task task, Command.GiveProgram give) {
        ProcessTimes times = new ProcessTimes(Math.max(give.arrival(), now()));
        task.setProgram(new ProgramRun(give.program(), give.think(), times, spec));
        wait(waiting, times.arrival(), task.pid());
        control.admit(task.pid());
    }

    /** Puts a process into a line, ready to leave it from a time on. */
    void wait(WaitingLine line, long readyAt, int pid) {
        line.add(new WaitingLine.Waiting(readyAt, sequence++, pid));
    }

    /** The time passed: the clock of the processor furthest behind. */
    long now() {
        return cpus.now();
    }

    /** Whether a process waits for the disk, or has not arrived yet. */
    boolean isBlocked(Task task) {
        return leaving.has(task.pid()) || waiting.has(task.pid(), now());
    }

    /** Whether a process is on a processor. */
    boolean isRunning(Task task) {
        return cpus.of(task.pid()) != NONE;
    }

    /** The time of all runs so far. */
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

    /** Starts a run. */
    void beginRun() {
        finished.clear();
        inRun = true;
        disk.beginRun(now());
    }

    /** Starts the next step of the run; free processors advance to its time. */
    void beginStep(long at) {
        stepAt = at;
        cpus.idleTo(at);
        pressure.settle(at);
        disk.settle(at);
    }

    /**
     * Ends the run, for a reason. Processors with nobody to run advance to the others, or to the
     * end of the run, and the turns that are not over are cut.
     *
     * @param acted whether the run has done anything
     * @param end when the run was to end, in ticks
     * @return the processes that ended in it
     */
    List<Integer> endRun(Outcome.@Nullable RunEnd why, boolean acted, long end) {
        if (acted) {
            cpus.idleTo(why == Outcome.RunEnd.DONE ? cpus.last() : soonest());
        }
        if (why == Outcome.RunEnd.TICKS) {
            cpus.idleTo(end);
        }
        if (why != Outcome.RunEnd.PAUSED) {
            cutTurns();
        }
        pressure.settle(now());
        disk.endRun(now());
        inRun = false;
        return List.copyOf(finished);
    }

    /** The program of a process that has one. */
    static ProgramRun program(Task task) {
        return Objects.requireNonNull(task.program());
    }

    /** How far free processors can advance: not beyond the next thing that happens. */
    private long soonest() {
        long soonest = NEVER;
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            soonest = cpus.isFree(cpu) ? soonest : Math.min(soonest, cpus.time(cpu));
        }
        soonest = soonest == NEVER ? cpus.last() : soonest;
        return Math.min(soonest, Math.min(waiting.first(), leaving.first()));
    }

    /** Cuts the turns that are not over at the end of a run. */
    private void cutTurns() {
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            if (!cpus.isFree(cpu)) {
                turns.cut(cpu, cpus.pid(cpu), cpus.time(cpu));
            }
        }
    }

    /** Records that a process has ended, by itself or not; its turn is over when its time comes. */
    @Override
    public void hasEnded(Task task) {
        if (task.program() != null && !(inRun && isRunning(task))) {
            bury(task, inRun ? stepAt : now());
        }
    }

    /** Removes a process that has ended from its turn and from all lines. */
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
