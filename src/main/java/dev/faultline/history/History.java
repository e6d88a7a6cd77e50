package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

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
    public record Bounds(long bytes, int versions) {
        /** All that the server has room for. */
        public static final Bounds NONE = new Bounds(Long.MAX_VALUE, Integer.MAX_VALUE);
    }

    private static final long NOTHING = Long.MAX_VALUE;

    private final Room room;
    private final ReentrantLock lock = new ReentrantLock();
    private final KeptVersions kept;
    private final Pace pace = new Pace();
    private Bounds bounds;

    /** The version of the last change that is over. */
    private long present;

    /** Where the record of a change under way begins. */
    private long underWay = NOTHING;

    /** Bytes of the last checkpoint that was made. */
    private long checkpointSize;

    private boolean closed;

    private History(
            MachineSpec spec, Checkpoint.Maker maker, Bounds bounds, Room room, long present) {
        kept = new KeptVersions(spec, maker);
        this.bounds = bounds;
        this.room = room;
        this.present = present;
    }

    /**
     * The history of a machine that is at its first version, as it was made.
     *
     * @param maker makes such a machine again
     * @param room counts the history's memory
     */
    public static History ofNew(
            MachineSpec spec, Checkpoint.Maker maker, Machine machine, Bounds bounds, Room room) {
        History history = new History(spec, maker, bounds, room, 1);
        history.kept.add(Checkpoint.made(1, new Machine.Numbers(0, 0)), machine);
        history.bind(machine);
        return history;
    }

    /** The history of a machine whose oldest version is the state that it has now. */
    public static History from(
            MachineSpec spec,
            Checkpoint.Maker maker,
            Machine machine,
            long version,
            Bounds bounds,
            Room room) {
        History history = new History(spec, maker, bounds, room, version);
        history.kept.add(history.checkpoint(machine, version), machine);
        history.bind(machine);
        return history;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** The version of the last change that is over. */
    public long present() {
        return locked(() -> present);
    }

    /** The oldest version that is kept. */
    public long oldest() {
        return locked(() -> kept.oldest(present));
    }

    /** Bytes of host memory. */
    public long hostBytes() {
        return locked(kept::hostBytes);
    }

    /**
     * How to get to a version, or null if it is not kept. It may be used at any later time, by one
     * thread.
     */
    public @Nullable Replay to(long version) {
        lock.lock();
        try {
            return version > present ? null : kept.to(version);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that are kept at this moment, which stay readable whatever is dropped later.
     *
     * @param after the version after which they are wanted; from the oldest on if that is later
     */
    public Kept kept(long after) {
        return locked(
                () -> {
                    long oldest = kept.oldest(present);
                    return new Kept(
                            oldest, kept.records(Math.clamp(after, oldest, present), present));
                });
    }

    /**
     * Records that are kept at a moment.
     *
     * @param oldest the oldest version
     * @param records of the versions that were asked for
     */
    public record Kept(long oldest, RecordReader records) {}

    /** All that is kept at this moment, which stays readable whatever is dropped later. */
    public WholeHistory whole() {
        return locked(
                () -> {
                    long oldest = kept.oldest(present);
                    return new WholeHistory(
                            oldest,
                            present,
                            kept.beginsAsMade(),
                            kept.checkpoints(),
                            kept.to(present),
                            kept.records(oldest, present),
                            kept.records(oldest, present));
                });
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
                start = kept.end();
                underWay = start;
            } finally {
                lock.unlock();
            }
        }

        /** The machine has obeyed a command, in portions of these sizes. */
        public void obeyed(Command command, List<Long> sizes) {
            boolean canWrite =
                    !(command instanceof Command.GiveProgram given)
                            || Forms.canWrite(given.program());
            if (canWrite) {
                add(new Step.Obeyed(command, sizes));
            } else {
                lost = true;
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

        /** Adds a step, unless there is no checkpoint that one could begin from to get here. */
        private void add(Step step) {
            if (lost) {
                return;
            }
            lock.lock();
            try {
                if (closed || kept.isEmpty()) {
                    return;
                }
                kept.add(step);
                if (!hasRoomSince(start)) {
                    lost = true; // it is too long to be kept
                    kept.takeBack(start);
                    settle();
                }
            } finally {
                lock.unlock();
            }
        }

        /** The change is over, and has made a version, which the machine shows. */
        public HistoryRecord commit(long version, Machine machine) {
            HistoryRecord record = HistoryRecord.of(version, request, before, machine);
            lock.lock();
            try {
                underWay = NOTHING;
                boolean follows = version == present + 1;
                present = version;
                if (kept.isEmpty()) {
                    beginAgain(version, machine);
                } else if (lost || !follows) {
                    kept.beginAnew(point(version, machine), machine);
                } else {
                    keep(record, machine);
                }
                bind(machine);
            } finally {
                lock.unlock();
            }
            return record;
        }

        private void keep(HistoryRecord record, Machine machine) {
            kept.end(record, start);
            if (made != null || rewound || pace.isDue()) {
                kept.add(point(record.version(), machine), machine);
            }
        }

        /** Keeps from now on, if that is not tried too often and a checkpoint may have room. */
        private void beginAgain(long version, Machine machine) {
            kept.takeBack(start);
            boolean mayFit = checkpointSize < bounds.bytes && checkpointSize < room.free();
            if (made != null || pace.isDue() && mayFit) {
                kept.beginAnew(point(version, machine), machine);
            }
        }

        private Checkpoint point(long version, Machine machine) {
            Machine.Numbers after = made;
            return after == null ? checkpoint(machine, version) : Checkpoint.made(version, after);
        }

        /** The change is over, and has changed nothing. */
        public void abandon() {
            lock.lock();
            try {
                kept.takeBack(start);
                underWay = NOTHING;
                settle();
            } finally {
                lock.unlock();
            }
        }
    }

    private Checkpoint checkpoint(Machine machine, long version) {
        Checkpoint checkpoint = pace.timed(() -> Checkpoint.of(machine, version));
        checkpointSize = checkpoint.hostBytes();
        return checkpoint;
    }

    /** Whether the record under way can be kept. The oldest goes, so that the server has room. */
    private boolean hasRoomSince(long start) {
        if (kept.end() - start > bounds.bytes && kept.hostBytes() > bounds.bytes) {
            return false;
        }
        while (!room.hold(kept.hostBytes())) {
            if (kept.isOne()) {
                return false;
            }
            kept.dropOldest(underWay);
        }
        return true;
    }

    /**
     * Sets its bounds anew, and drops the oldest until all is within them. No change is under way.
     *
     * @param machine as it is now
     */
    public void bind(Bounds anew, Machine machine) {
        lock.lock();
        try {
            bounds = anew;
            bind(machine);
        } finally {
            lock.unlock();
        }
    }

    /** Drops the oldest until all is within its bounds and the server has room for it. */
    private void bind(Machine machine) {
        while (!closed && !kept.isEmpty() && !fits()) {
            boolean mayHelp = kept.isOne() && kept.oldest(present) < present;
            if (mayHelp && checkpointSize < bounds.bytes) {
                kept.beginAnew(checkpoint(machine, present), machine);
            } else {
                kept.dropOldest(underWay);
            }
        }
        settle();
    }

    private boolean fits() {
        long held = kept.hostBytes();
        return held <= bounds.bytes
                && present - kept.oldest(present) <= bounds.versions
                && room.hold(held);
    }

    private void settle() {
        room.settle(closed ? 0 : kept.hostBytes());
    }

    /**
     * Gives back memory for something that needs it more, the oldest first.
     *
     * @return whether it gave back anything
     */
    public boolean giveBack() {
        lock.lock();
        try {
            long before = kept.hostBytes();
            if (!kept.isEmpty()) {
                kept.dropOldest(underWay);
            }
            settle();
            return kept.hostBytes() < before;
        } finally {
            lock.unlock();
        }
    }

    /** The machine is gone, and its history with it. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            settle();
        } finally {
            lock.unlock();
        }
    }
}
