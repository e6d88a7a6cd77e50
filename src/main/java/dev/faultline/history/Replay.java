package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.spec.MachineSpec;

/** The way to a version: the checkpoint before it, and the records from there on. */
public final class Replay {

    private final MachineSpec spec;
    private final Checkpoint.Maker maker;
    private final Checkpoint from;
    private final KeptEvents events;
    private final RecordReader records;

    Replay(
            MachineSpec spec,
            Checkpoint.Maker maker,
            Checkpoint from,
            KeptEvents events,
            RecordReader records) {
        this.spec = spec;
        this.maker = maker;
        this.from = from;
        this.events = events;
        this.records = records;
    }

    /**
     * The machine as it was at the version, which goes on by itself. Raises {@link Room#full} if
     * there is no room for it.
     */
    public Machine machine(Room room) {
        Machine machine = Checkpoints.machine(from, spec, maker, events, room);
        while (records.hasNext()) {
            records.next(step -> obey(machine, step));
        }
        return machine;
    }

    private static void obey(Machine machine, Step step) {
        if (!(step instanceof Step.Obeyed obeyed)) {
            throw new IllegalStateException("a checkpoint stands at every version of a " + step);
        }
        Step.obey(machine, obeyed);
    }
}
