package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Runs the processes that have programs: round robin with a quantum, on all processors, while one
 * disk works in its own time (rows C11, C19 and P8).
 *
 * <p>Each processor has a clock, and the one that is farthest behind goes on. It lets a process run
 * until its turn is over, its program ends, or one of its accesses needs the disk. Then the access
 * is carried out and the process is blocked until the disk, which serves one request after the
 * other, has done its part; meanwhile the processor takes who has been ready longest, or is idle. A
 * process whose turn is over goes on if nobody waits.
 *
 * <p>What a run has done depends on where it stands and on nothing else: run in two halves or in
 * one, the result is the same. Each event is O(log processes).
 */
final class Scheduler {

    private static final int NOBODY = 0;

    /** A process that waits: for a processor from a time on, in the order of these times. */
    private record Waiting(long readyAt, long sequence, int pid) {}

    private static final Comparator<Waiting> ORDER =
            Comparator.comparingLong(Waiting::readyAt).thenComparingLong(Waiting::sequence);

    private final Processor processor;
    private final Foreteller future;
    private final Kernel kernel;
    private final Swapper swapper;
    private final LoadControl control;
    private final Pressure pressure = new Pressure();
    private final Tasks tasks;
    private final Disk disk;
    private final PageDaemon daemon;
    private final Books books;
    private final long quantum;

    /** The clocks of the processors, whom each runs, and the ticks that are left of the turn. */
    private final long[] time;

    private final int[] running;
    private final long[] left;

    /** The processor whose slice was cut short by the end of a run, and goes on first; or -1. */
    private int cut = -1;

    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(ORDER);
    private long sequence;

    private long idle;
    private long busy;

    Scheduler(
            MachineSpec spec,
            Processor processor,
            Foreteller future,
            Kernel kernel,
            Swapper swapper,
            Tasks tasks,
            Disk disk,
            PageDaemon daemon,
            LoadControl control,
            Books books) {
        this.swapper = swapper;
        this.control = control;
        this.disk = disk;
        this.daemon = daemon;
        this.processor = processor;
        this.future = future;
        this.kernel = kernel;
        this.tasks = tasks;
        this.books = books;
        quantum = spec.quantum();
        time = new long[spec.cpus()];
        running = new int[spec.cpus()];
        left = new long[spec.cpus()];
    }

    /** A process has a program from now on, and waits for its first turn. */
    void admit(Task task) {
        waiting.add(new Waiting(now(), sequence++, task.pid()));
        control.admit(task.pid());
    }

    /** Ticks that have passed: the clock of the processor that is farthest behind. */
    long now() {
        long least = Long.MAX_VALUE;
        for (long each : time) {
            least = Math.min(least, each);
        }
        return least;
    }

    /** Whether a process waits for the disk. */
    boolean isBlocked(Task task) {
        return waiting.stream().anyMatch(w -> w.pid() == task.pid() && w.readyAt() > now());
    }

    /** Whether a process is on a processor. */
    boolean isRunning(Task task) {
        for (int pid : running) {
            if (pid == task.pid()) {
                return true;
            }
        }
        return false;
    }

    /** What a run came to so far. */
    Outcome.Schedule schedule() {
        return new Outcome.Schedule(
                now(), busy, idle, disk.busy(), pressure.some(), pressure.full());
    }

    /** Tells the policy what is to come of all programs, if it wants to know. */
    void foresee() {
        future.tellOfPrograms();
    }

