package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Command;
import dev.faultline.machine.Counters;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.Outcome;
import dev.faultline.machine.Preset;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongPredicate;

/**
 * One machine and the order of what is done to it.
 *
 * <p>A change holds {@link #writing} from its first command to its last, so that changes come one
 * after the other; each command holds {@link #state} for itself, so that readers get in between the
 * blocks of a long trace and always see a machine between two commands.
 */
public final class HostedMachine {

    private static final Logger LOG = LoggerFactory.getLogger(HostedMachine.class);

    /** A value read from the machine, and the version it belongs to. */
    public record Versioned<T>(T value, long version, boolean inMotion) {}

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

    private final String id;
    private final @Nullable Preset preset;
    private final MachineSpec spec;
    private final MachineHost host;
    private final Duration busyWait;

    private final ReentrantLock writing = new ReentrantLock(true);
    private final ReentrantLock state = new ReentrantLock();
    private final Condition eventAdded = state.newCondition();

    private Machine machine;
    private long version = 1;
    private boolean inMotion;
    private boolean deleted;
    private long hostBytes;
    private @Nullable Quarantine quarantine;
    private @Nullable String digest;
    private long digestVersion;
    private volatile Snapshot snapshot;

    HostedMachine(
            String id,
            @Nullable Preset preset,
            Machine machine,
            MachineHost host,
            Duration busyWait) {
        this.id = id;
        this.preset = preset;
        this.machine = machine;
        this.spec = machine.spec();
        this.host = host;
        this.busyWait = busyWait;
        this.snapshot = look();
    }

    public String id() {
        return id;
    }

    public MachineSpec spec() {
        return spec;
    }

