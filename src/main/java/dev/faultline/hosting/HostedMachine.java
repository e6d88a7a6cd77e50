package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
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

    /**
     * Why a machine is set aside: a command broke off half-way, so that its state is not one that
     * commands lead to. It can be read, reset and deleted.
     *
     * @param version the version that this made
     * @param why in words
     */
    public record Quarantine(long version, String why) {}

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
        T of(
                Machine machine,
                @Nullable Long version,
                String digest,
                @Nullable Quarantine quarantine);
    }

    /** How long a change that is about to end the one under way waits for its turn. */
    private static final Duration GLANCE = Duration.ofMillis(5);

    /** How often a change looks whether it is its turn before it waits. */
    private static final int GLANCES = 16;

    private final String id;
    private final @Nullable Preset preset;
    private final MachineHost host;
    private final Duration busyWait;
    private final VersionedMachine state;
    private final Semaphore writing = new Semaphore(1, true);

    /** The change under way, or null; the state's lock guards it. */
    private @Nullable Change current;

    HostedMachine(
            String id,
            @Nullable Preset preset,
            Machine machine,
            MachineHost host,
            Reservation memory,
            Duration busyWait) {
        this.id = id;
        this.preset = preset;
        this.host = host;
        this.busyWait = busyWait;
        state = new VersionedMachine(id, machine, memory, host);
    }

    /** Its name in paths, which does not change. */
    public String id() {
        return id;
    }

    /** What the machine is; a reset does not change it. */
    public MachineSpec spec() {
        return state.spec();
    }

    /** The preset the machine was made from, or null. */
    public @Nullable Preset preset() {
        return preset;
    }

    MachineHost host() {
        return host;
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
    public <T> Versioned<T> tryOut(Command command, BiFunction<Machine, Outcome, T> reader) {
        return read(
                m -> {
                    try (Reservation ofTheCopy = host.reserve()) {
                        Machine copy = m.copy(ofTheCopy);
                        copy.tellStories();
                        return reader.apply(m, copy.apply(command));
                    }
                });
    }

    /** A copy of the machine as it is now. Raises {@link HostingException} if there is no room. */
    public Versioned<Copy> copy() {
        return read(
                m -> {
                    Reservation ofTheCopy = host.reserve();
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
     */
    public Change change(LongPredicate versionWanted) {
        if (!isMyTurn(busyWait)) {
            throw busy();
        }
        return begin(versionWanted, false);
    }

    /**
     * Begins a change as {@link #change} does, for a reset or the machine's end: it ends the one
     * that is under way between two portions of what it does.
     */
    public Change endingChange(LongPredicate versionWanted) {
        long end = System.nanoTime() + busyWait.toNanos();
        while (System.nanoTime() < end) {
            state.lock();
            try {
                state.check(versionWanted);
                if (current != null && current.canBeCut()) {
                    current.cut();
                    return start(true);
                }
            } finally {
                state.unlock();
            }
            if (isMyTurn(GLANCE)) {
                return begin(versionWanted, true);
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

    private HostingException busy() {
        return new HostingException(
                Reason.MACHINE_BUSY,
                "other requests change machine '" + id + "', or wait for it; try later");
    }

    private Change begin(LongPredicate versionWanted, boolean ending) {
        boolean begun = false;
        state.lock();
        try {
            state.check(versionWanted);
            Change change = start(ending);
            begun = true;
            return change;
        } finally {
            state.unlock();
            if (!begun) {
                writing.release();
            }
        }
    }

    private Change start(boolean ending) {
        Change change = new Change(this, state, host.reserve(), ending);
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
