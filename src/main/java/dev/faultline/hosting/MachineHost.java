package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Counters;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.Preset;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

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

    /** What the machines hold, and what is held for them. */
    private final AtomicLong bytes = new AtomicLong();

    private final SecureRandom random = new SecureRandom();

    public MachineHost(HostingSettings settings) {
        this.settings = settings;
        mostBytes =
                settings.totalBytes() > 0
                        ? settings.totalBytes()
                        : Runtime.getRuntime().maxMemory() / 2;
    }

    /** Makes a machine, with an id of the server's if none is wished. */
    public HostedMachine create(@Nullable String id, MachineSpec spec, @Nullable Preset preset) {
        checkPlace(id);
        Reservation memory = reserve();
        return keepingIf(
                memory, () -> add(id, preset, build(spec, preset, memory), new Counters(), memory));
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
        checkPlace(id);
        Reservation memory = reserve();
        return keepingIf(
                memory,
                () -> {
                    Machine machine = original.read(m -> m.copy(memory)).value();
                    return add(id, original.preset(), machine, machine.counters(), memory);
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
            @Nullable String wish,
            @Nullable Preset preset,
            Machine machine,
            Counters baseline,
            Reservation memory) {
        synchronized (machines) {
            checkPlace(wish);
            String id = wish == null ? freshId() : wish;
            HostedMachine hosted =
                    new HostedMachine(
                            id, preset, machine, baseline, this, memory, settings.busyWait());
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
     * The machines after an id in the order of ids, at most so many; all if {@code after} is "".
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
        try (HostedMachine.Change change = hosted.endingChange(versionWanted)) {
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

    /** Counts so many bytes more, unless there is no room for them: then it answers false. */
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
    void count(long amount) {
        bytes.addAndGet(amount);
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
