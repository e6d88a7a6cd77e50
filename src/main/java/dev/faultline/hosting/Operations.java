package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;

import jakarta.annotation.PreDestroy;

import org.springframework.stereotype.Component;

import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The long work of this server. All of it shares one pool of threads, one a core, so that nothing
 * is gained by asking twice; the most recent results are kept for a while.
 */
@Component
public class Operations {

    private final OperationSettings settings;
    private final ExecutorService workers;

    /** In the order of their beginnings. */
    private final NavigableMap<Long, Operation> operations = new TreeMap<>();

    private long begun;

    public Operations(OperationSettings settings) {
        this.settings = settings;
        int threads =
                settings.workers() > 0
                        ? settings.workers()
                        : Runtime.getRuntime().availableProcessors();
        workers =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("worker-", 1).daemon().factory());
    }

    /**
     * Begins work that goes on behind the answer. Raises {@link HostingException} if it may not.
     */
    public Operation start(String kind, long total, Operation.Work work) {
        Operation operation = begin(kind, total);
        Thread.ofVirtual().name("operation-" + operation.id()).start(() -> operation.run(work));
        return operation;
    }

    /** Does work now, and remembers it no longer than it takes. */
    public Operation finish(String kind, long total, Operation.Work work) {
        Operation operation = begin(kind, total);
        try {
            operation.run(work);
        } finally {
            synchronized (this) {
                operations.remove(number(operation.id()));
            }
        }
        return operation;
    }

    private synchronized Operation begin(String kind, long total) {
        Iterator<Operation> all = operations.values().iterator();
        long running = 0;
        int excess = operations.size() + 1 - settings.kept();
        while (all.hasNext()) {
            if (all.next().state() == Operation.State.RUNNING) {
                running++;
            } else if (excess > 0) {
                all.remove();
                excess--;
            }
        }
        if (running >= settings.running()) {
            throw new HostingException(
                    Reason.TOO_MANY_OPERATIONS,
                    "at most " + settings.running() + " operations run at once; try again later");
        }
        long number = ++begun;
        Operation operation = new Operation("op-" + number, kind, total, workers);
        operations.put(number, operation);
        return operation;
    }

    private static long number(String id) {
        try {
            return id.startsWith("op-") ? Long.parseLong(id.substring(3)) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The operation of an id. Raises {@link HostingException} if there is none, or no longer. */
    public synchronized Operation find(String id) {
        Operation operation = operations.get(number(id));
        if (operation == null || !operation.id().equals(id)) {
            throw new HostingException(
                    Reason.NO_SUCH_OPERATION, "there is no operation '" + id + "', or no longer");
        }
        return operation;
    }

    /** The operations, the newest first, at most so many. */
    public synchronized List<Operation> list(int most) {
        Stream<Operation> newest = operations.descendingMap().values().stream();
        return newest.limit(most).toList();
    }

    @PreDestroy
    void stop() {
        synchronized (this) {
            operations.values().forEach(Operation::cancel);
        }
        workers.shutdownNow();
    }
}
