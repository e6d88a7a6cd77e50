package dev.faultline.hosting;

import dev.faultline.history.History;
import dev.faultline.history.HistoryRecord;
import dev.faultline.history.Replay;
import dev.faultline.history.Request;
import dev.faultline.history.Step;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A machine that goes through what has happened to it before, version by version, and whose history
 * comes to be again on the way. One thread uses it.
 */
public final class Relived {

    private final MachineSpec spec;
    private final @Nullable Preset preset;
    private final Reservation memory;
    private final BiFunction<Machine, Long, History> historyFrom;
    private Machine machine;
    private History history;

    /** The version that it began at. */
    private long begun = 1;

    private long version = 1;
    private History.@Nullable Recording recording;

    /**
     * A machine as it is made.
     *
     * @param memory counts what it takes
     * @param made makes its history
     * @param historyFrom makes the history of one that begins at a later version
     */
    Relived(
            MachineSpec spec,
            @Nullable Preset preset,
            Reservation memory,
            Function<Machine, History> made,
            BiFunction<Machine, Long, History> historyFrom) {
        this.spec = spec;
        this.preset = preset;
        this.memory = memory;
        this.historyFrom = historyFrom;
        machine = MachineHost.build(spec, preset, memory);
        history = made.apply(machine);
    }

    /** What its memory is counted to. */
    public Room memory() {
        return memory;
    }

    /** The machine as it is by now. */
    public Machine machine() {
        return machine;
    }

    History history() {
        return history;
    }

    /** The version that it has come to. */
    public long version() {
        return version;
    }

    /** It begins at a version, in a state. */
    public void begin(Machine state, long at) {
        history.close();
        machine = state;
        history = historyFrom.apply(state, at);
        begun = at;
        version = at;
    }

    /** The next version begins. */
    public void begin(Request request) {
        recording = history.recording(request, machine);
    }

    private History.Recording recording() {
        if (recording == null) {
            throw new IllegalStateException("Relived: no version has begun");
        }
        return recording;
    }

    /**
     * Something happens to it. Raises {@link UnreadableStateException} for what cannot happen, and
     * {@link Room#full} if there is no room for all that it takes.
     */
    public void live(Step step) {
        switch (step) {
            case Step.Obeyed obeyed -> {
                long start = System.nanoTime();
                Step.obey(machine, obeyed);
                recording().spent(System.nanoTime() - start);
                recording().obeyed(obeyed.command(), obeyed.sizes());
            }
            case Step.Reset(Machine.Numbers after) -> {
                machine = MachineHost.build(spec, preset, memory);
                machine.numberAfter(after);
                recording().reset(after);
            }
            case Step.Rewound(long to, Machine.Numbers after) -> {
                Replay replay = history.to(to);
                if (replay == null) {
                    throw to >= begun && to <= version
                            ? memory.full() // the history has given back what came before
                            : new UnreadableStateException("there is no version " + to);
                }
                become(replay.machine(memory), to, after);
            }
        }
    }

    /** It becomes what it was at a version that is not there any more. */
    public void become(Machine state, long to, Machine.Numbers after) {
        machine = state;
        machine.numberAfter(after);
        recording().rewound(to, after);
    }

    /** The version is over. */
    public HistoryRecord end() {
        version++;
        HistoryRecord record = recording().commit(version, machine);
        recording = null;
        return record;
    }
}
