package dev.faultline.hosting;

import dev.faultline.hosting.HostedMachine.Description;
import dev.faultline.hosting.HostedMachine.Snapshot;
import dev.faultline.hosting.HostedMachine.Versioned;
import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.hosting.Standing.Quarantine;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongPredicate;

/**
 * A machine's state and the version that names it, behind one lock. Whoever changes the state holds
 * the lock for each portion of a command, so that readers see the machine between two of them.
 * Methods that take no lock themselves say so.
 */
final class VersionedMachine {

    private static final Logger LOG = LoggerFactory.getLogger(VersionedMachine.class);

    /** Takes the machine's place while it is rebuilt. */
    private static final Machine NONE = new Machine(MachineSpec.DEFAULT);

    private final String id;
    private final MachineHost host;
    private final MachineSpec spec;
    private final @Nullable Duration idleTimeout;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition eventAdded = lock.newCondition();

    private Machine machine;
    private Reservation memory;
    private long version;

    /** Whether a change is under way that has changed something: no version has this state. */
    private boolean inMotion;

    private boolean deleted;
    private @Nullable Quarantine quarantine;
    private @Nullable String digest;
    private long digestVersion;
    private volatile Snapshot snapshot;
    private volatile Instant lastChange;

    VersionedMachine(
            String id,
            Machine machine,
            Reservation memory,
            MachineHost host,
            Keeping keeping,
            long version) {
        this.version = version;
        this.id = id;
        this.machine = machine;
        this.memory = memory;
        this.host = host;
        spec = machine.spec();
        idleTimeout = keeping.idleTimeout();
        lastChange = host.now();
        snapshot = look();
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    MachineSpec spec() {
        return spec;
    }

    /** The machine itself; the caller holds the lock. */
    Machine machine() {
        return machine;
    }

    /** The version; the caller holds the lock, or is the only one to change the machine. */
    long version() {
        return version;
    }

    /** What readers saw last; takes no lock. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Reads from the machine while no command runs. */
    <T> Versioned<T> read(Function<Machine, T> reader) {
        lock.lock();
        try {
            checkPresent();
            return new Versioned<>(reader.apply(machine), version, inMotion);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads from the machine if it is at a version, and answers null if it is past that. Raises
     * {@link HostingException} if it has not come to the version yet.
     */
    <T> @Nullable Versioned<T> readAt(long at, Function<Machine, T> reader) {
        lock.lock();
        try {
            return isAt(at) ? read(reader) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Describes the machine if it is at a version, as {@link #readAt} reads from it. */
    <T> @Nullable Versioned<T> describeAt(long at, Description<T> description) {
        lock.lock();
        try {
            return isAt(at)
                    ? new Versioned<>(
                            describe(description, false, Standing.PAST), version, inMotion)
                    : null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAt(long at) {
        checkPresent();
        long reached = inMotion ? version - 1 : version;
        if (at > reached) {
            throw new HostingException(
                    Reason.NO_SUCH_VERSION,
                    "machine '%s' has come to version %d, and not to %d"
                            .formatted(id, reached, at));
        }
        return at == version;
    }

    /** Reads from the machine, its version and its digest, all of one moment. */
    <T> Versioned<T> describe(Description<T> description) {
        lock.lock();
        try {
            checkPresent();
            return new Versioned<>(describe(description, inMotion, standing()), version, inMotion);
        } finally {
            lock.unlock();
        }
    }

    /** Describes the machine as the change under way leaves it, at the version that it makes. */
    <T> T describeChanged(Description<T> description) {
        lock.lock();
        try {
            checkPresent();
            return describe(description, false, standing());
        } finally {
            lock.unlock();
        }
    }

    private <T> T describe(Description<T> description, boolean moving, Standing standing) {
        return description.of(machine, moving ? null : version, digest(), standing);
    }

    private Standing standing() {
        return new Standing(quarantine, expires());
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
    void awaitEvent(long seq, Duration most) throws InterruptedException {
        lock.lock();
        try {
            long left = most.toNanos();
            while (!deleted && machine.lastEvent() <= seq && left > 0) {
                left = eventAdded.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that the machine has changed; the caller holds the lock.
     *
     * @param first whether it is the first time in this change, which makes a version
     */
    void touched(boolean first) {
        if (first) {
            version++;
            inMotion = true;
        }
        publish();
        eventAdded.signalAll();
    }

    /** Notes that the change under way is over; the caller holds the lock. */
    void settled() {
        inMotion = false;
    }

    /** When the machine ends unless it is changed before, or null; takes no lock. */
    @Nullable Instant expires() {
        return idleTimeout == null ? null : lastChange.plus(idleTimeout);
    }

    /**
     * Sets the machine aside after a command broke off. How far the command came is not known; what
     * it left is a state, and has a version. The caller holds the lock.
     *
     * @param first whether the change had changed nothing before
     */
    void setAside(boolean first) {
        if (quarantine != null) {
            return;
        }
        version += first ? 1 : 0;
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

    /** Whether the machine can be used and is in the same state as another. */
    boolean isLike(Machine other) {
        return quarantine == null && other.digest().equals(digest());
    }

    /**
     * Puts another machine into this one's place, and goes on with its event numbers. The caller
     * holds the lock, and closes what is returned: the old machine's memory.
     */
    Reservation replace(Machine fresh, Reservation itsMemory) {
        fresh.numberAfter(machine.numbers());
        Reservation old = memory;
        machine = fresh;
        memory = itsMemory;
        quarantine = null;
        return old;
    }

    /**
     * Makes the machine anew where there is no room for two: the old one goes before the new one
     * comes. The caller holds the lock. Returns whether the state has become another.
     */
    boolean rebuild(@Nullable Preset preset) {
        boolean usable = quarantine == null;
        String before = digest();
        Machine.Numbers numbers = machine.numbers();
        machine = NONE; // nobody sees it: the state is locked
        Machine fresh = memory.insisting(() -> MachineHost.build(spec, preset, memory));
        boolean same = usable && fresh.digest().equals(before);
        fresh.numberAfter(numbers);
        machine = fresh;
        quarantine = null;
        return !same;
    }

    /** Ends the machine's life; the caller holds the lock. */
    void delete() {
        deleted = true;
        memory.close();
        eventAdded.signalAll();
    }

    /** Shows readers the machine as it is now, and adds what it has counted to the totals. */
    private void publish() {
        Counters before = snapshot.counters();
        snapshot = look();
        if (idleTimeout != null) {
            lastChange = host.now();
        }
        host.count(spec.policy(), snapshot.counters().growthSince(before));
    }

    private Snapshot look() {
        Inspector inspector = machine.inspect();
        int free = inspector.frames().freeFrames();
        int used = inspector.frames().usedSlots();
        return new Snapshot(
                machine.counters(),
                new Totals.Holdings(
                        1,
                        inspector.liveProcessCount(),
                        free,
                        inspector.frames().frameCount() - free,
                        inspector.frames().slotCount() - used,
                        used));
    }

    /**
     * Raises {@link HostingException} if the machine is deleted, or at a version that is not
     * wanted. The caller holds the lock.
     */
    void check(LongPredicate versionWanted) {
        checkPresent();
        if (!versionWanted.test(version)) {
            throw new HostingException(
                    Reason.VERSION_MISMATCH, "machine '" + id + "' is at version " + version);
        }
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
