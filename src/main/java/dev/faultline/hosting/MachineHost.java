package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** Makes, finds and ends the machines of this server, and adds up what they counted. */
@Component
public class MachineHost {

    private static final String ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int ID_LENGTH = 10;

    private final HostingSettings settings;

    /** Bytes of heap that all machines together may hold. */
    private final long mostBytes;

    private final NavigableMap<String, HostedMachine> machines = new ConcurrentSkipListMap<>();

    /** What machines have counted since the server began, by policy; those that are gone too. */
    private final Map<String, Counters> counted = new ConcurrentHashMap<>();

    /** What the machines hold, and what is held for them. */
    private final AtomicLong bytes = new AtomicLong();

    /** The requests that may wait for a machine at once: each of them keeps its connection. */
    private final Semaphore waiting;

    private final SecureRandom random = new SecureRandom();

    /** Hosts nothing yet. Bounds that the settings leave open follow from the size of the heap. */
    public MachineHost(HostingSettings settings) {
        this.settings = settings;
        long heap = Runtime.getRuntime().maxMemory();
        mostBytes = settings.totalBytes() > 0 ? settings.totalBytes() : heap / 2;
        waiting = new Semaphore(settings.waiting(heap));
        Machine.policyNames().forEach(policy -> counted.put(policy, new Counters()));
    }

    /** Makes a machine, with an id of the server's if none is wished. */
    public HostedMachine create(@Nullable String id, MachineSpec spec, @Nullable Preset preset) {
        checkPlace(id);
        Reservation memory = reserve();
        return keepingIf(
                memory,
                () -> {
                    Machine machine = build(spec, preset, memory);
                    Counters shown = machine.counters(); // by a preset that has run already
                    HostedMachine hosted = add(id, preset, machine, memory);
                    count(spec.policy(), shown);
                    return hosted;
                });
    }

    static Machine build(MachineSpec spec, @Nullable Preset preset, Reservation memory) {
        Machine machine = new Machine(spec, memory);
        if (preset != null) {
            preset.prepare(machine);
        }
        return machine;
    }

    /** Makes a machine in the same state as another, which goes on by itself. */
    public HostedMachine copy(HostedMachine original, @Nullable String id) {
        original.checkUsable();
        checkPlace(id);
        Reservation memory = reserve();
        return keepingIf(
                memory,
                () -> {
                    Machine machine = original.read(m -> m.copy(memory)).value();
                    return add(id, original.preset(), machine, memory);
                });
    }

    /** Makes a machine that keeps the memory, which is given back if there comes to be none. */
    private static HostedMachine keepingIf(Reservation memory, Supplier<HostedMachine> making) {
        boolean made = false;
        try {
            HostedMachine hosted = making.get();
            made = true;
            return hosted;
        } finally {
            if (!made) {
                memory.close();
            }
        }
    }

    private HostedMachine add(
            @Nullable String wish, @Nullable Preset preset, Machine machine, Reservation memory) {
        synchronized (machines) {
            checkPlace(wish);
            String id = wish == null ? freshId() : wish;
            HostedMachine hosted =
                    new HostedMachine(id, preset, machine, this, memory, settings.busyWait());
            machines.put(id, hosted);
            return hosted;
        }
    }

    /** Raises {@link HostingException} if there is no place for a machine, or none of its name. */
    private void checkPlace(@Nullable String id) {
        if (id != null && machines.containsKey(id)) {
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
     * The machines after an id in the order of ids, at most {@code most}; all if {@code after} is
     * "".
     */
    public List<HostedMachine> list(String after, int most) {
        return machines.tailMap(after, false).values().stream().limit(most).toList();
    }

    /**
     * Ends a machine, if it is at a version that is wanted, and with it what is changing it. What
     * it counted stays in the totals.
     */
    public void delete(String id, LongPredicate versionWanted) {
        HostedMachine hosted = find(id);
        try (Change change = hosted.endingChange(versionWanted)) {
            change.delete();
            synchronized (machines) {
                machines.remove(id);
            }
        }
    }

    /** Adds what a machine has counted to the totals, from which nothing is ever taken. */
    void count(String policy, Counters growth) {
        counted.merge(policy, growth, Counters::plus);
    }

    /** Memory for a machine, of which nothing is held yet. */
    public Reservation reserve() {
        return new Reservation(this);
    }

    /**
     * Counts bytes that are held beside the machines until the reservation is closed. Raises {@link
     * HostingException} if there is no room for them.
     */
    public Reservation reserve(long amount) {
        Reservation memory = reserve();
        memory.add(amount);
        return memory;
    }

    /** Bytes that all machines together may hold more. */
    long freeBytes() {
        return Math.max(0, mostBytes - bytes.get());
    }

    /** Counts more bytes. If there is no room for them, it counts none and answers false. */
    boolean claim(long amount) {
        long before = bytes.get();
        while (amount <= mostBytes - before) {
            if (bytes.compareAndSet(before, before + amount)) {
                return true;
            }
            before = bytes.get();
        }
        return false;
    }

    /** Counts bytes that are there, or no longer there, whether or not there is room. */
    void recount(long amount) {
        bytes.addAndGet(amount);
    }

    /**
     * Waits for a turn to change a machine, while not too many requests wait for one. Answers
     * whether it came.
     */
    boolean awaitTurn(Semaphore turn, Duration most) throws InterruptedException {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return turn.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            waiting.release();
        }
    }

    /** What all machines have counted, and what those that are there hold. */
    public Totals totals() {
        return new Totals(
                new TreeMap<>(counted),
                machines.values().stream()
                        .map(hosted -> hosted.snapshot().holdings())
                        .reduce(Totals.Holdings.NONE, Totals.Holdings::plus));
    }
}
