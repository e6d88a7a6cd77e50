package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * A version from which replays can begin: a saved state, or a machine as it is made.
 *
 * @param packed the saved state without its events, or null for a machine as it is made
 * @param numbers of the machine's last event and last turn; for a machine as it is made, those that
 *     its own come after
 * @param programs of the machine's processes
 */
public record Checkpoint(
        long version,
        byte @Nullable [] packed,
        Machine.Numbers numbers,
        long oldestEvent,
        Map<String, Program> programs) {

    private static final long OVERHEAD = 160;

    /** A machine as it is made, whose numbers come after others. */
    static Checkpoint made(long version, Machine.Numbers after) {
        return new Checkpoint(version, null, after, Long.MAX_VALUE, Map.of());
    }

    /** Whether it is a machine as it was made at first. */
    boolean isFirst() {
        return version == 1 && packed == null;
    }

    /** The state of a machine at a version. */
    static Checkpoint of(Machine machine, long version) {
        return new Checkpoint(
                version,
                PackedSteps.pack(machine::saveWithoutEvents),
                machine.numbers(),
                machine.oldestEvent(),
                machine.programs());
    }

    /** Bytes of host memory, without the programs. */
    long hostBytes() {
        return OVERHEAD + (packed == null ? 0 : packed.length);
    }

    /**
     * The machine as it was.
     *
     * @param maker makes a machine as it is made
     * @param events gives the rows of events from a number on, up to the checkpoint's last
     */
    Machine machine(MachineSpec spec, Maker maker, LongFunction<long[]> events, Room room) {
        byte[] saved = packed;
        if (saved == null) {
            Machine machine = maker.make(room);
            machine.numberAfter(numbers);
            return machine;
        }
        try {
            StateReader in = new StateReader(Packing.unpacking(new ByteArrayInputStream(saved)));
            return Machine.restore(spec, in, events, programs, room);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a machine as it was made at first. */
    public interface Maker {
        /** In a room, which counts its memory. */
        Machine make(Room room);
    }
}
