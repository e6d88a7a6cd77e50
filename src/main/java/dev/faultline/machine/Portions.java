package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A command that is carried out in portions. Accesses and runs of programs go in portions as large
 * as the host has room for, but small enough that other machines get a turn. Between two portions
 * the machine is in the same state as between two commands, because the grouping of accesses makes
 * no difference. No other command may come between them. Close a command that does not go on.
 */
public final class Portions implements AutoCloseable {

    /** The most accesses in a portion. */
    private static final long MOST = 1 << 16;

    /** The most frames that the choices of a portion look at, if each may look at all. */
    private static final long MOST_LOOKS = 1 << 24;

    private final Machine machine;
    private final Command command;

    /** The most accesses in a portion of this command. */
    private final long longest;

    private @Nullable Outcome outcome;
    private boolean done;

    /** Accesses and ticks so far. */
    private long made;

    private int ticks;
    private boolean ticked;

    /** The results so far, if the accesses are explained. */
    private final List<AccessResult> results = new ArrayList<>();

    /** For a run: the time when it began, and the processes that have ended. */
    private final Outcome.Schedule begun;

    private final List<Integer> finished = new ArrayList<>();
    private boolean changed;

    private final List<Long> sizes = new ArrayList<>();

    /** The size that the next portion must have, or null if the host's room decides. */
    private @Nullable Long exact;

    Portions(Machine machine, Command command) {
        this.machine = machine;
        this.command = command;
        MachineSpec spec = machine.spec();
        boolean scans = spec.replacement().scans();
        longest = scans ? Math.clamp(MOST_LOOKS / spec.frames(), 1, MOST) : MOST;
        begun = machine.inspect().time().schedule();
    }

    /** Whether the whole command has been carried out. */
    public boolean isDone() {
        return done;
    }

    /** The outcome so far. */
    public Outcome outcome() {
        if (outcome == null) {
            throw new IllegalStateException("Portions: nothing has been carried out yet");
        }
        return outcome;
    }

    /**
     * Carries out the next portion. If the host has no room for even one access, throws {@link
     * Room#full}; nothing is done then.
     */
    public void next() {
        boolean goesOn = false;
        try {
            outcome =
                    switch (command) {
                        case Command.Access access -> accesses(access);
                        case Command.Run run -> run(run);
                        default -> whole();
                    };
            goesOn = !done;
        } finally {
            if (!goesOn) {
                machine.forgetFuture();
            }
        }
    }

    /**
     * Carries out the next portion of a command that was carried out before, of the size that it
     * had then, so that runs are cut at the same places.
     *
     * @param size as {@link #sizes} gave it
     */
    public void next(long size) {
        exact = size;
        next();
    }

    /** Whether what was carried out so far has changed the machine. */
    public boolean hasChanged() {
        return outcome != null && outcome.changedState();
    }

    /**
     * The sizes of the portions so far: accesses and ticks of a block, steps of a run, and 1 for
     * any other command.
     */
    public List<Long> sizes() {
        return Collections.unmodifiableList(sizes);
    }

    /**
     * The command does not go on, even if it is not done: what the policy knew of its accesses is
     * forgotten.
     */
    @Override
    public void close() {
        if (!done) {
            done = true;
            machine.forgetFuture();
        }
    }

    private Outcome whole() {
        machine.makeRoom(command);
        done = true;
        sizes.add(1L);
        return machine.carryOut(command);
    }

    private Outcome accesses(Command.Access access) {
        int from = (int) made;
        int left = access.block().count() - from;
        int count = (int) fitting(left);
        sizes.add((long) count);
        Outcome part = machine.carryOut(access, from, from + count);
        if (!(part instanceof Outcome.Accessed accessed)) {
            done = true;
            return part;
        }
        made += accessed.issued() + accessed.ticks();
        ticks += accessed.ticks();
        ticked |= accessed.ticked();
        done = count == left || accessed.stopped() != null;
        if (from == 0 && done) {
            return accessed;
        }
        results.addAll(accessed.results());
        return new Outcome.Accessed((int) made - ticks, ticks, ticked, results, accessed.stopped());
    }

    private Outcome run(Command.Run run) {
        long left = run.accesses() == null ? Footprint.MANY : run.accesses() - made;
        long step = fitting(Math.min(left, run.step() - made));
        sizes.add(step);
        long passed = machine.inspect().time().schedule().minus(begun).ticks();
        long before = machine.accesses();
        Outcome part =
                machine.carryOut(
                        new Command.Run(
                                run.ticks() == null ? null : Long.valueOf(run.ticks() - passed),
                                run.accesses() == null ? null : Long.valueOf(left),
                                run.counter(),
                                run.value(),
                                step));
        if (!(part instanceof Outcome.Ran ran)) {
            done = true;
            return part;
        }
        made += machine.accesses() - before;
        done = ran.why() != Outcome.RunEnd.PAUSED || made >= run.step();
        finished.addAll(ran.finished());
        changed |= ran.changedState();
        return new Outcome.Ran(
                ran.why(),
                machine.inspect().time().schedule().minus(begun),
                List.copyOf(finished),
                changed);
    }

    /** How many of the remaining accesses the next portion makes. */
    private long fitting(long left) {
        if (made == 0) {
            machine.foresee(command);
        }
        if (exact != null) {
            return Math.min(left, exact);
        }
        return machine.fitting(command, machine.isBounded() ? Math.min(left, longest) : left);
    }
}
