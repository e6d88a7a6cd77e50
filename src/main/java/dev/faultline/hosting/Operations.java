package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;

import jakarta.annotation.PreDestroy;

import org.springframework.stereotype.Component;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

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
     * Begins work that goes on behind the answer, and whose result takes about so many bytes.
     * Raises {@link HostingException} if it may not.
     */
    public Operation start(String kind, long total, long resultBytes, Operation.Work work) {
        Operation operation = make(kind, total, workers, room(resultBytes));
        if (!keep(operation)) {
            operation.forget();
            throw new HostingException(
                    Reason.TOO_MANY_OPERATIONS,
                    "at most " + settings.running() + " operations run at once; try again later");
        }
        begin(operation, work);
        return operation;
    }

    /**
     * Begins work of which nobody knows how long it is: it may come to be {@link #keep kept} or be
     * waited for. Its result takes little memory.
     */
    public Operation attend(String kind, long total, Operation.Work work) {
        Operation operation = make(kind, total, workers, host.reserve());
        begin(operation, work);
        return operation;
    }

    private static void begin(Operation operation, Operation.Work work) {
        Thread.ofPlatform()
                .name("operation-" + operation.id())
                .daemon()
                .start(() -> operation.run(work));
    }

    /**
     * Does work that is short, now. It is none of the operations that run at once.
     *
     * @param effort how long it takes, in accesses
     */
    public Operation finish(String kind, long total, double effort, Operation.Work work) {
        ExecutorService threads = effort > settings.quickAccesses() ? prompt : quick;
        Operation operation = make(kind, total, threads, host.reserve());
        operation.run(work);
        return operation;
    }

    private synchronized Operation make(
            String kind, long total, ExecutorService threads, Reservation memory) {
        return new Operation("op-" + ++begun, kind, total, threads, memory);
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
                operations.remove(number(each.id()));
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
        operations.put(number(operation.id()), operation);
        return true;
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
        prompt.shutdownNow();
        quick.shutdownNow();
    }
}
