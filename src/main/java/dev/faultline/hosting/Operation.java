package dev.faultline.hosting;

import dev.faultline.trace.StoredTraceException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Long work under way, or done: how far it is, and what it came to. */
public final class Operation {

    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    /** What became of it. */
    public enum State {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /** What is to be done. */
    public interface Work {
        /** Does it. Raises {@link CancellationException} if {@link #advance} did. */
        Object run(Operation operation) throws ExecutionException, InterruptedException;
    }

    private final String id;
    private final String kind;
    private final long total;
    private final ExecutorService workers;
    private final AtomicLong done = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean cancelled;
    private volatile State state = State.RUNNING;
    private volatile @Nullable Object result;
    private volatile @Nullable String failure;
    private volatile @Nullable Throwable cause;

    /** What the result takes of the server's memory, for as long as it is kept. */
    private final Reservation memory;

    Operation(String id, String kind, long total, ExecutorService workers, Reservation memory) {
        this.id = id;
        this.kind = kind;
        this.total = total;
        this.workers = workers;
        this.memory = memory;
    }

    public String id() {
        return id;
    }

    /** What kind of work it is, in a word. */
    public String kind() {
        return kind;
    }

    public State state() {
        return state;
    }

    /** How much is done, of {@link #total}; what is counted depends on the kind. */
    public long done() {
        return Math.min(total, done.get());
    }

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

    /** So much more is done. Raises {@link CancellationException} if nobody wants the rest. */
    public void advance(long more) {
        done.addAndGet(more);
        if (cancelled) {
            throw new CancellationException("cancelled");
        }
    }

    /** Says that nobody wants the rest. Nothing happens to what has ended. */
    public void cancel() {
        cancelled = true;
    }

    /** Runs tasks on all workers. Answers what they came to, in order. */
    public <T> List<T> runAll(List<Callable<T>> tasks)
            throws ExecutionException, InterruptedException {
        List<Future<T>> futures = new ArrayList<>(tasks.size());
        for (Callable<T> task : tasks) {
            futures.add(
                    workers.submit(
                            () -> {
                                advance(0); // raises if it was cancelled before it began
                                return task.call();
                            }));
        }
        List<T> results = new ArrayList<>(tasks.size());
        try {
            for (Future<T> future : futures) {
                results.add(future.get());
            }
        } catch (ExecutionException | InterruptedException e) {
            futures.forEach(future -> future.cancel(false));
            throw e;
        }
        return results;
    }

    /**
     * Does what computes for long, which must not be on a virtual thread: those share few real ones
     * and would have to wait for it.
     */
    public <T> T compute(Callable<T> task) throws ExecutionException, InterruptedException {
        return runAll(List.of(task)).getFirst();
    }

    void run(Work work) {
        try {
            result = work.run(this);
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
                        || raised instanceof IllegalArgumentException
                        || raised instanceof StoredTraceException;
        if (explained) {
            return String.valueOf(raised.getMessage());
        }
        LOG.error("operation {} failed", id, raised);
        return "it broke off by a mistake of the server's; it has been logged";
    }

    private void end(State newState, @Nullable String why) {
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
