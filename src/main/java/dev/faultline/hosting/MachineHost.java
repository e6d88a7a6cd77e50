package dev.faultline.hosting;

import dev.faultline.history.Checkpoint;
import dev.faultline.history.History;
import dev.faultline.history.Request;
import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Caller.Named;
import dev.faultline.owners.Ids;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Makes, finds and ends the machines of this server, and adds up what they counted. */
@Component
public class MachineHost {

    /** Leaves no record: what is deleted has no history. */
    private static final Request DELETION = new Request("deleteMachine", "", null);

    private final HostingSettings settings;
    private final History.Bounds historyBounds;

    private final NavigableMap<Named, HostedMachine> machines = new ConcurrentSkipListMap<>();

    /** What machines have counted since the server began, by policy; those that are gone too. */
    private final Map<String, Counters> counted = new ConcurrentHashMap<>();

    private final Quotas quotas;
    private final HostMemory heap;

    /** The requests that may wait for a machine at once: each of them keeps its connection. */
    private final Semaphore waiting;

    private final Ids ids = new Ids();
    private final Clock clock;

    /** Hosts nothing yet. Bounds that the settings leave open follow from the size of the heap. */
    public MachineHost(
            HostingSettings settings, HistorySettings history, Quotas quotas, Clock clock) {
        this.settings = settings;
        this.quotas = quotas;
        this.clock = clock;
        historyBounds = history.bounds();
        long heapBytes = Runtime.getRuntime().maxMemory();
        long most = settings.totalBytes() > 0 ? settings.totalBytes() : heapBytes / 2;
        heap = new HostMemory(most, quotas, this::histories);
        waiting = new Semaphore(settings.waiting(heapBytes));
        Machine.policyNames().forEach(policy -> counted.put(policy, new Counters()));
    }

    /** Makes a machine, with an id of the server's if none is wished. */
    public HostedMachine create(Owner owner, NewMachine wanted) {
        checkPlace(owner, wanted.id());
        Reservation memory = reserve(owner);
        return keepingIf(
                memory,
                () -> {
                    Preset preset = wanted.preset();
                    Machine machine = build(wanted.spec(), preset, memory);
                    Counters shown = machine.counters(); // by a preset that has run already
                    History history = history(owner, machine, preset, historyBounds);
                    HostedMachine hosted = add(owner, wanted, machine, memory, history, 1);
                    count(wanted.spec().policy(), shown);
                    return hosted;
                });
    }

    static Machine build(MachineSpec spec, @Nullable Preset preset, Room memory) {
        Machine machine = new Machine(spec, memory);
        if (preset != null) {
            preset.prepare(machine);
        }
        return machine;
    }

