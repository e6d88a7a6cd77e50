package dev.faultline.hosting;

import dev.faultline.history.History;
import dev.faultline.history.Replay;
import dev.faultline.history.Request;
import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller.Named;
import dev.faultline.owners.Owner;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongPredicate;

/**
 * One machine and the order in which it is changed.
 *
 * <p>A {@link Change} holds {@link #writing} from its first command to its last, so that changes
 * come one after the other. Readers wait for no change: they see the machine between two portions
 * of a command. A change that ends the one under way takes {@link #writing} over.
 */
public final class HostedMachine {

    /** A value read from the machine, and the version it belongs to. */
    public record Versioned<T>(T value, long version, boolean inMotion) {

        /** What was made from the value, at the same version. */
        public <R> Versioned<R> with(R made) {
            return new Versioned<>(made, version, inMotion);
        }
    }

    /** What the machine showed after its last command, for readers that do not wait. */
    public record Snapshot(Counters counters, Totals.Holdings holdings) {}

    /** A copy of a machine, which counts to the server's memory until it is closed. */
    public record Copy(Machine machine, Reservation memory) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
    }

    /** Makes a description of a machine. */
    public interface Description<T> {

        /** {@code version} is null while a change is under way: no version has this state. */
        T of(Machine machine, @Nullable Long version, String digest, Standing standing);
    }

    /** How long a change that is about to end the one under way waits for its turn. */
    private static final Duration GLANCE = Duration.ofMillis(5);

    /** How often a change looks whether it is its turn before it waits. */
    private static final int GLANCES = 16;

    private final Named name;
    private final Object token = new Object();
    private final @Nullable Preset preset;
    private final Keeping keeping;
    private final MachineHost host;
    private final Duration busyWait;
    private final VersionedMachine state;
    private final History history;
    private final Semaphore writing = new Semaphore(1, true);

    /** The change under way, or null; the state's lock guards it. */
    private @Nullable Change current;

    HostedMachine(
            Named name,
            @Nullable Preset preset,
            Keeping keeping,
            Machine machine,
            MachineHost host,
            Reservation memory,
            History history,
            long version,
            Duration busyWait) {
        this.name = name;
        this.history = history;
        this.preset = preset;
        this.keeping = keeping;
        this.host = host;
        this.busyWait = busyWait;
        state = new VersionedMachine(name.id(), machine, memory, host, keeping, version);
    }

    /** Its id, unique among its owner's machines, which does not change. */
    public String id() {
        return name.id();
    }

    /** To whom it belongs. */
    public Owner owner() {
        return name.owner();
    }

    /** Both. */
    public Named name() {
        return name;
    }

    /** What the machine is; a reset does not change it. */
    public MachineSpec spec() {
        return state.spec();
    }

    /** The preset the machine was made from, or null. */
    public @Nullable Preset preset() {
        return preset;
    }

    /**
     * Stands for this machine, and for none that has its name after it, where nothing may hold the
     * machine itself once it is gone.
     */
    public Object token() {
        return token;
    }

    /** How it is kept. */
    public Keeping keeping() {
        return keeping;
    }

    /** Whether nobody has changed it for as long as it may be idle. */
    boolean isExpired() {
        Instant expires = state.expires();
        return expires != null && !host.now().isBefore(expires);
    }

    MachineHost host() {
        return host;
    }

    /** Memory for something beside the machine, of which nothing is held yet. */
    public Reservation reserve() {
        return host.reserve(owner());
    }

    /** What happened to it. */
    public History history() {
        return history;
    }

    /** The counters and holdings after the last command. Waits for nothing. */
    public Snapshot snapshot() {
        return state.snapshot();
    }

    /** The same, as totals of this machine alone. */
    public Totals totals() {
        Snapshot now = snapshot();
        return new Totals(Map.of(spec().policy(), now.counters()), now.holdings());
    }

    /** Reads from the machine while no command runs. */
    public <T> Versioned<T> read(Function<Machine, T> reader) {
        return state.read(reader);
    }

    /**
     * Reads from the machine as it was at a version, or as it is now if that is null. Raises {@link
     * HostingException} if the version is not kept or has not come yet, or if there is no room.
     */
    public <T> Versioned<T> readAt(@Nullable Long at, Function<Machine, T> reader) {
        if (at == null) {
            return read(reader);
        }
        Versioned<T> now = state.readAt(at, reader);
        return now != null ? now : past(at, machine -> reader.apply(machine));
    }

    /** Describes the machine as it was at a version, or as it is now if that is null. */
    public <T> Versioned<T> describeAt(@Nullable Long at, Description<T> description) {
        if (at == null) {
            return describe(description);
        }
        Versioned<T> now = state.describeAt(at, description);
        return now != null
                ? now
                : past(at, machine -> description.of(machine, at, machine.digest(), Standing.PAST));
    }

    /** Reads from the machine as it was at one version and at a later one. */
    public <T> Versioned<T> readBoth(long from, long to, BiFunction<Machine, Machine, T> reader) {
        return readAt(from, before -> readAt(to, after -> reader.apply(before, after))).value();
    }

    private <T> Versioned<T> past(long at, Function<Machine, T> reader) {
        return new Versioned<>(read(replay(at), reader), at, false);
    }

    /** Reads from the machine as it was. Raises {@link HostingException} if there is no room. */
    public <T> T read(Replay past, Function<Machine, T> reader) {
        try (Reservation memory = host.reserve(owner())) {
            return reader.apply(past.machine(memory));
        }
    }

    private Replay replay(long at) {
        Replay replay = history.to(at);
        if (replay == null) {
            throw new HostingException(
                            Reason.VERSION_LOST,
                            "version %d of machine '%s' is not kept any more; the oldest is %d"
                                    .formatted(at, id(), history.oldest()))
                    .oldest(history.oldest());
        }
        return replay;
    }

    /**
     * A machine of its own in the state of a version, or in the present one if that is null.
     *
     * @param memory counts what it takes
     */
    Machine machineAt(@Nullable Long at, Reservation memory) {
        if (at == null) {
            checkUsable();
            return read(m -> m.copy(memory)).value();
        }
        Versioned<Machine> now =
                state.readAt(
                        at,
                        m -> {
                            state.checkUsable();
                            return m.copy(memory);
                        });
        return now != null ? now.value() : replay(at).machine(memory);
    }

    /** Reads from the machine, its version and its digest, all of one moment. */
    public <T> Versioned<T> describe(Description<T> description) {
        return state.describe(description);
    }

    /** Waits until there is an event after {@code seq}, the machine is deleted or time is up. */
    public void awaitEvent(long seq, Duration most) throws InterruptedException {
        state.awaitEvent(seq, most);
    }

    /**
     * Reads from the machine and from what a command would come to. The command is tried on a copy,
     * whose explained accesses tell their stories, and which counts to the server's memory while it
     * lives. Raises {@link HostingException} if there is no room for one.
     */
    public <T> Versioned<T> tryOut(
            @Nullable Long at, Command command, BiFunction<Machine, Outcome, T> reader) {
        return readAt(
                at,
                m -> {
                    try (Reservation ofTheCopy = host.reserve(owner())) {
                        Machine copy = m.copy(ofTheCopy);
                        copy.tellStories();
                        return reader.apply(m, copy.apply(command));
                    }
                });
    }

    /**
     * A copy of the machine as it was at a version, or as it is now. Raises {@link
     * HostingException} if there is no room.
     */
    public Versioned<Copy> copy(@Nullable Long at) {
        return readAt(
                at,
                m -> {
                    Reservation ofTheCopy = host.reserve(owner());
                    boolean made = false;
                    try {
                        Copy copy = new Copy(m.copy(ofTheCopy), ofTheCopy);
                        made = true;
                        return copy;
                    } finally {
                        if (!made) {
                            ofTheCopy.close();
                        }
                    }
                });
    }

    /**
     * Begins a change, once the changes before it are done. Raises {@link HostingException} if that
     * takes too long or the machine is not at a version that {@code versionWanted} accepts.
     *
     * @param by whose accesses they are
     */
    public Change change(Owner by, LongPredicate versionWanted, Request request) {
        if (!isMyTurn(busyWait)) {
            throw busy();
        }
        return begin(by, versionWanted, request, false);
    }

    /**
     * Begins a change as {@link #change} does, for a reset or the machine's end: it ends the one
     * that is under way between two portions of what it does.
     */
    public Change endingChange(Owner by, LongPredicate versionWanted, Request request) {
        long end = System.nanoTime() + busyWait.toNanos();
        while (System.nanoTime() < end) {
            state.lock();
            try {
                state.check(versionWanted);
                if (current != null && current.canBeCut()) {
                    current.cut();
                    return start(by, request, true);
                }
            } finally {
                state.unlock();
            }
            if (isMyTurn(GLANCE)) {
                return begin(by, versionWanted, request, true);
            }
        }
        throw busy();
    }

    private boolean isMyTurn(Duration most) {
        try {
            return isMyTurnSoon() || host.awaitTurn(writing, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostingException(Reason.MACHINE_BUSY, "the server is shutting down");
        }
    }

    /**
     * Whether the turn comes at once, as it does where others issue single accesses. It takes less
     * than to put the thread to sleep and wake it.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    private boolean isMyTurnSoon() throws InterruptedException {
        for (int i = 0; i < GLANCES; i++) {
            if (writing.tryAcquire(0, TimeUnit.MILLISECONDS)) {
                return true;
            }
            Thread.yield();
        }
        return false;
    }

    /** The problem of a request that has to wait for others for too long. */
    public HostingException busy() {
        return new HostingException(
                Reason.MACHINE_BUSY,
                "other requests change machine '" + id() + "', or wait for it; try later");
    }

    private Change begin(Owner by, LongPredicate versionWanted, Request request, boolean ending) {
        boolean begun = false;
        state.lock();
        try {
            state.check(versionWanted);
            Change change = start(by, request, ending);
            begun = true;
            return change;
        } finally {
            state.unlock();
            if (!begun) {
                writing.release();
            }
        }
    }

    private Change start(Owner by, Request request, boolean ending) {
        Change change = new Change(this, state, host.reserve(owner()), by, request, ending);
        current = change;
        return change;
    }

    /** The change under way is over; it holds the state's lock. */
    void ended() {
        current = null;
        writing.release();
    }

    /** Raises {@link HostingException} if the machine is set aside. */
    void checkUsable() {
        state.checkUsable();
    }
}
