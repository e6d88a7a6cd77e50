package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Counters;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.Preset;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;

/** Makes, finds and ends the machines of this server, and adds up what they counted. */
@Component
public class MachineHost {

    /** What all machines show together; counts of machines that are gone remain. */
    public record Totals(
            Map<String, Counters> byPolicy, int machines, long processes, long free, long used) {

        /** The counters of all policies. */
        public Counters counters() {
            return byPolicy.values().stream().reduce(new Counters(), Counters::plus);
        }
    }

    private static final String ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int ID_LENGTH = 10;

    private final HostingSettings settings;

    /** Bytes of heap that all machines together may hold. */
    private final long mostBytes;

    private final NavigableMap<String, HostedMachine> machines = new ConcurrentSkipListMap<>();

    /**
     * What machines that are gone or were reset have counted, by policy; under the machines' lock.
     */
    private final Map<String, Counters> retired = new TreeMap<>();

    private final LongAdder bytes = new LongAdder();

    /** The requests that may wait for a machine at once: each of them keeps its connection. */
    private final Semaphore waiting;

    private final SecureRandom random = new SecureRandom();

    public MachineHost(HostingSettings settings) {
        this.settings = settings;
        long heap = Runtime.getRuntime().maxMemory();
        mostBytes = settings.totalBytes() > 0 ? settings.totalBytes() : heap / 2;
        waiting = new Semaphore(settings.waiting(heap));
    }

    /** Makes a machine, with an id of the server's if none is wished. */
    public HostedMachine create(@Nullable String id, MachineSpec spec, @Nullable Preset preset) {
        checkMemory();
        Machine machine = build(spec, preset);
        return add(id, preset, machine, new Counters());
    }

    static Machine build(MachineSpec spec, @Nullable Preset preset) {
        Machine machine = new Machine(spec);
        if (preset != null) {
            preset.prepare(machine);
        }
        return machine;
    }

    /** Makes a machine in the same state as another, which goes on by itself. */
    public HostedMachine copy(HostedMachine original, @Nullable String id) {
        original.checkUsable();
        checkMemory();
        Machine machine =
                original.read(m -> Machine.restore(m.spec(), m.save(), m.programs())).value();
        return add(id, original.preset(), machine, machine.counters());
    }

    private HostedMachine add(
            @Nullable String wish, @Nullable Preset preset, Machine machine, Counters baseline) {
        synchronized (machines) {
            String id = wish == null ? freshId() : wish;
            if (machines.containsKey(id)) {
                throw new HostingException(
                        Reason.MACHINE_EXISTS, "there is a machine '" + id + "' already");
            }
            if (machines.size() >= settings.machines()) {
                throw new HostingException(
                        Reason.TOO_MANY_MACHINES,
                        "this server hosts at most "
                                + settings.machines()
                                + " machines; delete one first");
            }
            HostedMachine hosted =
                    new HostedMachine(id, preset, machine, baseline, this, settings.busyWait());
            machines.put(id, hosted);
            return hosted;
        }
    }

    private String freshId() {
        StringBuilder id = new StringBuilder("m-");
        while (id.length() < ID_LENGTH) {
            id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
        }
        return machines.containsKey(id.toString()) ? freshId() : id.toString();
    }

    /** The machine of an id. Raises {@link HostingException} if there is none. */
    public HostedMachine find(String id) {
        HostedMachine hosted = machines.get(id);
        if (hosted == null) {
            throw noSuchMachine(id);
        }
        return hosted;
    }

    static HostingException noSuchMachine(String id) {
        return new HostingException(Reason.NO_SUCH_MACHINE, "there is no machine '" + id + "'");
    }

    /**
     * The machines after an id in the order of ids, at most so many; all if {@code after} is "".
     */
    public List<HostedMachine> list(String after, int most) {
        return machines.tailMap(after, false).values().stream().limit(most).toList();
    }

    /**
     * Ends a machine, if it is at a version that is wanted. What it counted stays in the totals.
     */
    public void delete(String id, LongPredicate versionWanted) {
        HostedMachine hosted = find(id);
        try (HostedMachine.Change change = hosted.change(versionWanted)) {
            change.delete();
            synchronized (machines) {
                retire(hosted, hosted.contribution());
                machines.remove(id);
            }
        }
    }

    /** Lets a machine's counts start anew without taking anything from the totals. */
    void replaceCounts(HostedMachine hosted, Runnable replacement) {
        synchronized (machines) {
            Counters before = hosted.contribution();
            replacement.run();
            retire(hosted, before.minus(hosted.contribution()));
        }
    }

    private void retire(HostedMachine hosted, Counters counters) {
        retired.merge(hosted.spec().policy(), counters, Counters::plus);
    }

    /** Raises {@link HostingException} when the machines hold as much memory as they may. */
    void checkMemory() {
        if (bytes.sum() > mostBytes) {
            throw new HostingException(
                    Reason.SERVER_FULL,
                    "the machines of this server hold all the memory they may; delete one first");
        }
    }

    /**
     * Counts bytes that are held beside the machines until the reservation is closed. Raises {@link
     * HostingException} if there is no room for them.
     */
    public Reservation reserve(long amount) {
        checkMemory();
        claim(amount);
        return () -> release(amount);
    }

    /** Memory that is counted as long as this is open. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    void claim(long amount) {
        bytes.add(amount);
    }

    void release(long amount) {
        bytes.add(-amount);
    }

    /**
     * Waits for a machine's lock, while not too many requests wait for one. Answers whether it was
     * got.
     */
    boolean awaitTurn(ReentrantLock lock, Duration most) throws InterruptedException {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return lock.tryLock(most.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            waiting.release();
        }
    }

    /** What all machines have counted and hold, in one pass. */
    public Totals totals() {
        synchronized (machines) {
            Map<String, Counters> byPolicy = new TreeMap<>(retired);
            long processes = 0;
            long free = 0;
            long used = 0;
            for (HostedMachine hosted : machines.values()) {
                HostedMachine.Snapshot snapshot = hosted.snapshot();
                byPolicy.merge(hosted.spec().policy(), hosted.contribution(), Counters::plus);
                processes += snapshot.processes();
                free += snapshot.freeFrames();
                used += snapshot.usedFrames();
            }
            return new Totals(byPolicy, machines.size(), processes, free, used);
        }
    }
}