    /**
     * Makes a machine in the same state as another, which goes on by itself.
     *
     * @param owner to whom the copy belongs
     * @param at the version whose state it is, or null for the present
     */
    public HostedMachine copy(
            Owner owner, HostedMachine original, @Nullable String id, @Nullable Long at) {
        checkPlace(owner, id);
        Reservation memory = reserve(owner);
        return keepingIf(
                memory,
                () -> {
                    Machine machine = original.machineAt(at, memory);
                    NewMachine wanted =
                            new NewMachine(
                                    id, original.spec(), original.preset(), original.keeping());
                    History history =
                            historyFrom(owner, machine, wanted.preset(), 1, historyBounds);
                    return add(owner, wanted, machine, memory, history, 1);
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
            Owner owner,
            NewMachine wanted,
            Machine machine,
            Reservation memory,
            History history,
            long version) {
        boolean added = false;
        try {
            synchronized (machines) {
                String wish = wanted.id();
                checkPlace(owner, wish);
                Named name = new Named(owner, wish == null ? ids.next("m-", Ids.LONG) : wish);
                HostedMachine hosted =
                        new HostedMachine(
                                name,
                                wanted.preset(),
                                wanted.keeping(),
                                machine,
                                this,
                                memory,
                                history,
                                version,
                                settings.busyWait());
                machines.put(name, hosted);
                added = true;
                return hosted;
            }
        } finally {
            if (!added) {
                history.close();
            }
        }
    }

    /** The history of a machine that is as it was made. */
    private History history(
            Owner owner, Machine machine, @Nullable Preset preset, History.Bounds bounds) {
        MachineSpec spec = machine.spec();
        return History.ofNew(spec, maker(spec, preset), machine, bounds, quietRoom(owner));
    }

    /** The history of a machine that begins at a version. */
    private History historyFrom(
            Owner owner,
            Machine machine,
            @Nullable Preset preset,
            long version,
            History.Bounds bounds) {
        MachineSpec spec = machine.spec();
        return History.from(spec, maker(spec, preset), machine, version, bounds, quietRoom(owner));
    }

    private static Checkpoint.Maker maker(MachineSpec spec, @Nullable Preset preset) {
        return room -> build(spec, preset, room);
    }

    /** Room of a history, for which no other history gives anything up. */
    private Reservation quietRoom(Owner owner) {
        return heap.reserveQuietly(owner);
    }

    /**
     * Makes a machine again that has a life behind it. Raises {@link HostingException} if there is
     * no place or no room for it; nothing is left then.
     *
     * @param life lives it again; what it raises is raised
     */
    public <E extends Exception> HostedMachine recreate(
            Owner owner, NewMachine wanted, Life<E> life) throws E {
        MachineSpec spec = wanted.spec();
        Preset preset = wanted.preset();
        checkPlace(owner, wanted.id());
        Reservation memory = reserve(owner);
        boolean made = false;
        try {
            Relived relived =
                    new Relived(
                            spec,
                            preset,
                            memory,
                            machine -> history(owner, machine, preset, History.Bounds.NONE),
                            (machine, version) ->
                                    historyFrom(
                                            owner, machine, preset, version, History.Bounds.NONE));
            try {
                life.live(relived);
                relived.history().bind(historyBounds, relived.machine());
            } catch (Throwable e) {
                relived.history().close();
                throw e;
            }
            HostedMachine hosted =
                    add(
                            owner,
                            wanted,
                            relived.machine(),
                            memory,
                            relived.history(),
                            relived.version());
            count(spec.policy(), relived.machine().counters());
            made = true;
            return hosted;
        } finally {
            if (!made) {
                memory.close();
            }
        }
    }

    /** What happened to a machine, to happen again. */
    public interface Life<E extends Exception> {
        /** Lets it all happen. */
        void live(Relived machine) throws E;
    }

    /** Raises {@link HostingException} if there is no place for a machine, or none of its name. */
    private void checkPlace(Owner owner, @Nullable String id) {
        if (id != null && machines.containsKey(new Named(owner, id))) {
            throw new HostingException(
                    Reason.MACHINE_EXISTS, "there is a machine '" + id + "' already");
        }
        long most = quotas.most(owner, Quota.MACHINES);
        int used = machinesOf(owner);
        if (used >= most) {
            throw HostingException.over(Quota.MACHINES, most, used);
        }
        if (machines.size() >= settings.machines()) {
            throw new HostingException(
                    Reason.TOO_MANY_MACHINES,
                    "this server hosts at most "
                            + settings.machines()
                            + " machines; delete one first");
        }
    }

    /**
     * The machine that a caller means by a name. Raises {@link HostingException} if there is none,
     * or none that the caller sees.
     */
    public HostedMachine find(Caller caller, String name) {
        Named meant = caller.named(name);
        HostedMachine hosted = meant == null ? null : machines.get(meant);
        if (hosted == null) {
            throw noSuchMachine(name);
        }
        return hosted;
    }

    static HostingException noSuchMachine(String name) {
        return new HostingException(Reason.NO_SUCH_MACHINE, "there is no machine '" + name + "'");
    }

    /** The machines that a caller sees, in order of owner, then id, after one if it is given. */
    public Stream<HostedMachine> list(Caller caller, @Nullable Named after) {
        Named first = new Named(caller.owner(), "");
        boolean goesOn = after != null && (caller.seesAll() || after.compareTo(first) > 0);
        NavigableMap<Named, HostedMachine> rest =
                goesOn
                        ? machines.tailMap(after, false)
                        : caller.seesAll() ? machines : machines.tailMap(first, true);
        return rest.values().stream().takeWhile(hosted -> caller.sees(hosted.owner()));
    }

    /** The machines that nobody has changed for as long as they may be idle. */
    List<HostedMachine> expired() {
        return machines.values().stream().filter(HostedMachine::isExpired).toList();
    }

    /** What time it is. */
    Instant now() {
        return clock.instant();
    }

    /**
     * Ends a machine, if it is at a version that is wanted, and with it what is changing it. What
     * it counted stays in the totals.
     */
    public void delete(HostedMachine hosted, LongPredicate versionWanted) {
        try (Change change = hosted.endingChange(hosted.owner(), versionWanted, DELETION)) {
            change.delete();
            hosted.history().close();
            synchronized (machines) {
                machines.remove(hosted.name());
            }
        }
    }

    /** Adds what a machine has counted to the totals, from which nothing is ever taken. */
    void count(String policy, Counters growth) {
        counted.merge(policy, growth, Counters::plus);
    }

    private Stream<History> histories(Predicate<Owner> owners) {
        return machines.values().stream()
                .filter(hosted -> owners.test(hosted.owner()))
                .map(HostedMachine::history);
    }

    /** Memory of an owner's, of which nothing is held yet. */
    public Reservation reserve(Owner owner) {
        return heap.reserve(owner);
    }

    /**
     * Counts bytes that are held beside the machines until the reservation is closed. Raises {@link
     * HostingException} if there is no room for them.
     */
    public Reservation reserve(Owner owner, long amount) {
        Reservation reserved = reserve(owner);
        reserved.add(amount);
        return reserved;
    }

    /** Bytes of the server's memory that an owner's machines hold, and work on them. */
    public long bytesOf(Owner owner) {
        return heap.heldBy(owner);
    }

    /** The number of an owner's machines. */
    public int machinesOf(Owner owner) {
        Named first = new Named(owner, "");
        Named last = new Named(owner, String.valueOf(Character.MAX_VALUE));
        return machines.subMap(first, last).size();
    }

    /** Charges accesses to the account of an owner who had them made. */
    public void charge(Owner owner, long accesses) {
        quotas.charge(owner, Quota.ACCESSES_PER_MINUTE, accesses);
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