    /** The preset the machine was made from, or null. */
    public @Nullable Preset preset() {
        return preset;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** What it has counted and what it holds, as after its last command. */
    public Totals totals() {
        Snapshot now = snapshot;
        return new Totals(Map.of(spec.policy(), now.counters()), now.holdings());
    }

    /** Reads from the machine while no command runs. */
    public <T> Versioned<T> read(Function<Machine, T> reader) {
        state.lock();
        try {
            checkPresent();
            return new Versioned<>(reader.apply(machine), version, inMotion);
        } finally {
            state.unlock();
        }
    }

    /**
     * Reads from the machine and from what a command would come to. That is tried on a copy, which
     * counts to the server's memory while it lives; raises {@link HostingException} if there is no
     * room for one.
     */
    public <T> Versioned<T> tryOut(Command command, BiFunction<Machine, Machine.Trial, T> reader) {
        return read(
                m -> {
                    host.checkMemory();
                    long copied = 2 * m.hostBytes(); // what is saved, and the copy
                    host.claim(copied);
                    try {
                        return reader.apply(m, m.tryOut(command));
                    } finally {
                        host.release(copied);
                    }
                });
    }

    /** Reads from the machine, its version and its digest, all of one moment. */
    public <T> Versioned<T> describe(Description<T> description) {
        state.lock();
        try {
            checkPresent();
            return new Versioned<>(describeNow(description, inMotion), version, inMotion);
        } finally {
            state.unlock();
        }
    }

    private <T> T describeNow(Description<T> description, boolean moving) {
        return description.of(machine, moving ? null : version, digest(), quarantine);
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

    /** The machine's digest; computed once a version. */
    private String digest() {
        String known = digest;
        if (known != null && digestVersion == version && !inMotion) {
            return known;
        }
        String fresh = machine.digest();
        digest = fresh;
        digestVersion = inMotion ? 0 : version;
        return fresh;
    }

    /** Waits until there is an event after {@code seq} or the time is over. */
    public void awaitEvent(long seq, Duration most) throws InterruptedException {
        state.lock();
        try {
            long left = most.toNanos();
            while (!deleted && machine.lastEvent() <= seq && left > 0) {
                left = eventAdded.awaitNanos(left);
            }
        } finally {
            state.unlock();
        }
    }

    /**
     * Begins a change, once the changes before it are done. Raises {@link HostingException} if that
     * takes too long or the machine is not at a version that {@code versionWanted} accepts.
     */
    public Change change(LongPredicate versionWanted) {
        try {
            if (!writing.tryLock(0, TimeUnit.MILLISECONDS) && !host.awaitTurn(writing, busyWait)) {
                throw new HostingException(
                        Reason.MACHINE_BUSY,
                        "other requests change machine '" + id + "', or wait for it; try later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostingException(Reason.MACHINE_BUSY, "the server is shutting down");
        }
        try {
            state.lock();
            try {
                checkPresent();
                if (!versionWanted.test(version)) {
                    throw new HostingException(
                            Reason.VERSION_MISMATCH,
                            "machine '" + id + "' is at version " + version);
                }
                return new Change();
            } finally {
                state.unlock();
            }
        } catch (RuntimeException e) {
            writing.unlock();
            throw e;
        }
    }

    /** A change under way: commands that make one new version together. Close it when done. */
    public final class Change implements AutoCloseable {

        private final Counters before = machine.counters();
        private boolean changed;
        private long held;

        private Change() {}

        /** Carries a command out. */
        public Outcome apply(Command command) {
            boolean givesBack = command instanceof Command.Exit || command instanceof Command.Unmap;
            if (!givesBack) {
                host.checkMemory();
            }
            state.lock();
            try {
                checkUsable();
                Outcome outcome = machine.apply(command);
                if (outcome.changedState()) {
                    touched();
                }
                return outcome;
            } catch (RuntimeException e) {
                if (quarantine == null) {
                    setAside();
                }
                throw e;
            } finally {
                state.unlock();
            }
        }

        /** Nobody knows how far the command came: what it left is a state, and has a version. */
        private void setAside() {
            version += changed ? 0 : 1;
            changed = true;
            inMotion = true;
            quarantine =
                    new Quarantine(
                            version,
                            "a command broke off half-way by a mistake of the server's; reset the"
                                    + " machine to use it again");
            try {
                publish();
            } catch (RuntimeException e) {
                LOG.warn("machine {} is set aside and cannot be counted", id, e);
            }
            eventAdded.signalAll();
        }

        /**
         * Puts the machine back to where it was when it was made, unless it is there. What it has
         * counted stays in the server's totals.
         */
        public void reset() {
            Machine fresh = MachineHost.build(spec, preset);
            state.lock();
            try {
                if (quarantine == null && fresh.digest().equals(digest())) {
                    return;
                }
                quarantine = null;
                fresh.numberEventsAfter(machine.lastEvent());
                machine = fresh;
                touched();
            } finally {
                state.unlock();
            }
        }

        /** Describes the machine as this change has left it, at the version that it makes. */
        public <T> T describe(Description<T> description) {
            state.lock();
            try {
                checkPresent();
                return describeNow(description, false);
            } finally {
                state.unlock();
            }
        }

        /** Ends the machine's life. */
        void delete() {
            state.lock();
            try {
                deleted = true;
                host.release(hostBytes);
                hostBytes = 0;
                eventAdded.signalAll();
            } finally {
                state.unlock();
            }
        }

        /** Whether the machine has changed. */
        public boolean hasChanged() {
            return changed;
        }

        /** The version the machine is at now. */
        public long version() {
            return version;
        }

        /** How the machine's counters have changed. */
        public Counters counted() {
            return read(Machine::counters).minus(before);
        }

        /** Reads from the machine as this change has left it. */
        public <T> T read(Function<Machine, T> reader) {
            return HostedMachine.this.read(reader).value();
        }

        private void touched() {
            if (!changed) {
                changed = true;
                version++;
                inMotion = true;
            }
            publish();
            eventAdded.signalAll();
        }

        /**
         * Counts so many bytes more to the server's memory until the change is over. Raises {@link
         * HostingException} if there is no room for them.
         */
        public void hold(long bytes) {
            host.checkMemory();
            host.claim(bytes);
            held += bytes;
        }

        @Override
        public void close() {
            host.release(held);
            state.lock();
            try {
                inMotion = false;
            } finally {
                state.unlock();
                writing.unlock();
            }
        }
    }

    /** Shows readers what the machine has come to, and adds what it has counted to the totals. */
    private void publish() {
        Counters before = snapshot.counters();
        snapshot = look();
        host.count(spec.policy(), snapshot.counters().growthSince(before));
    }

    private Snapshot look() {
        long bytes = machine.hostBytes();
        host.claim(bytes - hostBytes);
        hostBytes = bytes;
        Inspector inspector = machine.inspect();
        int free = inspector.freeFrames();
        int used = inspector.usedSlots();
        return new Snapshot(
                machine.counters(),
                new Totals.Holdings(
                        1,
                        inspector.liveProcessCount(),
                        free,
                        inspector.frameCount() - free,
                        inspector.slotCount() - used,
                        used));
    }

    private void checkPresent() {
        if (deleted) {
            throw MachineHost.noSuchMachine(id);
        }
    }

    /** Raises {@link HostingException} if the machine is set aside. */
    void checkUsable() {
        Quarantine aside = quarantine;
        if (aside != null) {
            throw new HostingException(
                    Reason.MACHINE_QUARANTINED,
                    "machine '"
                            + id
                            + "' is set aside since version "
                            + aside.version()
                            + ": "
                            + aside.why());
        }
    }
}
