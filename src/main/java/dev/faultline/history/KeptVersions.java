package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;
import dev.faultline.trace.TraceProgram;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The versions of a machine that are kept: checkpoints, the records between them, and the events
 * that checkpoints need. The first checkpoint is the oldest version; without one, none is kept. The
 * owner makes sure that one thread at a time calls its methods.
 */
final class KeptVersions {

    /** Host bytes beside what is counted one by one. */
    private static final long OVERHEAD = 512;

    private final MachineSpec spec;
    private final Checkpoint.Maker maker;
    private final ByteLog log = new ByteLog();
    private final Places places = new Places();
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final KeptEvents events = new KeptEvents();
    private long checkpointBytes;

    /** Programs of stored traces that records name: they are files, whatever becomes of a list. */
    private final Map<String, Program> traces = new HashMap<>();

    KeptVersions(MachineSpec spec, Checkpoint.Maker maker) {
        this.spec = spec;
        this.maker = maker;
    }

    /** Whether no version is kept. */
    boolean isEmpty() {
        return checkpoints.isEmpty();
    }

    /** Whether one checkpoint alone is kept. */
    boolean isOne() {
        return checkpoints.size() == 1;
    }

    /** The oldest version that is kept, or {@code otherwise} if none is. */
    long oldest(long otherwise) {
        return checkpoints.isEmpty() ? otherwise : checkpoints.getFirst().version();
    }

    /** Whether the oldest version is a machine as it was made at first. */
    boolean beginsAsMade() {
        return !checkpoints.isEmpty() && checkpoints.getFirst().isFirst();
    }

    /** Where the next record begins. */
    long end() {
        return log.end();
    }

    /** Adds a step to the record under way. */
    void add(Step step) {
        if (step instanceof Step.Obeyed obeyed
                && obeyed.command() instanceof Command.GiveProgram given
                && given.program() instanceof TraceProgram trace) {
            traces.put(trace.id(), trace);
        }
        StateWriter out = new StateWriter(log);
        step.write(out);
        out.flush();
    }

    /** Takes back the record under way, which began at a place. */
    void takeBack(long start) {
        log.truncate(start);
    }

    /** Ends the record that began at a place. */
    void end(HistoryRecord record, long start) {
        StateWriter out = new StateWriter(log);
        out.writeNumber(0);
        out.flush();
        places.add(record.version(), start, log.end());
        record.write(out);
        out.flush();
    }

    /** Adds a checkpoint of a machine as it is now. */
    void add(Checkpoint checkpoint, Machine machine) {
        events.keep(machine);
        checkpoints.add(checkpoint);
        recount();
    }

    /** Keeps a checkpoint of a machine as it is now, and nothing from before. */
    void beginAnew(Checkpoint checkpoint, Machine machine) {
        checkpoints.clear();
        log.dropBefore(log.end());
        places.dropTo(checkpoint.version());
        traces.keySet().retainAll(checkpoint.programs().keySet());
        events.dropBefore(Long.MAX_VALUE);
        add(checkpoint, machine);
    }

    /**
     * Drops what is before the second checkpoint, or all if there is none: a record under way too
     * then, because nothing leads to it any more.
     *
     * @param needed where a record under way begins, which stays while a checkpoint does
     */
    void dropOldest(long needed) {
        checkpoints.removeFirst();
        recount();
        long end = log.end();
        log.dropBefore(
                checkpoints.isEmpty() ? end : Math.min(places.bodyOf(oldest(0) + 1, end), needed));
        places.dropTo(oldest(Long.MAX_VALUE));
        events.dropBefore(
                checkpoints.stream()
                        .mapToLong(Checkpoint::oldestEvent)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    /** Counts what checkpoints hold; a program that several hold counts once. */
    private void recount() {
        Map<String, Program> held = new HashMap<>();
        checkpoints.forEach(each -> held.putAll(each.programs()));
        checkpointBytes =
                checkpoints.stream().mapToLong(Checkpoint::hostBytes).sum()
                        + held.values().stream().mapToLong(Program::hostBytes).sum();
    }

    /** Bytes of host memory. */
    long hostBytes() {
        return OVERHEAD
                + log.hostBytes()
                + places.hostBytes()
                + events.hostBytes()
                + checkpointBytes;
    }

    /** How to get to a version, which is none to come; null if it is not kept. */
    @Nullable Replay to(long version) {
        Checkpoint nearest = null;
        for (Checkpoint checkpoint : checkpoints) {
            if (checkpoint.version() <= version) {
                nearest = checkpoint;
            }
        }
        return nearest == null
                ? null
                : new Replay(
                        spec, maker, nearest, events.copy(), records(nearest.version(), version));
    }

    /** The checkpoints of this moment, which stay readable whatever is dropped later. */
    Checkpoints checkpoints() {
        return new Checkpoints(spec, maker, List.copyOf(checkpoints), events.copy());
    }

    /** The records of the versions after one, up to another, both of which are kept. */
    RecordReader records(long after, long last) {
        long place = places.bodyOf(after + 1, log.end());
        Map<String, Program> known = Map.copyOf(traces);
        Forms forms =
                new Forms(
                        spec,
                        id -> {
                            Program program = known.get(id);
                            if (program == null) {
                                throw new UnreadableStateException("no stored trace " + id);
                            }
                            return program;
                        },
                        bytes -> {}); // it was all in memory when it was written
        return new RecordReader(forms, new StateReader(log.from(place)), after, last);
    }
}
