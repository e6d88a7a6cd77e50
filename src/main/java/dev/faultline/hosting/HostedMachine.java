package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Command;
import dev.faultline.machine.Counters;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.Outcome;
import dev.faultline.machine.Preset;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
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

    /** A value read from the machine, and the version it belongs to. */
    public record Versioned<T>(T value, long version, boolean inMotion) {}

    /** What the machine showed after its last command, for readers that do not wait. */
    public record Snapshot(Counters counters, int processes, int freeFrames, int usedFrames) {}

    private final String id;
    private final @Nullable Preset preset;
    private final MachineSpec spec;
    private final MachineHost host;
    private final Duration busyWait;
    private final Counters baseline;

    private final ReentrantLock writing = new ReentrantLock(true);
    private final ReentrantLock state = new ReentrantLock();
    private final Condition eventAdded = state.newCondition();

    private Machine machine;
    private long version = 1;
    private boolean inMotion;
    private boolean deleted;
    private long hostBytes;
    private @Nullable String digest;
    private long digestVersion;
    private volatile Snapshot snapshot;

    /** {@code baseline}: what the counters began with, for a clone. */
    HostedMachine(
            String id,
            @Nullable Preset preset,
            Machine machine,
            Counters baseline,
            MachineHost host,
            Duration busyWait) {
        this.id = id;
        this.preset = preset;
        this.machine = machine;
        this.spec = machine.spec();
        this.baseline = baseline;
        this.host = host;
        this.busyWait = busyWait;
        this.snapshot = publish();
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

    /** What this machine has counted itself, which for a clone is less than its counters say. */
    Counters contribution() {
        return snapshot.counters().minus(baseline);
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
            return new Versioned<>(description.of(machine, version, digest()), version, inMotion);
        } finally {
            state.unlock();
        }
    }

    /** Makes a description of a machine. */
    public interface Description<T> {
        T of(Machine machine, long version, String digest);
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
            if (!writing.tryLock(busyWait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new HostingException(
                        Reason.MACHINE_BUSY,
                        "another request has been changing machine '" + id + "' for too long");
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
                Outcome outcome = machine.apply(command);
                if (changes(outcome)) {
                    touched();
                }
                return outcome;
            } finally {
                state.unlock();
            }
        }

        /** Puts the machine back to where it was when it was made. */
        public void reset() {
            Machine fresh = MachineHost.build(spec, preset);
            state.lock();
            try {
                machine = fresh;
                host.replaceCounts(HostedMachine.this, this::touched);
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
            snapshot = publish();
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

    private static boolean changes(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done() -> true;
            case Outcome.Made made -> true;
            case Outcome.Mapped mapped -> true;
            case Outcome.Pages pages -> true;
            case Outcome.Dropped dropped -> true;
            case Outcome.Moved(int frames) -> frames > 0;
            case Outcome.Refused refused -> false;
            case Outcome.NoProcess none -> false;
            case Outcome.Ran ran -> ran.changed();
            case Outcome.Accessed accessed -> accessed.issued() > 0;
        };
    }

    private Snapshot publish() {
        long bytes = machine.hostBytes();
        host.claim(bytes - hostBytes);
        hostBytes = bytes;
        int free = machine.inspect().freeFrames();
        return new Snapshot(
                machine.counters(),
                machine.inspect().liveProcessCount(),
                free,
                machine.inspect().frameCount() - free);
    }

    private void checkPresent() {
        if (deleted) {
            throw MachineHost.noSuchMachine(id);
        }
    }
}
