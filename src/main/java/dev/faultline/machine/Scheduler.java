package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.tables.CpuClocks;
import dev.faultline.machine.tables.TurnLog;
import dev.faultline.machine.tables.WaitingLine;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * Runs the processes that have programs: round robin with a quantum, on all processors, while one
 * disk works in its own time (rows C11, C19 and P8).
 *
 * <p>Each processor has a clock, and what is earlier by these clocks happens first. A processor
 * makes its process's next access or ends its turn; a free processor takes the process that has
 * been ready longest; or a process whose program is over ends because the disk has served it. Ties
 * go to the processor with the lower number. An access that needs the disk is carried out, and its
 * process is blocked until the disk, which serves one request at a time, has done its part. A
 * process at the end of its turn continues if no process waits.
 *
 * <p>What a run does next depends only on the state it has reached, so two halves of a run give the
 * same result as one run. Each step is O(log processes + processors).
 */
final class Scheduler {

    private static final int NOBODY = CpuClocks.NOBODY;
    private static final int NONE = CpuClocks.NONE;
    private static final long NEVER = WaitingLine.NEVER;

    private final SliceRunner slices;
    private final SideBySide sideBySide;
    private final ProcessExit exit;
    private final Swapper swapper;
    private final PageDaemon daemon;
    private final RunQueue queue;
    private final Tasks tasks;
    private final Disk disk;
    private final Accounting accounting;
    private final CpuClocks cpus;
    private final WaitingLine waiting;
    private final WaitingLine leaving;
    private final TurnLog turns;
    private final LoadControl control;
    private final long quantum;

    /** What can happen. */
    private enum Step {
        NOTHING,
        /** A processor goes on with its process. */
        RUN,
        /** The turn on a processor is over. */
        END,
        /** A free processor takes the process that has been ready longest. */
        TAKE,
        /** A process ends that waited for the disk only. */
        LEAVE,
        /** A process that was kept out comes in, as there is no other. */
        BRING_IN
    }

    /** What happens next, when, and on which processor if that matters. */
    private Step next = Step.NOTHING;

    private long nextAt;
    private int actor;

    /** The free processor that takes the next process, if there are both, and when. */
    private int taker;

    private long takeAt;

    Scheduler(
            Parts parts,
            RunQueue queue,
            SliceRunner slices,
            ProcessExit exit,
            Swapper swapper,
            PageDaemon daemon) {
        this.queue = queue;
        this.slices = slices;
        this.sideBySide = slices.sideBySide(parts);
        this.exit = exit;
        this.swapper = swapper;
        this.daemon = daemon;
        tasks = parts.tasks();
        disk = parts.disk();
        accounting = parts.accounting();
        quantum = parts.spec().quantum();
        cpus = queue.cpus();
        waiting = queue.waiting();
        leaving = queue.leaving();
        turns = queue.turns();
        control = queue.control();
    }

    /** Runs until there is nothing more to do, or what is asked for has come about. */
    Outcome.Ran run(Command.Run until) {
        Outcome.Schedule before = queue.schedule();
        long end = until.ticks() == null ? NEVER : queue.now() + until.ticks();
        long accesses = until.accesses() == null ? NEVER : until.accesses();
        long made = 0;
        boolean acted = false;
        queue.beginRun();
        look();
        Outcome.RunEnd why = why(until, end, accesses, made);
        LostProgramException lost = null;
        while (lost == null && (why == null || acted && next == Step.END)) {
            try {
                made += act(until, end, Math.min(accesses, until.step()) - made);
                acted = true;
                look();
                why = why(until, end, accesses, made);
            } catch (LostProgramException e) {
                lost = e;
                why = Outcome.RunEnd.PAUSED;
            }
        }
        List<Integer> finished = queue.endRun(why, acted, end);
        Outcome.Schedule passed = queue.schedule().minus(before);
        boolean changed = acted || passed.idleTicks() > 0;
        if (lost != null) {
            throw lost.after(changed);
        }
        return new Outcome.Ran(Objects.requireNonNull(why), passed, finished, changed);
    }

    /** Why a run is over, or null. */
    private Outcome.@Nullable RunEnd why(Command.Run until, long end, long accesses, long made) {
        Counter counter = until.counter();
        if (counter != null && accounting.total().get(counter) >= until.value()) {
            return Outcome.RunEnd.CONDITION;
        }
        if (next == Step.NOTHING) {
            return Outcome.RunEnd.DONE;
        }
        if (made >= accesses) {
            return Outcome.RunEnd.ACCESSES;
        }
        return nextAt >= end
                ? Outcome.RunEnd.TICKS
                : made >= until.step() ? Outcome.RunEnd.PAUSED : null;
    }

