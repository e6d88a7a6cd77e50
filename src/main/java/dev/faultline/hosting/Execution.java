package dev.faultline.hosting;

import dev.faultline.analysis.Progress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A job as it is carried out: how far it is, and the threads that it may use. */
public final class Execution {

    private final ExecutorService workers;
    private final Supplier<Reservation> memory;
    private final AtomicLong done = new AtomicLong();
    private volatile boolean cancelled;

    /**
     * @param memory makes reservations of whoever has the work done
     */
    Execution(ExecutorService workers, Supplier<Reservation> memory) {
        this.workers = workers;
        this.memory = memory;
    }

    /** How much has been done, in the unit of the job's total. */
    long done() {
        return done.get();
    }

    /** Asks the work to end. It ends when it next tells how far it is. */
    void cancel() {
        cancelled = true;
    }

    /** Adds to what has been done. Raises {@link CancellationException} if it was cancelled. */
    public void advance(long more) {
        done.addAndGet(more);
        if (cancelled) {
            throw new CancellationException("cancelled");
        }
    }

    /** Memory of whoever has the work done, of which nothing is held yet. */
    public Reservation reserve() {
        return memory.get();
    }

    /**
     * Passes an analysis's progress on to this execution, and counts the bytes it holds.
     *
     * @param held counts the bytes; the caller closes it
     */
    public Progress progress(Reservation held) {
        return new Progress() {
            @Override
            public void advance(long more) {
                Execution.this.advance(more);
            }

            @Override
            public void hold(long bytes) {
                held.add(bytes);
            }
        };
    }

    /** Runs tasks on all workers. Returns their results in the tasks' order. */
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
     * Runs one long computation on a worker. It must not run on a virtual thread: these share a few
     * platform threads, and other requests would have to wait for it.
     */
    public <T> T compute(Callable<T> task) throws ExecutionException, InterruptedException {
        return runAll(List.of(task)).getFirst();
    }
}
