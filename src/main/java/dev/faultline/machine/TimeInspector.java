package dev.faultline.machine;

import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Turn;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers what runs came to, and what is done in the background. Looking changes nothing. */
public final class TimeInspector {

    /**
     * When a process with a program came, ran and ended, by the clock of runs, and what it has had.
     *
     * @param arrival when it came
     * @param firstRun when it began its first turn, or null
     * @param completion when it ended, or null
     * @param cpuTicks that it ran, switches to it not counted
     * @param diskTicks that the disk worked for it while it waited
     */
    public record TimesView(
            int pid,
            long arrival,
            @Nullable Long firstRun,
            @Nullable Long completion,
            long cpuTicks,
            long diskTicks) {

        /** From its arrival to its end, or null before that. */
        public @Nullable Long turnaround() {
            return completion == null ? null : completion - arrival;
        }

        /** From its arrival to its first turn, or null before that. */
        public @Nullable Long response() {
            return firstRun == null ? null : firstRun - arrival;
        }

        /** What it was neither run nor served for, or null before its end. */
        public @Nullable Long waiting() {
            return completion == null ? null : completion - arrival - cpuTicks - diskTicks;
        }
    }

    /**
     * What the page daemon and the disk have under way.
     *
     * @param dirtyPages pages that were written to and not written back
     * @param inFlight pages on their way to the disk
     * @param awake whether the daemon has more frames to free
     */
    public record BackgroundView(int freeFrames, int dirtyPages, int inFlight, boolean awake) {}

    private final FrameTable frames;
    private final Tasks tasks;
    private final Scheduler scheduler;
    private final PageDaemon daemon;

    TimeInspector(FrameTable frames, Tasks tasks, Scheduler scheduler, PageDaemon daemon) {
        this.frames = frames;
        this.tasks = tasks;
        this.scheduler = scheduler;
        this.daemon = daemon;
    }

    /** The time of all runs so far. */
    public Outcome.Schedule schedule() {
        return scheduler.schedule();
    }

    /** The times of a process, or empty if it has no program. */
    public Optional<TimesView> times(int pid) {
        ProgramRun run = tasks.get(pid).program();
        return Optional.ofNullable(run).map(each -> each.times().view(pid, scheduler.now()));
    }

    /** The times of the processes that have programs, ended ones too, at most so many. */
    public List<TimesView> allTimes(int most) {
        List<TimesView> times = new ArrayList<>();
        for (Task task : tasks) {
            if (times.size() < most) {
                times(task.pid()).ifPresent(times::add);
            }
        }
        return times;
    }

    /** Accesses that programs still have to make, about. */
    public long accessesLeft() {
        long left = 0;
        for (Task task : tasks) {
            ProgramRun run = task.program();
            left += run == null || task.isTerminated() ? 0 : run.program().count() - run.done();
        }
        return left;
    }

    /**
     * The same in pieces, an access that crosses pages being one for each: exactly, but counted no
     * further than beyond {@code most}.
     */
    public long piecesLeft(long most) {
        long left = 0;
        for (Task task : tasks) {
            ProgramRun run = task.program();
            if (run != null && !task.isTerminated() && left <= most) {
                left += run.piecesLeft(most - left);
            }
        }
        return left;
    }

    /** Processes whose last access is made and not yet served by the disk. */
    public int waitingForDisk() {
        int waiting = 0;
        for (Task task : tasks) {
            ProgramRun run = task.program();
            waiting += run != null && run.times().waitsForDisk(scheduler.now()) ? 1 : 0;
        }
        return waiting;
    }

    /** The number of the last turn, 0 before the first of the machine's first life. */
    public long lastTurn() {
        return scheduler.turns().lastSeq();
    }

    /** The number of the oldest turn that is kept; one past the last if there is none. */
    public long oldestTurn() {
        return scheduler.turns().oldestSeq();
    }

    /** A turn from {@link #oldestTurn} to {@link #lastTurn}. */
    public Turn turn(long seq) {
        if (seq < oldestTurn() || seq > lastTurn()) {
            throw new IllegalArgumentException("no turn " + seq);
        }
        return scheduler.turns().turn(seq);
    }

    /** What is under way in the background. */
    public BackgroundView background() {
        return new BackgroundView(
                frames.freeCount(), frames.written().size(), daemon.inFlight(), daemon.isAwake());
    }
}