    /** Finds out what happens next, when, and on which processor. */
    private void look() {
        long readyAt = waiting.first();
        long leaveAt = leaving.first();
        long runAt = NEVER;
        takeAt = NEVER;
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            long at = cpus.time(cpu);
            if (!cpus.isFree(cpu)) {
                actor = at < runAt ? cpu : actor;
                runAt = Math.min(runAt, at);
            } else if (readyAt != NEVER && Math.max(at, readyAt) < takeAt) {
                taker = cpu;
                takeAt = Math.max(at, readyAt);
            }
        }
        nextAt = Math.min(leaveAt, Math.min(takeAt, runAt));
        if (nextAt == NEVER) {
            boolean someoneIsOut = control.next() != NOBODY;
            next = someoneIsOut ? Step.BRING_IN : Step.NOTHING;
            nextAt = someoneIsOut ? cpus.last() : NEVER;
        } else if (nextAt == leaveAt) {
            next = Step.LEAVE;
        } else if (takeAt < runAt || takeAt == runAt && taker < actor) {
            next = Step.TAKE;
        } else {
            next = isOver(actor) ? Step.END : Step.RUN;
        }
    }

    /** Whether the turn on a processor is over, as soon as the others have come to its clock. */
    private boolean isOver(int cpu) {
        Task task = tasks.get(cpus.pid(cpu));
        ProgramRun run = RunQueue.program(task);
        return cpus.needed(cpu) > 0
                || task.isTerminated()
                || task.isBlocked()
                || run.isDone()
                || cpus.left(cpu) < 0
                || cpus.left(cpu) == 0 && !slices.isAtOnce(run);
    }

    /** Does what comes next. Answers the accesses made, so many at most. */
    private long act(Command.Run until, long end, long most) {
        queue.beginStep(nextAt);
        switch (next) {
            case RUN -> {
                long made = goSideBySide(end, most);
                return made > 0 ? made : slice(actor, until, end, most);
            }
            case END -> endTurn(actor, tasks.get(cpus.pid(actor)));
            case TAKE -> {
                cpus.begin(taker, waiting.remove().pid(), quantum);
                turns.begin(taker, cpus.time(taker));
            }
            case LEAVE -> leave(leaving.remove());
            case BRING_IN -> bringIn(control.next(), nextAt);
            case NOTHING -> throw new IllegalStateException("Scheduler: there is nothing to do");
        }
        return 0;
    }

    /**
     * Lets all processors go on until one needs more than its TLB, or anything else happens.
     * Answers the accesses made, fewer than so many: the last of a run is made for itself.
     */
    private long goSideBySide(long end, long most) {
        if (!sideBySide.isAble()) {
            return 0;
        }
        sideBySide.begin(Math.min(end, Math.min(leaving.first(), takeAt)));
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            if (cpus.isFree(cpu)) {
                continue;
            }
            Task task = tasks.get(cpus.pid(cpu));
            if (isOver(cpu) || !sideBySide.join(cpu, task, cpus.time(cpu), cpus.left(cpu))) {
                return 0;
            }
        }
        int made = sideBySide.agree();
        if (made == 0 || made >= most) {
            return 0;
        }
        for (int cpu = 0; cpu < cpus.count(); cpu++) {
            if (!cpus.isFree(cpu)) {
                Task task = tasks.get(cpus.pid(cpu));
                long ticks = sideBySide.run(cpu, task, RunQueue.program(task));
                RunQueue.program(task).times().ran(cpus.time(cpu), ticks);
                cpus.run(cpu, ticks);
            }
        }
        sideBySide.tell();
        return made;
    }

    /** Lets a processor go on with its process. Answers the accesses made, so many at most. */
    private int slice(int cpu, Command.Run until, long end, long most) {
        Task task = tasks.get(cpus.pid(cpu));
        ProgramRun run = RunQueue.program(task);
        AccessBlock block = Objects.requireNonNull(run.block());
        long begun = cpus.time(cpu);
        int from = run.next();
        int to = from + (int) Math.min(block.count() - from, most);
        long limit = limit(cpu, end) - begun;
        Slice slice = slices.run(task, cpu, begun, to, cpus.left(cpu), limit, until);
        run.reach(slice.reached());
        long switched = slice.switchTicks();
        if (switched > 0) {
            cpus.switchTo(cpu, switched);
            turns.begin(cpu, cpus.time(cpu));
        }
        long computed = slice.ticks() - switched;
        run.times().ran(cpus.time(cpu), computed);
        cpus.run(cpu, computed);
        cpus.need(cpu, slice.diskTicks());
        return slice.reached() - from - slice.clockTicks();
    }

    /** Until when a processor can go on by itself: until something else comes first. */
    private long limit(int cpu, long end) {
        long limit = Math.min(end, leaving.first());
        if (takeAt != NEVER) {
            limit = Math.min(limit, takeAt + (cpu < taker ? 1 : 0));
        }
        for (int other = 0; other < cpus.count(); other++) {
            if (other != cpu && !cpus.isFree(other)) {
                limit = Math.min(limit, cpus.time(other) + (cpu < other ? 1 : 0));
            }
        }
        return limit;
    }

    /**
     * The turn on a processor is over: its process has ended or ends now, waits for the disk or for
     * a child that borrows its memory, or has had its quantum and goes on only if nobody waits.
     */
    private void endTurn(int cpu, Task task) {
        ProgramRun run = RunQueue.program(task);
        int pid = task.pid();
        long transfers = cpus.needed(cpu);
        long done = transfers > 0 ? disk.queue(cpus.time(cpu), transfers) : cpus.time(cpu);
        boolean waits = transfers > 0 && !task.isTerminated();
        boolean lends = task.isBlocked();
        boolean ends = !waits && !lends && (task.isTerminated() || run.isDone());
        if (ends) {
            exit(cpu, task);
            queue.bury(task, cpus.time(cpu));
        } else if (waits) {
            run.times().served(done - transfers, done);
            turns.end(cpu, pid, cpus.time(cpu), Turn.Ended.DISK);
            cpus.free(cpu);
        } else if (!lends) {
            turns.end(cpu, pid, cpus.time(cpu), Turn.Ended.QUANTUM);
            cpus.begin(cpu, pid, quantum);
        }
        background(cpu, task);
        if (waits) {
            queue.pressure().stalled(cpus.time(cpu), done);
            queue.wait(run.isDone() ? leaving : waiting, done, pid);
        } else if (!ends && (lends || waiting.first() <= cpus.time(cpu))) {
            queue.wait(waiting, cpus.time(cpu), pid);
            cpus.free(cpu);
        } else if (!ends) {
            turns.begin(cpu, cpus.time(cpu));
        }
        control(cpu, task);
    }

    /** The disk has served the last access of a process, which ends, whoever runs meanwhile. */
    private void leave(WaitingLine.Waiting last) {
        Task task = tasks.get(last.pid());
        int cpu = cpus.farthestBehind();
        long ticks = exit(cpu, task);
        RunQueue.program(task).times().end(last.readyAt() + ticks);
        background(cpu, task);
        control(cpu, task);
    }

    /** A process ends by the work of a processor, if it has not ended. Answers the ticks. */
    private long exit(int cpu, Task task) {
        if (task.isTerminated()) {
            return 0;
        }
        long before = accounting.now();
        exit.exit(task, cpu);
        long ticks = accounting.now() - before;
        RunQueue.program(task).times().ran(cpus.time(cpu), ticks);
        cpus.work(cpu, ticks);
        return ticks;
    }

    /** Keeps a process out, or lets one in, if the load control says so. */
    private void control(int cpu, Task task) {
        LoadControl.Decision decision = control.after(task, cpus.time(cpu));
        if (decision.out() != NOBODY) {
            putOut(decision.out(), cpu);
        }
        if (decision.in() != NOBODY) {
            bringIn(decision.in(), cpus.time(cpu));
        }
    }

    /**
     * Swaps a process out that is not on another processor or about to end; the disk does it in the
     * background.
     */
    private void putOut(int pid, int cpu) {
        int seat = cpus.of(pid);
        if (seat != NONE && seat != cpu || leaving.has(pid)) {
            return;
        }
        long before = accounting.now();
        disk.background(Disk.ANYWHERE);
        Outcome outcome = swapper.out(tasks.get(pid));
        disk.foreground();
        disk.flush(cpus.time(cpu));
        cpus.work(cpu, accounting.now() - before);
        if (outcome instanceof Outcome.Refused) {
            return;
        }
        if (seat == cpu) {
            cpus.free(cpu);
        }
        waiting.remove(pid);
        control.putOut(pid, cpus.time(cpu));
        accounting.count(tasks.get(pid), Counter.PUT_OUT);
    }

    private void bringIn(int pid, long at) {
        control.putIn(pid);
        queue.wait(waiting, at, pid);
    }

    /** Lets the page daemon work, whose processor time is this processor's. */
    private void background(int cpu, Task task) {
        long before = accounting.now();
        daemon.work(task, cpus.time(cpu));
        cpus.work(cpu, accounting.now() - before);
    }
}
