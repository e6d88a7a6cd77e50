package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;

import jakarta.annotation.PreDestroy;

import org.springframework.stereotype.Component;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The long work of this server. All of it shares one pool of threads, one a core, so that nothing
 * is gained by asking twice; the most recent results are kept for a while, as long as there is
 * memory for them. What is waited for has threads of its own, and what takes milliseconds others
 * again, so that nothing waits for what takes much longer.
 */
@Component
public class Operations {

    private final OperationSettings settings;
    private final MachineHost host;
    private final ExecutorService workers;

    /** For work that is waited for. */
    private final ExecutorService prompt;

    /** For work that takes milliseconds. */
    private final ExecutorService quick;

    /** In the order of their beginnings. */
    private final NavigableMap<Long, Operation> operations = new TreeMap<>();

    private long begun;

    /** No operations yet; their results will count to the memory of the host. */
    public Operations(OperationSettings settings, MachineHost host) {
        this.settings = settings;
        this.host = host;
        int threads =
                settings.workers() > 0
                        ? settings.workers()
                        : Runtime.getRuntime().availableProcessors();
        workers = threads("worker-", threads);
        prompt = threads("prompt-", threads);
        quick = threads("quick-", threads);
    }

    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name(name, 1).daemon().factory());
    }

    /**
     * Begins a job that goes on behind the answer. Raises {@link HostingException} if too many run
     * already, or if there is no room for the result.
     */
    public Operation start(Job job) {
        Operation operation = make(job, workers, room(job.resultBytes()));
        if (!keep(operation)) {
            operation.forget();
            throw new HostingException(
                    Reason.TOO_MANY_OPERATIONS,
                    "at most " + settings.running() + " operations run at once; try again later");
        }
        begin(operation);
        return operation;
    }

    /**
     * Begins a job of unknown length: it may be waited for, or be {@link #keep kept} once it turns
     * out to be long. Its result takes little memory.
     */
    public Operation attend(Job job) {
        Operation operation = make(job, workers, host.reserve());
        begin(operation);
        return operation;
    }

    private static void begin(Operation operation) {
        Thread.ofPlatform().name("operation-" + operation.id()).daemon().start(operation::run);
    }

    /** Does a short job now. It does not count among the operations that run at once. */
    public Operation finish(Job job) {
        ExecutorService threads = job.effort() > settings.quickAccesses() ? prompt : quick;
        Operation operation = make(job, threads, host.reserve());
        operation.run();
        return operation;
    }

    private synchronized Operation make(Job job, ExecutorService threads, Reservation memory) {
        return new Operation(++begun, job, threads, memory);
    }

    /** Memory for a result, for which older ones are forgotten. */
    private synchronized Reservation room(long bytes) {
        Reservation memory = host.reserve();
        while (!memory.hold(bytes)) {
            if (!forgetOldest()) {
                throw memory.full();
            }
        }
        return memory;
    }

    private boolean forgetOldest() {
        for (Operation each : operations.values()) {
            if (each.state() != Operation.State.RUNNING) {
                operations.remove(each.number());
                each.forget();
                return true;
            }
        }
        return false;
    }

    /** Lets an operation be found by its id, unless too many are running: then it answers false. */
    public synchronized boolean keep(Operation operation) {
        long running =
                operations.values().stream()
                        .filter(each -> each.state() == Operation.State.RUNNING)
                        .count();
        if (running >= settings.running()) {
            return false;
        }
        while (operations.size() >= settings.kept() && forgetOldest()) {
            // the oldest that has ended goes first
        }
        operations.put(operation.number(), operation);
        return true;
    }

    private static long number(String id) {
        try {
            return id.startsWith(Operation.PREFIX)
                    ? Long.parseLong(id.substring(Operation.PREFIX.length()))
                    : -1;
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

    /**
     * At most {@code most} operations, the newest first.
     *
     * @param before the number of the operation that the list goes on after, or 0 for its beginning
     */
    public synchronized List<Operation> list(long before, int most) {
        NavigableMap<Long, Operation> older =
                before == 0 ? operations : operations.headMap(before, false);
        return older.descendingMap().values().stream().limit(most).toList();
    }

    @PreDestroy
    void stop() {
        synchronized (this) {
            operations.values().forEach(Operation::cancel);
        }
        workers.shutdownNow();
        prompt.shutdownNow();
        quick.shutdownNow();
    }
}