    /** Runs until there is nothing more to do, or what is asked for has come about. */
    Outcome.Ran run(Command.Run until) {
        long accessesLeft = until.accesses() == null ? Long.MAX_VALUE : until.accesses();
        long end = until.ticks() == null ? Long.MAX_VALUE : now() + until.ticks();
        Outcome.Schedule before = schedule();
        List<Integer> finished = new ArrayList<>();
        disk.beginRun(now());
        boolean met =
                until.counter() != null && books.total().get(until.counter()) >= until.value();
        Outcome.RunEnd why = met ? Outcome.RunEnd.CONDITION : null;
        while (why == null) {
            int cpu = cut >= 0 ? cut : farthestBehind();
            if (accessesLeft <= 0) {
                why = Outcome.RunEnd.ACCESSES;
            } else if (time[cpu] >= end) {
                why = Outcome.RunEnd.TICKS;
            } else if (running[cpu] == NOBODY && !take(cpu, end)) {
                why = isIdle(cpu) ? Outcome.RunEnd.DONE : null;
            } else if (running[cpu] != NOBODY) {
                boolean alone = time.length == 1;
                long budget = alone ? Math.min(left[cpu], end - time[cpu]) : left[cpu];
                accessesLeft -= slice(cpu, budget, accessesLeft, until, finished);
                why = processor.isMet() ? Outcome.RunEnd.CONDITION : null;
            }
            pressure.settle(now());
        }
        if (why == Outcome.RunEnd.DONE) {
            align();
            pressure.settle(now());
        }
        disk.endRun(now());
        return new Outcome.Ran(why, schedule().minus(before), finished);
    }

    private int farthestBehind() {
        int cpu = 0;
        for (int other = 1; other < time.length; other++) {
            cpu = time[other] < time[cpu] ? other : cpu;
        }
        return cpu;
    }

    /** Whether there is nothing to do; who is kept out comes in before that is so. */
    private boolean isIdle(int cpu) {
        if (waiting.isEmpty() && control.next() != 0) {
            bringIn(control.next(), cpu);
        }
        if (!waiting.isEmpty()) {
            return false;
        }
        for (int pid : running) {
            if (pid != NOBODY) {
                return false;
            }
        }
        return true;
    }

    /** The processors wait for the last of them, when all is done. */
    private void align() {
        long last = 0;
        for (long each : time) {
            last = Math.max(last, each);
        }
        for (int cpu = 0; cpu < time.length; cpu++) {
            idle(cpu, last);
        }
    }

    private void idle(int cpu, long until) {
        if (until > time[cpu]) {
            idle += until - time[cpu];
            time[cpu] = until;
        }
    }

    /** Gives a processor the process that has been ready longest; or lets it be idle a while. */
    private boolean take(int cpu, long end) {
        Waiting first = waiting.peek();
        while (first != null && tasks.get(first.pid()).isTerminated()) {
            waiting.poll();
            control.left(tasks.get(first.pid()));
            first = waiting.peek();
        }
        if (first != null && first.readyAt() <= time[cpu]) {
            waiting.poll();
            running[cpu] = first.pid();
            left[cpu] = quantum;
            return true;
        }
        long next = first == null ? Long.MAX_VALUE : first.readyAt();
        for (int other = 0; other < time.length; other++) {
            if (running[other] != NOBODY) {
                next = Math.min(next, Math.max(time[other], time[cpu] + 1));
            }
        }
        if (next < Long.MAX_VALUE) {
            idle(cpu, Math.min(next, end));
        }
        return false;
    }

    /** Runs the process of a processor for so many ticks at most. Answers the accesses made. */
    private int slice(int cpu, long budget, long most, Command.Run until, List<Integer> finished) {
        Task task = tasks.get(running[cpu]);
        ProgramRun run = task.program();
        AccessBlock block = task.isTerminated() || run == null ? null : run.block();
        if (run == null || block == null) {
            leave(cpu, task, finished);
            control(cpu, task);
            return 0;
        }
        long begun = time[cpu];
        int from = run.next();
        int to = from + (int) Math.min(block.count() - from, most);
        int reached = processor.runSlice(task, run, block, to, budget, cpu, time[cpu], until);
        run.reach(reached);
        long computed = processor.sliceTicks();
        time[cpu] += computed;
        busy += computed;
        left[cpu] -= computed - processor.sliceSwitchTicks();
        long transfers = processor.sliceDiskTicks();
        cut = -1;
        if (task.isTerminated() || run.block() == null) {
            leave(cpu, task, finished);
        }
        long done = transfers > 0 ? disk.queue(time[cpu], transfers) : time[cpu];
        boolean natural = transfers > 0 || running[cpu] == NOBODY || left[cpu] <= 0;
        if (natural) {
            background(cpu, task); // where a run is cut, nothing happens that would not anyway
        }
        pressure.worked(begun, time[cpu]);
        if (transfers > 0) {
            if (running[cpu] != NOBODY) {
                pressure.stalled(time[cpu], done);
                wait(cpu, done);
            }
        } else if (running[cpu] != NOBODY && left[cpu] <= 0) {
            left[cpu] = quantum;
            Waiting next = waiting.peek();
            if (next != null && next.readyAt() <= time[cpu]) {
                wait(cpu, time[cpu]);
            }
        } else if (running[cpu] != NOBODY) {
            boolean stopped = reached - from >= most || processor.isMet();
            cut = stopped && reached < block.count() ? cpu : -1;
        }
        if (natural) {
            control(cpu, task);
        }
        return reached - from;
    }

