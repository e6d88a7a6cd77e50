package dev.faultline.hosting;

import dev.faultline.analysis.TraceTooLargeException;
import dev.faultline.owners.Owner;
import dev.faultline.trace.StoredTraceException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Long work under way, or done: how far it is, and what it came to. */
public final class Operation {

    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    /** What became of it. */
    public enum State {
        /** It has not ended; it may still wait for a thread. */
        RUNNING,
        /** It has its {@link #result}. */
        DONE,
        /** It broke off, and {@link #failure} says why. */
        FAILED,
        /** It was ended before it was done: cancelled, or its machine was reset or deleted. */
        CANCELLED
    }

    private final String id;
    private final Owner owner;
    private final long number;
    private final String kind;
    private final long total;
    private final double effort;
    private Job.@Nullable Work work;
    private final Execution execution;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile State state = State.RUNNING;
    private volatile @Nullable Object result;
    private volatile @Nullable String failure;
    private volatile @Nullable Throwable cause;

    /** What the result takes of the server's memory, for as long as it is kept. */
    private final Reservation memory;

    private final MachineHost host;

    Operation(
            String id,
            Owner owner,
            long number,
            Job job,
            ExecutorService workers,
            Reservation memory,
            MachineHost host) {
        this.id = id;
        this.owner = owner;
        this.number = number;
        kind = job.kind();
        total = job.total();
        effort = job.effort();
        work = job.work();
        execution = new Execution(workers, () -> host.reserve(owner));
        this.memory = memory;
        this.host = host;
    }

    /** Its name in paths, which cannot be guessed. */
    public String id() {
        return id;
    }

    /** To whom it belongs. */
    public Owner owner() {
        return owner;
    }

    /** Its place in the order of all operations, from 1 on. */
    long number() {
        return number;
    }

    /** What kind of work it is, in a word. */
    public String kind() {
        return kind;
    }

    /** What became of it, as of now. */
    public State state() {
        return state;
    }

    /** How much has been done, from 0 to {@link #total}; the unit depends on the kind. */
    public long done() {
        return Math.min(total(), execution.done());
    }

    /** How much there is to do, in the same unit. */
    public long total() {
        return total;
    }

    /** What it came to, once it is done; else null. */
    public @Nullable Object result() {
        return result;
    }

    /** Why it failed, or null. */
    public @Nullable String failure() {
        return failure;
    }

    /** What the work raised when it failed, or null. */
    public @Nullable Throwable cause() {
        return cause;
    }

    /** The result is not kept any longer. */
    void forget() {
        memory.close();
    }

    /** Asks the work to end. An operation that has ended stays as it is. */
    public void cancel() {
        execution.cancel();
    }

    /** Does the work, on the caller's thread and the workers. */
    void run() {
        try {
            result = takeWork().run(execution);
            end(State.DONE, null);
        } catch (ExecutionException e) {
            fail(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(State.FAILED, "the server is shutting down");
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** The work, which holds on to its machine: it is let go of once it is done. */
    private Job.Work takeWork() {
        Job.Work taken = Objects.requireNonNull(work, "an operation runs once");
        work = null;
        return taken;
    }

    /** Ends with what was raised, and lets it go on if it means more than this operation. */
    private void fail(Throwable raised) {
        cause = raised;
        if (raised instanceof CancellationException) {
            end(State.CANCELLED, null);
        } else if (raised instanceof HostingException hosting
                && hosting.reason() == HostingException.Reason.REQUEST_INTERRUPTED) {
            end(State.CANCELLED, hosting.getMessage());
        } else {
            end(State.FAILED, words(raised));
        }
        if (raised instanceof Error error) {
            throw error;
        }
    }

    /** Says why, unless it is a mistake of the server's: that goes to the log. */
    private String words(Throwable raised) {
        boolean explained =
                raised instanceof Refusal
                        || raised instanceof TraceTooLargeException
                        || raised instanceof StoredTraceException;
        if (explained) {
            return String.valueOf(raised.getMessage());
        }
        LOG.error("operation {} failed", id(), raised);
        return "it broke off by a mistake of the server's; it has been logged";
    }

    private void end(State newState, @Nullable String why) {
        double part = newState == State.DONE ? 1 : (double) done() / Math.max(1, total());
        host.charge(owner, (long) (effort * part));
        lock.lock();
        try {
            failure = why;
            state = newState;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has ended or the time is over. */
    public void await(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (state == State.RUNNING && left > 0) {
                left = ended.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
