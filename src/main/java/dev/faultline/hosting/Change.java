package dev.faultline.hosting;

import dev.faultline.history.History;
import dev.faultline.history.Request;
import dev.faultline.hosting.HostedMachine.Description;
import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.owners.Owner;
import dev.faultline.trace.StoredTraceException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A change of one machine under way: commands that make one new version together. Close it when
 * done. A reset or the machine's end may cut it between two portions of a command; every method
 * that would go on raises {@link HostingException} then.
 */
public final class Change implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Change.class);

    private final HostedMachine hosted;
    private final VersionedMachine state;
    private final Counters before;
    private final Reservation extra;
    private final Owner by;
    private final boolean ending;
    private final History.Recording recording;
    private boolean changed;

    /** Whether a command broke off half-way. */
    private boolean broken;

    /** The command under way, or null. */
    private @Nullable Command command;

    private @Nullable Portions underWay;

    /** What the machine had counted when another change cut this one, or null. */
    private volatile @Nullable Counters cutAt;

    private volatile long cutVersion;

    /**
     * Begins a change. The caller holds the state's lock.
     *
     * @param by whose accesses they are
     * @param ending whether it ends what is under way, so that nothing may cut it
     */
    Change(
            HostedMachine hosted,
            VersionedMachine state,
            Reservation extra,
            Owner by,
            Request request,
            boolean ending) {
        this.hosted = hosted;
        this.state = state;
        this.extra = extra;
        this.by = by;
        this.ending = ending;
        before = state.machine().counters();
        recording = hosted.history().recording(request, state.machine());
    }

    /** Carries out a command. */
    public Outcome apply(Command command) {
        return apply(command, () -> {});
    }

    /**
     * Carries out a command portion by portion.
     *
     * @param between is run after each portion
     */
    public Outcome apply(Command command, Runnable between) {
        Portions portions = portions(command);
        try {
            while (!portions.isDone()) {
                carryOut(portions);
                between.run();
                if (!portions.isDone()) {
                    letOthersRun();
                }
            }
        } finally {
            close(portions);
        }
        return portions.outcome();
    }

    /** A command does not go on; where this change was cut, the machine is another's by now. */
    private void close(Portions portions) {
        state.lock();
        try {
            if (!isCut()) {
                portions.close();
                record();
            }
        } finally {
            state.unlock();
        }
    }

    /** Keeps what the command under way has done so far. The caller holds the state's lock. */
    private void record() {
        Portions done = underWay;
        Command what = command;
        if (done != null && what != null && done.hasChanged()) {
            recording.obeyed(what, done.sizes());
        }
        underWay = null;
        command = null;
    }

    /** Virtual threads are not preempted, and few of them run at once. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letOthersRun() {
        Thread.yield();
    }

    private Portions portions(Command next) {
        state.lock();
        try {
            checkGoing();
            state.checkUsable();
            Portions portions = state.machine().portions(next);
            command = next;
            underWay = portions;
            return portions;
        } finally {
            state.unlock();
        }
    }

    private void carryOut(Portions portions) {
        state.lock();
        try {
            checkGoing();
            state.checkUsable();
            long start = System.nanoTime();
            portions.next();
            recording.spent(System.nanoTime() - start);
            if (portions.outcome().changedState()) {
                touched();
            }
        } catch (HostingException e) {
            throw changed || isCut() ? e.after(counted().get(Counter.ACCESSES), version()) : e;
        } catch (LostProgramException e) {
            recording.lost();
            if (e.changedState()) {
                touched();
            }
            throw lost(e.getCause());
        } catch (RuntimeException e) {
            state.setAside(!changed);
            changed = true;
            broken = true;
            throw e;
        } finally {
            state.unlock();
        }
    }

    /** The problem of a program that cannot be read any further, and how far this change came. */
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
            LOG.error("a program of machine {} cannot be read", hosted.id(), trace);
        }
        return changed ? problem.after(counted().get(Counter.ACCESSES), version()) : problem;
    }

    /** Whether another change may cut this one. */
    boolean canBeCut() {
        return !ending;
    }

    /** Ends this change where it stands. The caller holds the lock, and goes on from there. */
    void cut() {
        cutVersion = state.version();
        cutAt = state.machine().counters();
        record();
        settle();
    }

    /** The change is over: what it did becomes a record. The caller holds the state's lock. */
    private void settle() {
        long made = state.machine().counter(Counter.ACCESSES) - before.get(Counter.ACCESSES);
        hosted.host().charge(by, made);
        if (changed && !broken) {
            recording.commit(state.version(), state.machine());
        } else {
            recording.abandon();
        }
        state.settled();
    }

    private boolean isCut() {
        return cutAt != null;
    }

    private void checkGoing() {
        if (isCut()) {
            long made = counted().get(Counter.ACCESSES);
            throw new HostingException(
                            Reason.REQUEST_INTERRUPTED,
                            "machine '%s' was reset or deleted after %d accesses of this request"
                                    .formatted(hosted.id(), made))
                    .after(made, version());
        }
    }

    /**
     * Puts the machine back to the state in which it was made, unless it is in that state. Its
     * counts stay in the server's totals.
     */
    public void reset() {
        Reservation own = hosted.reserve();
        try {
            become(MachineHost.build(hosted.spec(), hosted.preset(), own), own, recording::reset);
        } catch (HostingException e) {
            own.close();
            if (e.reason() != Reason.SERVER_FULL && e.reason() != Reason.QUOTA_EXCEEDED) {
                throw e;
            }
            beginAnew();
        }
    }

    /**
     * Puts the machine back to the state of an earlier version, unless it is in that state. Raises
     * {@link HostingException} if the version is not kept, or has not come yet.
     */
    public void rewind(long to) {
        Reservation own = hosted.reserve();
        boolean made = false;
        try {
            Machine past = hosted.machineAt(to, own);
            made = true;
            become(past, own, numbers -> recording.rewound(to, numbers));
        } finally {
            if (!made) {
                own.close();
            }
        }
    }

    /** Puts another machine, whose memory is counted already, into the machine's place. */
    private void become(Machine fresh, Reservation own, Consumer<Machine.Numbers> become) {
        Reservation unused = own;
        state.lock();
        try {
            checkGoing();
            if (!state.isLike(fresh)) {
                Machine.Numbers numbers = state.machine().numbers();
                unused = state.replace(fresh, own);
                become.accept(numbers);
                touched();
            }
        } finally {
            state.unlock();
            unused.close();
        }
    }

    private void beginAnew() {
        state.lock();
        try {
            checkGoing();
            Machine.Numbers numbers = state.machine().numbers();
            if (state.rebuild(hosted.preset())) {
                recording.reset(numbers);
                touched();
            }
        } finally {
            state.unlock();
        }
    }

    private void touched() {
        state.touched(!changed);
        changed = true;
    }

    /** Ends the machine's life. */
    void delete() {
        state.lock();
        try {
            checkGoing();
            state.delete();
        } finally {
            state.unlock();
        }
    }

    /** Describes the machine as this change has left it, at the version that it makes. */
    public <T> T describe(Description<T> description) {
        return state.describeChanged(description);
    }

    /** Reads from the machine as this change has left it. */
    public <T> T read(Function<Machine, T> reader) {
        state.lock();
        try {
            checkGoing();
            return state.read(reader).value();
        } finally {
            state.unlock();
        }
    }

    /** Whether the machine has changed. */
    public boolean hasChanged() {
        return changed;
    }

    /** The version that the machine is at now, or was at when this change was cut. */
    public long version() {
        return isCut() ? cutVersion : state.version();
    }

    /** How the machine's counters have changed. */
    public Counters counted() {
        Counters cut = cutAt;
        return (cut == null ? read(Machine::counters) : cut).minus(before);
    }

    /**
     * Adds to the server's memory, until the change is over, {@code bytes} that are held beside the
     * machine. Raises {@link HostingException} if there is no room for them.
     */
    public void hold(long bytes) {
        extra.add(bytes);
    }

    /** Gives back all that was held beside the machine. */
    public void letGo() {
        extra.settle(0);
    }

    @Override
    public void close() {
        extra.close();
        state.lock();
        try {
            if (!isCut()) {
                settle();
                hosted.ended();
            }
        } finally {
            state.unlock();
        }
    }
}