    /** Keeps a process out, or lets one in, if the load control says so. */
    private void control(int cpu, Task task) {
        LoadControl.Decision decision = control.after(task, time[cpu]);
        if (decision.out() != NOBODY) {
            putOut(decision.out(), cpu);
        }
        if (decision.in() != NOBODY) {
            bringIn(decision.in(), cpu);
        }
    }

    /** Swaps a process out that is not on another processor; the disk does it in the background. */
    private void putOut(int pid, int cpu) {
        for (int other = 0; other < running.length; other++) {
            if (other != cpu && running[other] == pid) {
                return;
            }
        }
        long before = books.now();
        disk.background(Disk.ANYWHERE);
        Outcome outcome = swapper.out(tasks.get(pid));
        disk.foreground();
        disk.flush(time[cpu]);
        long ticks = books.now() - before;
        pressure.worked(time[cpu], time[cpu] + ticks);
        time[cpu] += ticks;
        busy += ticks;
        if (outcome instanceof Outcome.Refused) {
            return;
        }
        waiting.removeIf(each -> each.pid() == pid);
        running[cpu] = running[cpu] == pid ? NOBODY : running[cpu];
        control.putOut(pid, time[cpu]);
        books.count(tasks.get(pid), Counter.PUT_OUT);
    }

    private void bringIn(int pid, int cpu) {
        control.putIn(pid);
        waiting.add(new Waiting(time[cpu], sequence++, pid));
    }

    /** Lets the page daemon work, whose processor time is this processor's. */
    private void background(int cpu, Task task) {
        long before = books.now();
        daemon.work(task, time[cpu]);
        long ticks = books.now() - before;
        time[cpu] += ticks;
        busy += ticks;
    }

    private void wait(int cpu, long readyAt) {
        waiting.add(new Waiting(readyAt, sequence++, running[cpu]));
        running[cpu] = NOBODY;
    }

    /** A process is at its program's end, or was ended before. */
    private void leave(int cpu, Task task, List<Integer> finished) {
        running[cpu] = NOBODY;
        cut = -1;
        if (!task.isTerminated()) {
            long before = books.now();
            kernel.exit(task);
            long ticks = books.now() - before;
            pressure.worked(time[cpu], time[cpu] + ticks);
            time[cpu] += ticks;
            busy += ticks;
        }
        finished.add(task.pid());
        control.left(task);
        task.setFinishedAt(time[cpu]);
    }

    void save(StateWriter out) {
        out.writeLongs(time);
        out.writeInts(running);
        out.writeLongs(left);
        out.writeInt(cut);
        out.writeInt(waiting.size());
        waiting.stream()
                .sorted(ORDER)
                .forEach(
                        w -> {
                            out.writeLong(w.readyAt());
                            out.writeLong(w.sequence());
                            out.writeInt(w.pid());
                        });
        out.writeLong(sequence);
        out.writeLong(idle);
        out.writeLong(busy);
        pressure.save(out);
        control.save(out);
    }

    void load(StateReader in) {
        in.readLongs(time);
        in.readInts(running);
        in.readLongs(left);
        cut = in.readInt();
        for (int count = in.readInt(); count > 0; count--) {
            waiting.add(new Waiting(in.readLong(), in.readLong(), in.readInt()));
        }
        sequence = in.readLong();
        idle = in.readLong();
        busy = in.readLong();
        pressure.load(in);
        control.load(in);
    }
}
