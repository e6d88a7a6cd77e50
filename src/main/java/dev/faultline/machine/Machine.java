package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.SavedState;
import dev.faultline.machine.state.StateHash;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;
import dev.faultline.machine.tables.EventLog;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * A simulated computer. It changes only by commands given to {@link #apply}, one at a time; the
 * caller makes sure that two threads never use it at once. The same spec and the same commands give
 * the same outcomes, events, counters and {@link #digest}, however accesses are grouped into
 * commands.
 */
public final class Machine {

    /** The numbers of an event's row. */
    public static final int EVENT_ROW = EventLog.ROW;

    /**
     * The number of the rules by which machines obey. It changes with every answer that changes:
     * the same commands give the same states under the same number only.
     */
    public static final int ENGINE = 1;

    private final MachineSpec spec;
    private final Parts parts;
    private final Tasks tasks;
    private final Accounting accounting;
    private final RunQueue queue;
    private final Running running;
    private final SystemCalls calls;
    private final MachineState state;
    private final Inspector inspector;
    private final Footprint footprint;
    private final HostAccount account;

    /** Whether the host memory that the machine takes is counted. */
    private final boolean bounded;

    /** Whether the policy was told of what is to come, and that is not over. */
    private boolean foreseen;

    /** A new machine: no process, all frames free, unlimited host memory. */
    public Machine(MachineSpec spec) {
        this(spec, Room.UNBOUNDED);
    }

    /**
     * A new machine that takes its host memory from a room. If there is not enough, this
     * constructor and every command throw {@link Room#full} without having done anything.
     */
    public Machine(MachineSpec spec, Room room) {
        this(partsIn(room, spec), room);
    }

    private static Parts partsIn(Room room, MachineSpec spec) {
        if (!room.hold(Footprint.of(spec))) {
            throw room.full();
        }
        return new Parts(spec);
    }

    Machine(Parts parts) {
        this(parts, Room.UNBOUNDED);
    }

    private Machine(Parts parts, Room room) {
        this.parts = parts;
        account = new HostAccount(room);
        bounded = !room.equals(Room.UNBOUNDED);
        spec = parts.spec();
        tasks = parts.tasks();
        accounting = parts.accounting();
        Assembly kernel = new Assembly(parts, account);
        queue = kernel.queue();
        running = kernel.running();
        calls = kernel.calls();
        state = kernel.state(parts);
        inspector = new Inspector(parts, kernel);
        footprint = new Footprint(parts, queue.turns());
        account.settle(footprint.held());
    }

    /** The names of the replacement policies that a spec can ask for. */
    public static List<String> policyNames() {
        return Policies.names();
    }

    /** What the machine was made from. */
    public MachineSpec spec() {
        return spec;
    }

    /** Carries out a command. */
    public Outcome apply(Command command) {
        Portions portions = portions(command);
        while (!portions.isDone()) {
            portions.next();
        }
        return portions.outcome();
    }

    /** A command to be carried out portion by portion. */
    public Portions portions(Command command) {
        forgetFuture(); // of a command that was not carried out to its end
        return new Portions(this, command);
    }

    /**
     * How many of a command's next accesses the host has room for, at most {@code most}. More than
     * one access never takes more than half of what is left.
     */
    long fitting(Command command, long most) {
        if (!bounded) {
            return most;
        }
        long count = most;
        while (count > 1 && footprint.growth(command, count) > account.free() / 2) {
            count /= 2;
        }
        while (!account.has(footprint.growth(command, count))) {
            if (count <= 1) {
                throw account.full();
            }
            count /= 2;
        }
        return count;
    }

    /** Reserves host memory for a command. A command that frees memory may do without. */
    void makeRoom(Command command) {
        boolean givesBack = command instanceof Command.Exit || command instanceof Command.Unmap;
        if (bounded && !account.has(footprint.growth(command)) && !givesBack) {
            throw account.full();
        }
    }

    /** The number of accesses so far. */
    long accesses() {
        return accounting.total().get(Counter.ACCESSES);
    }

    /** Whether the host memory that the machine takes is counted. */
    boolean isBounded() {
        return bounded;
    }

    /** Carries out a command, or a part of one, for which there is room. */
    Outcome carryOut(Command command) {
        try {
            return obey(command);
        } finally {
            if (bounded) {
                account.settle(footprint.held());
            }
        }
    }

    /** Makes some of a block's accesses, for which there is room. */
    Outcome carryOut(Command.Access access, int from, int to) {
        try {
            return calls.access(access, from, to);
        } finally {
            if (bounded) {
                account.settle(footprint.held());
            }
        }
    }

    private Outcome obey(Command command) {
        Outcome outcome = calls.carryOut(command);
        footprint.obeyed(command, outcome);
        return outcome;
    }

    /** From now on every explained access tells its story. The state does not include this. */
    public void tellStories() {
        parts.story().want();
    }

    /** A machine in the same state, which continues independently. */
    public Machine copy(Room room) {
        SavedState saved = save();
        if (!room.hold(saved.size() + footprint.held())) {
            throw room.full();
        }
        return restore(spec, new StateReader(saved.stream()), programs(), room);
    }

    /** What a policy has to know before the first of a command's accesses is made. */
    void foresee(Command command) {
        if (!spec.replacement().needsFuture()) {
            return;
        }
        boolean told = false;
        foreseen = true;
        try {
            running.foresee(command);
            told = true;
        } finally {
            if (!told) {
                account.settle(footprint.held());
            }
        }
    }

    /** What was foreseen is over: what comes after is another command's. */
    void forgetFuture() {
        if (foreseen) {
            foreseen = false;
            running.forget();
        }
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }

    /** The counters of the whole machine, as they are now. */
    public Counters counters() {
        return accounting.total().copy();
    }

    /** One of these counters. */
    public long counter(Counter counter) {
        return accounting.total().get(counter);
    }

    /** Questions about the state; they change nothing. */
    public Inspector inspect() {
        return inspector;
    }

    /** The number of the last event, 0 before the first. */
    public long lastEvent() {
        return accounting.events().lastSeq();
    }

    /** The number of the oldest event kept; one past the last if there is none. */
    public long oldestEvent() {
        return accounting.events().oldestSeq();
    }

    /** An event from {@link #oldestEvent} to {@link #lastEvent}. */
    public Event event(long seq) {
        if (seq < oldestEvent() || seq > lastEvent()) {
            throw new IllegalArgumentException("no event " + seq);
        }
        return accounting.events().event(seq);
    }

    /** The host memory that the machine takes, in bytes: an upper bound near the truth. */
    public long hostBytes() {
        return footprint.held();
    }

    /** The host memory, in bytes, that a new machine of this spec takes. */
    public static long hostBytes(MachineSpec spec) {
        return Footprint.of(spec);
    }

    /** The host memory, in bytes, that a process's program takes. */
    public static long hostBytes(Program program, MachineSpec spec) {
        return ProgramRun.hostBytes(program, spec);
    }

    /** The most by which a command may let {@link #hostBytes} grow. */
    long growth(Command command) {
        return footprint.growth(command);
    }

    /** The whole state of the machine without its spec, for {@link #restore}. */
    public SavedState save() {
        return SavedState.of(this::saveAll);
    }

    /** Writes the same. */
    public void saveAll(StateWriter out) {
        state.saveAll(out);
    }

    /**
     * Writes the whole state of the machine without its spec and without what its last events were,
     * which {@link #eventRows} gives: events are kept once for many saved states.
     */
    public void saveWithoutEvents(StateWriter out) {
        state.saveWithoutEvents(out);
    }

    /** The events after {@code seq} that are kept, in rows of {@link #EVENT_ROW} numbers. */
    public long[] eventRows(long seq) {
        return accounting.events().rowsAfter(seq);
    }

    /** A machine of this spec in a saved state. It continues as if nothing had happened. */
    public static Machine restore(MachineSpec spec, SavedState saved) {
        return restore(spec, saved, Map.of());
    }

    /**
     * A machine in a saved state whose processes have programs. Programs are not saved; they are
     * given by their ids, as in {@link #programs} of the machine that was saved.
     */
    public static Machine restore(
            MachineSpec spec, SavedState saved, Map<String, Program> programs) {
        return restore(spec, new StateReader(saved.stream()), programs, Room.UNBOUNDED);
    }

    /** The same, of a state that is read, and in a room. */
    public static Machine restore(
            MachineSpec spec, StateReader in, Map<String, Program> programs, Room room) {
        Machine machine = new Machine(spec, room);
        machine.state.loadAll(in, programs);
        return machine.loaded();
    }

    /**
     * A machine in the state that {@link #saveWithoutEvents} wrote. Raises {@link
     * UnreadableStateException} if what is read is no state of such a machine.
     *
     * @param events the rows of all events that the machine kept when it was saved, given the
     *     number of the first of them
     */
    public static Machine restore(
            MachineSpec spec,
            StateReader in,
            LongFunction<long[]> events,
            Map<String, Program> programs,
            Room room) {
        Machine machine = new Machine(spec, room);
        machine.state.loadWithoutEvents(in, events, programs);
        return machine.loaded();
    }

    private Machine loaded() {
        tasks.forEach(footprint::restored);
        account.settle(footprint.held());
        return this;
    }

    /** The numbers of the last event and the last turn. */
    public record Numbers(long event, long turn) {}

    /** The numbers of the last event and the last turn. */
    public Numbers numbers() {
        return new Numbers(lastEvent(), queue.turns().lastSeq());
    }

    /**
     * Numbers this machine's events and turns after those of an earlier life, so that no number is
     * used twice. The digest does not include numbers.
     */
    public void numberAfter(Numbers earlier) {
        accounting.events().numberAfter(earlier.event());
        queue.turns().numberAfter(earlier.turn());
    }

    /** The programs of processes, by their ids. */
    public Map<String, Program> programs() {
        Map<String, Program> programs = new TreeMap<>();
        for (Task task : tasks) {
            ProgramRun run = task.program();
            if (run != null) {
                programs.put(run.program().id(), run.program());
            }
        }
        return programs;
    }

    /**
     * SHA-256, in hexadecimal, of the spec and the state, including events and counters. It leaves
     * out event numbers, so that a machine after a reset has a new machine's digest, and the list
     * of turns, which shows where runs were cut.
     */
    public String digest() {
        return StateHash.of(
                out -> {
                    spec.save(out);
                    state.save(out);
                });
    }

    /** The process of a pid, for tests that check the laws. */
    @Nullable Task taskOrNull(int pid) {
        return tasks.has(pid) ? task(pid) : null;
    }

    /** The size of a process's working set, in pages, if load control measures it; otherwise 0. */
    int workingSet(int pid) {
        WorkingSetMeter meter = parts.meter();
        return meter == null ? 0 : meter.size(task(pid));
    }

    Parts parts() {
        return parts;
    }
}
