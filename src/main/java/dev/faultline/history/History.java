package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
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
import java.util.concurrent.locks.ReentrantLock;

/**
 * What happened to one machine, version by version, back to the oldest that is kept: a record for
 * each change, and checkpoints from which replays begin. It is bounded; the oldest goes first.
 *
 * <p>One change at a time records its steps. Anyone may read meanwhile: a reader takes what there
 * is at a moment and goes on without a lock. The lock is a leaf: nothing else is locked under it.
 */
public final class History {

    /**
     * Bounds of a history.
     *
     * @param bytes of host memory
     * @param versions that are kept beside the present one
     */
    public record Bounds(long bytes, int versions) {}

    private static final long NOTHING = Long.MAX_VALUE;

    /** Host bytes of a history beside what is counted one by one. */
    private static final long OVERHEAD = 512;

    private final MachineSpec spec;
    private final Checkpoint.Maker maker;
    private final Bounds bounds;
    private final Room room;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteLog log = new ByteLog();
    private final Places places = new Places();
    private final Pace pace = new Pace();

    /** In order of their versions; the first is the oldest version kept. None: nothing is kept. */
    private final List<Checkpoint> checkpoints = new ArrayList<>();

    private long checkpointBytes;
    private final KeptEvents events = new KeptEvents();

    /** Programs of stored traces that records name: they are files, whatever becomes of a list. */
    private final Map<String, Program> traces = new HashMap<>();

    /** The version of the last record. */
    private long present;

    /** Where the record of a change under way begins in the log. */
    private long underWay = NOTHING;

    private boolean closed;

    /**
     * The history of a machine that is at its first version, as it was made.
     *
     * @param maker makes such a machine again
     * @param room counts the history's memory
     */
    public History(
            MachineSpec spec, Checkpoint.Maker maker, Machine machine, Bounds bounds, Room room) {
        this(spec, maker, bounds, room);
        present = 1;
        checkpoints.add(Checkpoint.made(1, new Machine.Numbers(0, 0)));
        bind(machine);
    }

    private History(MachineSpec spec, Checkpoint.Maker maker, Bounds bounds, Room room) {
        this.spec = spec;
        this.maker = maker;
        this.bounds = bounds;
        this.room = room;
    }

    /** The history of a machine whose oldest version is the state that it has now. */
    public static History from(
            MachineSpec spec,
            Checkpoint.Maker maker,
            Machine machine,
            long version,
            Bounds bounds,
            Room room) {
        History history = new History(spec, maker, bounds, room);
        history.present = version;
        history.beginAnew(Checkpoint.of(machine, version), machine);
        history.bind(machine);
        return history;
    }

