package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.trace.StoredTraceException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
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
 * after the other; each portion of a command holds {@link #state} for itself, so that readers get
 * in between the blocks of a long trace and always see a machine between two commands. A change
 * that ends what is under way takes {@link #writing} over between two portions.
 */
public final class HostedMachine {

    private static final Logger LOG = LoggerFactory.getLogger(HostedMachine.class);

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

    /** How long a change waits that is about to end the one under way. */
    private static final Duration GLANCE = Duration.ofMillis(5);

    private final String id;
    private final @Nullable Preset preset;
    private final MachineSpec spec;
    private final MachineHost host;
    private final Duration busyWait;

    private final Semaphore writing = new Semaphore(1, true);
    private final ReentrantLock state = new ReentrantLock(true);
    private final Condition eventAdded = state.newCondition();

    /** The change under way, or null. */
    private @Nullable Change current;

    /** Stands where a machine is being made. */
    private static final Machine NONE =
            new Machine(
                    SpecDraft.EMPTY.resolve(new SpecDraft.Bounds(64, 1024, 16, Limits.DEFAULT)));

    private Machine machine;
    private Reservation memory;
    private long version = 1;
    private boolean inMotion;
    private boolean deleted;
    private @Nullable Quarantine quarantine;
    private @Nullable String digest;
    private long digestVersion;
    private volatile Snapshot snapshot;

    HostedMachine(
            String id,
            @Nullable Preset preset,
            Machine machine,
            MachineHost host,
            Reservation memory,
            Duration busyWait) {
        this.memory = memory;
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
    public <T> Versioned<T> tryOut(Command command, BiFunction<Machine, Outcome, T> reader) {
        return read(
                m -> {
                    try (Reservation ofTheCopy = host.reserve()) {
                        return reader.apply(m, m.copy(ofTheCopy).apply(command));
                    }
                });
    }

    /** A machine of one's own, which counts to the server's memory until it is closed. */
    public record Copy(Machine machine, Reservation memory) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
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
                check(versionWanted);
                if (current != null && !current.ending) {
                    current.cut();
                    return new Change(true);
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
            return writing.tryAcquire(0, TimeUnit.MILLISECONDS) || host.awaitTurn(writing, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostingException(Reason.MACHINE_BUSY, "the server is shutting down");
        }
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
            check(versionWanted);
            begun = true;
            return new Change(ending);
        } finally {
            state.unlock();
            if (!begun) {
                writing.release();
            }
        }
    }

    private void check(LongPredicate versionWanted) {
        checkPresent();
        if (!versionWanted.test(version)) {
            throw new HostingException(
                    Reason.VERSION_MISMATCH, "machine '" + id + "' is at version " + version);
        }
    }

    /** A change under way: commands that make one new version together. Close it when done. */
    public final class Change implements AutoCloseable {

        private final Counters before = machine.counters();
        private final Reservation extra = host.reserve();
        private final boolean ending;
        private boolean changed;

        /** What the machine had counted when another change ended this one, or null. */
        private volatile @Nullable Counters cutAt;

        private volatile long cutVersion;

        private Change(boolean ending) {
            this.ending = ending;
            current = this;
        }

        /** Carries a command out. */
        public Outcome apply(Command command) {
            return apply(command, () -> {});
        }

        /**
         * Carries a command out, portion by portion, after each of which something else is done.
         * Raises {@link HostingException} if another change has ended this one.
         */
        public Outcome apply(Command command, Runnable between) {
            Portions portions = portions(command);
            while (!portions.isDone()) {
                carryOut(portions);
                between.run();
                if (!portions.isDone()) {
                    letOthersRun();
                }
            }
            return portions.outcome();
        }

        /** Virtual threads take no turns by themselves, and few of them run at once. */
        @SuppressWarnings("ThreadPriorityCheck")
        private static void letOthersRun() {
            Thread.yield();
        }

        private Portions portions(Command command) {
            state.lock();
            try {
                checkGoing();
                checkUsable();
                return machine.portions(command);
            } finally {
                state.unlock();
            }
        }

        private void carryOut(Portions portions) {
            state.lock();
            try {
                checkGoing();
                checkUsable();
                portions.next();
                if (portions.outcome().changedState()) {
                    touched();
                }
            } catch (HostingException e) {
                throw changed || cutAt != null
                        ? e.after(counted().get(Counter.ACCESSES), version())
                        : e;
            } catch (LostProgramException e) {
                if (e.changedState()) {
                    touched();
                }
                throw lost(e.getCause());
            } catch (RuntimeException e) {
                if (quarantine == null) {
                    setAside();
                }
                throw e;
            } finally {
                state.unlock();
            }
        }

        /** Says that a program could not be read any further, and how far this change came. */
        private RuntimeException lost(RuntimeException cause) {
            if (!(cause instanceof StoredTraceException trace)) {
                return cause;
            }
            HostingException problem =
                    new HostingException(
                            trace.isDamaged() ? Reason.TRACE_DAMAGED : Reason.STORE_UNAVAILABLE,
                            String.valueOf(trace.getMessage()),
                            trace);
            if (!trace.isDamaged()) {
                LOG.error("a program of machine {} cannot be read", id, trace);
            }
            return changed ? problem.after(counted().get(Counter.ACCESSES), version()) : problem;
        }

        /** Ends this change where it stands; another goes on from there. */
        private void cut() {
            cutVersion = version;
            cutAt = machine.counters();
            inMotion = false;
        }

        private void checkGoing() {
            if (cutAt != null) {
                long made = counted().get(Counter.ACCESSES);
                throw new HostingException(
                                Reason.REQUEST_INTERRUPTED,
                                "machine '%s' was reset or deleted after %d accesses of this request"
                                        .formatted(id, made))
                        .after(made, version());
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
            Reservation own = host.reserve();
            try {
                become(MachineHost.build(spec, preset, own), own);
            } catch (HostingException e) {
                own.close();
                if (e.reason() != Reason.SERVER_FULL) {
                    throw e;
                }
                beginAnew();
            }
        }

        /** Takes another machine's place, whose memory was counted for itself. */
        private void become(Machine fresh, Reservation own) {
            Reservation old = own;
            state.lock();
            try {
                checkGoing();
                if (quarantine != null || !fresh.digest().equals(digest())) {
                    replace(fresh, machine.numbers());
                    old = memory;
                    memory = own;
                }
            } finally {
                state.unlock();
                old.close();
            }
        }

        private void replace(Machine fresh, Machine.Numbers numbers) {
            quarantine = null;
            fresh.numberAfter(numbers);
            machine = fresh;
            touched();
        }

        /** There is no room for two machines: the old one goes before the new one comes. */
        private void beginAnew() {
            state.lock();
            try {
                checkGoing();
                boolean usable = quarantine == null;
                String before = digest();
                Machine.Numbers numbers = machine.numbers();
                machine = NONE; // nobody sees it: the state is locked
                Machine fresh = memory.insisting(() -> MachineHost.build(spec, preset, memory));
                if (usable && fresh.digest().equals(before)) {
                    fresh.numberAfter(numbers);
                    machine = fresh;
                } else {
                    replace(fresh, numbers);
                }
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
                checkGoing();
                deleted = true;
                memory.close();
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
            return cutAt == null ? version : cutVersion;
        }

        /** How the machine's counters have changed. */
        public Counters counted() {
            Counters cut = cutAt;
            return (cut == null ? read(Machine::counters) : cut).minus(before);
        }

        /** Reads from the machine as this change has left it. */
        public <T> T read(Function<Machine, T> reader) {
            state.lock();
            try {
                checkGoing();
                return HostedMachine.this.read(reader).value();
            } finally {
                state.unlock();
            }
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
            extra.add(bytes);
        }

        /** Holds nothing more beside the machine: what it was for comes now. */
        public void letGo() {
            extra.settle(0);
        }

        @Override
        public void close() {
            extra.close();
            state.lock();
            try {
                if (cutAt == null) {
                    inMotion = false;
                    current = null;
                    writing.release();
                }
            } finally {
                state.unlock();
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
