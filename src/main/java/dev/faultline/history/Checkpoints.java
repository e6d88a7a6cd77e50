package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.spec.MachineSpec;

import java.util.List;

/** The checkpoints of a moment. */
public final class Checkpoints {

    private final MachineSpec spec;
    private final Checkpoint.Maker maker;
    private final List<Checkpoint> checkpoints;
    private final KeptEvents events;

    Checkpoints(
            MachineSpec spec,
            Checkpoint.Maker maker,
            List<Checkpoint> checkpoints,
            KeptEvents events) {
        this.spec = spec;
        this.maker = maker;
        this.checkpoints = checkpoints;
        this.events = events;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return checkpoints.isEmpty();
    }

    /**
     * The machine as it was at a version at which a checkpoint stands. Raises {@link Room#full} if
     * there is no room for it.
     */
    public Machine machine(long version, Room room) {
        Checkpoint at =
                checkpoints.stream()
                        .filter(each -> each.version() == version)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no checkpoint: " + version));
        return machine(at, spec, maker, events, room);
    }

    /** The machine as it was at a checkpoint, whose events are among these. */
    static Machine machine(
            Checkpoint at, MachineSpec spec, Checkpoint.Maker maker, KeptEvents events, Room room) {
        long last = at.numbers().event();
        return at.machine(spec, maker, first -> events.rows(first, last), room);
    }
}