    /** The version of the last record, which no change under way has made. */
    public long present() {
        lock.lock();
        try {
            return present;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the oldest version is a machine as it was made at first. */
    public boolean beginsAsMade() {
        lock.lock();
        try {
            return !checkpoints.isEmpty() && checkpoints.getFirst().isFirst();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest version that is kept. */
    public long oldest() {
        lock.lock();
        try {
            return checkpoints.isEmpty() ? present : checkpoints.getFirst().version();
        } finally {
            lock.unlock();
        }
    }

    /** Begins the record of a change. */
    public Recording recording(Request request, Machine machine) {
        return new Recording(request, HistoryRecord.Mark.of(machine));
    }

    /** The record of a change under way, which one thread writes. */
    public final class Recording {

        private final Request request;
        private final HistoryRecord.Mark before;
        private final long start;

        /** After which numbers a machine as it is made goes on, or null if it is no such one. */
        private Machine.@Nullable Numbers made;

        private boolean lost;
        private boolean rewound;

        private Recording(Request request, HistoryRecord.Mark before) {
            this.request = request;
            this.before = before;
            lock.lock();
            try {
                start = log.end();
                underWay = start;
            } finally {
                lock.unlock();
            }
        }

        /** The machine has obeyed a command, in portions of these sizes. */
        public void obeyed(Command command, List<Long> sizes) {
            if (command instanceof Command.GiveProgram given) {
                keep(given.program());
            }
            add(new Step.Obeyed(command, sizes));
        }

        private void keep(Program program) {
            lost |= !Forms.canWrite(program);
            if (program instanceof TraceProgram trace) {
                lock.lock();
                try {
                    traces.put(trace.id(), trace);
                } finally {
                    lock.unlock();
                }
            }
        }

        /** The machine is as it was made; it is a new one, whose numbers come after the old. */
        public void reset(Machine.Numbers after) {
            made = after;
            add(new Step.Reset(after));
        }

        /** The machine is what it was at a version. */
        public void rewound(long to, Machine.Numbers after) {
            rewound = true;
            add(new Step.Rewound(to, after));
        }

        /** What was done cannot be done again: the history begins anew with this change. */
        public void lost() {
            lost = true;
        }

        /** The machine took a time to obey, in nanoseconds. */
        public void spent(long nanos) {
            pace.spent(nanos);
        }

        private void add(Step step) {
            if (lost) {
                return;
            }
            lock.lock();
            try {
                StateWriter out = new StateWriter(log);
                step.write(out);
                out.flush();
                if (log.end() - start > bounds.bytes && log.hostBytes() > bounds.bytes) {
                    lost = true; // it is too long to be kept
                    log.truncate(start);
                }
            } finally {
                lock.unlock();
            }
        }

        /** The change is over, and has made a version, which the machine shows. */
        public HistoryRecord commit(long version, Machine machine) {
            lock.lock();
            try {
                HistoryRecord record = HistoryRecord.of(version, request, before, machine);
                underWay = NOTHING;
                boolean follows = version == present + 1;
                present = version;
                if (lost || !follows) {
                    beginAnew(made(version, machine), machine);
                } else {
                    keep(record, machine);
                }
                bind(machine);
                return record;
            } finally {
                lock.unlock();
            }
        }

        private void keep(HistoryRecord record, Machine machine) {
            StateWriter out = new StateWriter(log);
            out.writeNumber(0);
            out.flush();
            long head = log.end();
            record.write(out);
            out.flush();
            places.add(record.version(), start, head);
            if (checkpoints.isEmpty()) {
                beginAnew(made(record.version(), machine), machine);
            } else if (made != null || rewound || pace.isDue()) {
                add(made(record.version(), machine), machine);
            }
        }

        private Checkpoint made(long version, Machine machine) {
            return made == null ? checkpoint(machine, version) : Checkpoint.made(version, made);
        }

        /** The change is over, and has changed nothing. */
        public void abandon() {
            lock.lock();
            try {
                log.truncate(start);
                underWay = NOTHING;
            } finally {
                lock.unlock();
            }
        }

        private void add(Checkpoint checkpoint, Machine machine) {
            events.keep(machine);
            checkpoints.add(checkpoint);
            recount();
            pace.begin();
        }
    }

    private Checkpoint checkpoint(Machine machine, long version) {
        return pace.timed(() -> Checkpoint.of(machine, version));
    }

    /** Nothing from before a checkpoint is kept. */
    private void beginAnew(Checkpoint checkpoint, Machine machine) {
        checkpoints.clear();
        log.dropBefore(log.end());
        places.dropTo(checkpoint.version());
        traces.keySet().retainAll(checkpoint.programs().keySet());
        events.dropBefore(Long.MAX_VALUE);
        events.keep(machine);
        checkpoints.add(checkpoint);
        recount();
        pace.begin();
    }

    /** Drops the oldest until all is within its bounds and the server has room for it. */
    private void bind(Machine machine) {
        while (!closed && !checkpoints.isEmpty() && !fits()) {
            if (checkpoints.size() == 1 && checkpoints.getFirst().version() < present) {
                beginAnew(checkpoint(machine, present), machine);
            } else {
                dropOldest();
            }
        }
        room.settle(closed ? 0 : hostBytes());
    }

    /** The machine is gone, and its history with it. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            checkpoints.clear();
            room.settle(0);
        } finally {
            lock.unlock();
        }
    }

    private boolean fits() {
        long held = hostBytes();
        return held <= bounds.bytes
                && present - checkpoints.getFirst().version() <= bounds.versions
                && room.hold(held);
    }

    /** Gives up what is before the second checkpoint, or all if there is none. */
    private void dropOldest() {
        checkpoints.removeFirst();
        recount();
        long oldest = checkpoints.isEmpty() ? present : checkpoints.getFirst().version();
        places.dropTo(oldest);
        log.dropBefore(Math.min(places.bodyOf(oldest + 1, log.end()), underWay));
        events.dropBefore(
                checkpoints.stream()
                        .mapToLong(Checkpoint::oldestEvent)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    /**
     * Gives back memory for something that needs it more, the oldest first. Gives back nothing if a
     * change uses the history at this moment.
     *
     * @return whether it gave back anything
     */
    public boolean giveBack() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            long before = hostBytes();
            if (!checkpoints.isEmpty()) {
                dropOldest();
            }
            room.settle(closed ? 0 : hostBytes());
            return hostBytes() < before;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of host memory. */
    public long hostBytes() {
        lock.lock();
        try {
            return OVERHEAD
                    + log.hostBytes()
                    + places.hostBytes()
                    + events.hostBytes()
                    + checkpointBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Counts what checkpoints hold; a program that several hold counts once. */
    private void recount() {
        Map<String, Program> held = new HashMap<>();
        checkpoints.forEach(each -> held.putAll(each.programs()));
        checkpointBytes =
                checkpoints.stream().mapToLong(Checkpoint::hostBytes).sum()
                        + held.values().stream().mapToLong(Program::hostBytes).sum();
    }

    /**
     * How to get to a version, or null if it is not kept. It may be used at any later time, by one
     * thread.
     */
    public @Nullable Replay to(long version) {
        lock.lock();
        try {
            Checkpoint nearest = null;
            for (Checkpoint checkpoint : checkpoints) {
                if (checkpoint.version() <= version) {
                    nearest = checkpoint;
                }
            }
            if (nearest == null || version > present) {
                return null;
            }
            return new Replay(
                    spec, maker, nearest, events.copy(), records(nearest.version(), version));
        } finally {
            lock.unlock();
        }
    }

    /** The records of the versions after one, up to another, both of which are kept. */
    private RecordReader records(long after, long last) {
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
                        });
        return new RecordReader(forms, new StateReader(log.from(place)), after, last);
    }

    /** The records of the versions after one, from the oldest that is kept on. */
    public RecordReader records(long after) {
        lock.lock();
        try {
            long from = Math.clamp(after, checkpoints.isEmpty() ? present : oldest(), present);
            return records(from, present);
        } finally {
            lock.unlock();
        }
    }
}
