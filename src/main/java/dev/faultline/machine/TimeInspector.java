package dev.faultline.machine;

import dev.faultline.machine.protocol.BackgroundView;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.tables.FrameTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers questions about runs and background work. Looking changes nothing. */
public final class TimeInspector {

    private final FrameTable frames;
    private final Tasks tasks;
    private final RunQueue queue;
    private final PageDaemon daemon;

    TimeInspector(Parts parts, RunQueue queue, PageDaemon daemon) {
        this.frames = parts.frames();
        this.tasks = parts.tasks();
        this.queue = queue;
        this.daemon = daemon;
    }

    /** The time of all runs so far. */
    public Outcome.Schedule schedule() {
        return queue.schedule();
    }

    /** The times of a process, or empty if it has no program. */
    public Optional<TimesView> times(int pid) {
        ProgramRun run = tasks.get(pid).program();
        return Optional.ofNullable(run).map(each -> each.times().view(pid, queue.now()));
    }

    /** The times of at most {@code most} processes that have programs, ended ones too. */
    public List<TimesView> allTimes(int most) {
        List<TimesView> times = new ArrayList<>();
        for (Task task : tasks) {
            if (times.size() < most) {
                times(task.pid()).ifPresent(times::add);
            }
        }
        return times;
    }

    /** About how many accesses the programs still have to make. */
    public long accessesLeft() {
        long left = 0;
        for (Task task : tasks) {
            ProgramRun run = task.program();
            left += run == null || task.isTerminated() ? 0 : run.program().count() - run.done();
        }
        return left;
    }

    /** The same in pieces, one for each page; exact, but counting stops soon after {@code most}. */
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

    /** The number of processes whose last access is made and not yet served by the disk. */
    public int waitingForDisk() {
        int waiting = 0;
        for (Task task : tasks) {
            ProgramRun run = task.program();
            waiting += run != null && run.times().waitsForDisk(queue.now()) ? 1 : 0;
        }
        return waiting;
    }

    /** The number of the last turn, 0 before the first of the machine's first life. */
    public long lastTurn() {
        return queue.turns().lastSeq();
    }

    /** The number of the oldest turn kept; one past the last if there is none. */
    public long oldestTurn() {
        return queue.turns().oldestSeq();
    }

    /** A turn from {@link #oldestTurn} to {@link #lastTurn}. */
    public Turn turn(long seq) {
        if (seq < oldestTurn() || seq > lastTurn()) {
            throw new IllegalArgumentException("no turn " + seq);
        }
        return queue.turns().turn(seq);
    }

    /** The work under way in the background. */
    public BackgroundView background() {
        return new BackgroundView(
                frames.freeCount(), frames.written().size(), daemon.inFlight(), daemon.isAwake());
    }
}
