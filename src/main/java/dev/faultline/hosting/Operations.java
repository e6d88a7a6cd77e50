package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Ids;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import jakarta.annotation.PreDestroy;

import org.springframework.stereotype.Component;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

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
    private final Quotas quotas;
    private final ExecutorService workers;

    /** For work that is waited for. */
    private final ExecutorService prompt;

    /** For work that takes milliseconds. */
    private final ExecutorService quick;

    /** In the order of their beginnings. */
    private final NavigableMap<Long, Operation> operations = new TreeMap<>();

    /** The same, by their ids. */
    private final Map<String, Operation> byId = new HashMap<>();

    private final Ids ids = new Ids();

    private long begun;

    /** No operations yet; their results will count to the memory of the host. */
    public Operations(OperationSettings settings, MachineHost host, Quotas quotas) {
        this.settings = settings;
        this.quotas = quotas;
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
    public Operation start(Owner owner, Job job) {
        long most = quotas.most(owner, Quota.OPERATIONS);
        long used = running(owner);
        if (used >= most) {
            throw HostingException.over(Quota.OPERATIONS, most, used);
        }
        Operation operation = make(owner, job, workers, room(owner, job.resultBytes()));
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
    public Operation attend(Owner owner, Job job) {
        Operation operation = make(owner, job, workers, host.reserve(owner));
        begin(operation);
        return operation;
    }

    private static void begin(Operation operation) {
        Thread.ofPlatform().name("operation-" + operation.id()).daemon().start(operation::run);
    }

    /** Does a short job now. It does not count among the operations that run at once. */
    public Operation finish(Owner owner, Job job) {
        ExecutorService threads = job.effort() > settings.quickAccesses() ? prompt : quick;
        Operation operation = make(owner, job, threads, host.reserve(owner));
        operation.run();
        return operation;
    }

    private synchronized Operation make(
            Owner owner, Job job, ExecutorService threads, Reservation memory) {
        return new Operation(ids.next("op-", Ids.LONG), owner, ++begun, job, threads, memory, host);
    }

    /**
     * Memory for a result, for which older ones are forgotten: the owner's own first, and others'
     * if it is not the owner's limit that leaves no room.
     */
    private synchronized Reservation room(Owner owner, long bytes) {
        Reservation memory = host.reserve(owner);
        while (!memory.hold(bytes)) {
            boolean ownOnly = memory.isOwnerFull();
            if (!forgetOldest(each -> each.owner().equals(owner))
                    && (ownOnly || !forgetOldest(any -> true))) {
                throw memory.full();
            }
        }
        return memory;
    }

    private boolean forgetOldest(Predicate<Operation> which) {
        for (Operation each : operations.values()) {
            if (each.state() != Operation.State.RUNNING && which.test(each)) {
                operations.remove(each.number());
                byId.remove(each.id());
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
        long most = quotas.most(operation.owner(), Quota.OPERATIONS);
        if (running >= settings.running() || running(operation.owner()) >= most) {
            return false;
        }
        Predicate<Operation> sameOwner = each -> each.owner().equals(operation.owner());
        while (operations.values().stream().filter(sameOwner).count() >= settings.kept()
                && forgetOldest(sameOwner)) {
            // the owner's oldest that has ended goes first
        }
        operations.put(operation.number(), operation);
        byId.put(operation.id(), operation);
        return true;
    }

    /** How many operations of an owner run. */
    public synchronized long running(Owner owner) {
        return operations.values().stream()
                .filter(each -> each.owner().equals(owner))
                .filter(each -> each.state() == Operation.State.RUNNING)
                .count();
    }

    /**
     * The operation of an id. Raises {@link HostingException} if there is none that the caller
     * sees, or no longer.
     */
    public synchronized Operation find(Caller caller, String id) {
        Operation operation = byId.get(id);
        if (operation == null || !caller.sees(operation.owner())) {
            throw new HostingException(
                    Reason.NO_SUCH_OPERATION, "there is no operation '" + id + "', or no longer");
        }
        return operation;
    }

    /**
     * At most {@code most} operations that a caller sees, the newest first.
     *
     * @param before the id of the operation that the list goes on after, or "" for its beginning;
     *     nothing follows one that has been forgotten, since older ones are forgotten first
     */
    public synchronized List<Operation> list(Caller caller, String before, int most) {
        Operation last = byId.get(before);
        if (last == null && !before.isEmpty()) {
            return List.of();
        }
        NavigableMap<Long, Operation> older =
                last == null ? operations : operations.headMap(last.number(), false);
        return older.descendingMap().values().stream()
                .filter(each -> caller.sees(each.owner()))
                .limit(most)
                .toList();
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
