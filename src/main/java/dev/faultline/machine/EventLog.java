package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The last events of a machine, in a ring of packed rows, and a running hash of all of them. Adding
 * one allocates nothing once the ring has its full size.
 *
 * <pre>
 *   row: tick | what | pid | address | frame | slot | other
 *   what: kind | op << 8 | type << 16 | resolution << 24 | code << 32 | flags << 40
 * </pre>
 */
final class EventLog {

    static final long NO_ADDRESS = -1;
    static final int NONE = -1;
    static final int NO_OP = 0xFF;

    private static final int ROW = 7;

    /** Odd numbers by which the words of a row are weighed in the hash. */
    private static final long[] WEIGHTS = {
        0x9E3779B97F4A7C15L,
        0xBF58476D1CE4E5B9L,
        0x94D049BB133111EBL,
        0xD6E8FEB86659FD93L,
        0xFF51AFD7ED558CCDL,
        0xC4CEB9FE1A85EC53L,
        0xA0761D6478BD642FL
    };

    private static final int ABSENT = 0xFF;
    private static final int MAJOR = 1;
    private static final int DIRTY = 2;
    private static final int WRITTEN_BACK = 4;

    /** Candidates of choices that are kept together. */
    private static final int MOST_CANDIDATES = 20_000;

    /**
     * How the victims of explained accesses were chosen, by event. It is no part of the machine's
     * state: a machine that is restored has forgotten it.
     */
    private final NavigableMap<Long, Fault.Choice> choices = new TreeMap<>();

    private int candidates;
    private final int capacity;
    private long[] rows;
    private long last;

    /** The place of the next row, or the end. */
    private int next;

    private long hash;

    EventLog(int capacity) {
        this.capacity = capacity;
        rows = new long[ROW * Math.min(capacity, 64)];
    }

    long lastSeq() {
        return last;
    }

    /** The sequence number of the oldest event that is still kept; one past the last if none is. */
    long oldestSeq() {
        return Math.max(1, last - rows.length / ROW + 1);
    }

    void forget() {
        last = 0;
        next = 0;
        hash = 0;
        choices.clear();
        candidates = 0;
    }

    void process(Event.Kind kind, long tick, int pid, int child) {
        add(
                tick,
                what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0),
                pid,
                NO_ADDRESS,
                NONE,
                NONE,
                child);
    }

    void fault(
            long tick,
            int pid,
            long address,
            int op,
            Fault.Type type,
            Fault.Resolution resolution,
            boolean major,
            int frame) {
        long what =
                what(
                        Event.Kind.FAULT,
                        op,
                        type.ordinal(),
                        resolution.ordinal(),
                        ABSENT,
                        major ? MAJOR : 0);
        add(tick, what, pid, address, frame, NONE, NONE);
    }

    void signal(long tick, int pid, long address, int op, Signal.Code code) {
        long what = what(Event.Kind.SIGNAL, op, ABSENT, ABSENT, code.ordinal(), 0);
        add(tick, what, pid, address, NONE, NONE, NONE);
    }

    void unmap(long tick, int pid, long address, int frame, boolean dirty) {
        long what = what(Event.Kind.UNMAP, ABSENT, ABSENT, ABSENT, ABSENT, dirty ? DIRTY : 0);
        add(tick, what, pid, address, frame, NONE, NONE);
    }

    void eviction(
            long tick,
            int pid,
            int frame,
            int slot,
            int mappings,
            boolean dirty,
            boolean written,
            Fault.@Nullable Choice choice) {
        int flags = (dirty ? DIRTY : 0) | (written ? WRITTEN_BACK : 0);
        long what = what(Event.Kind.EVICTION, ABSENT, ABSENT, ABSENT, ABSENT, flags);
        add(tick, what, pid, NO_ADDRESS, frame, slot, mappings);
        if (choice != null) {
            remember(choice);
        }
    }

    /** Keeps how the victim of the last event was chosen; the oldest such make room. */
    private void remember(Fault.Choice choice) {
        choices.put(last, choice);
        candidates += choice.candidates().size();
        while (candidates > MOST_CANDIDATES && choices.size() > 1
                || choices.firstKey() < oldestSeq()) {
            candidates -= choices.pollFirstEntry().getValue().candidates().size();
        }
    }

    /** Something was done with the page of a frame. */
    void frame(Event.Kind kind, long tick, int pid, int frame) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pid, NO_ADDRESS, frame, NONE, NONE);
    }

    void area(Event.Kind kind, long tick, int pid, long address, long length) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pid, address, NONE, NONE, length);
    }

    private static long what(
            Event.Kind kind, int op, int type, int resolution, int code, int flags) {
        return kind.ordinal()
                | op << 8
                | type << 16
                | (long) resolution << 24
                | (long) code << 32
                | (long) flags << 40;
    }

    private void add(long tick, long what, int pid, long address, int frame, int slot, long other) {
        int size = rows.length / ROW;
        if (last >= size && size < capacity) {
            rows = grown(Math.min(capacity, 2 * size));
            next = place(last + 1);
        }
        if (next == rows.length) {
            next = 0;
        }
        int at = next;
        next += ROW;
        last++;
        rows[at] = tick;
        rows[at + 1] = what;
        rows[at + 2] = pid;
        rows[at + 3] = address;
        rows[at + 4] = frame;
        rows[at + 5] = slot;
        rows[at + 6] = other;
        long row = 0; // the words of a row are independent of one another, so that they overlap
        for (int i = 0; i < ROW; i++) {
            row += rows[at + i] * WEIGHTS[i];
        }
        hash = (hash ^ row ^ row >>> 32) * WEIGHTS[0];
        hash ^= hash >>> 29;
    }

    private int place(long seq) {
        return ROW * (int) ((seq - 1) % (rows.length / ROW));
    }

    private long[] grown(int size) {
        long[] larger = new long[ROW * size];
        long oldSize = rows.length / ROW;
        for (long seq = oldestSeq(); seq <= last; seq++) {
            int from = ROW * (int) ((seq - 1) % oldSize);
            int to = ROW * (int) ((seq - 1) % size);
            System.arraycopy(rows, from, larger, to, ROW);
        }
        return larger;
    }

    /** An event that is still kept. */
    Event event(long seq) {
        int at = place(seq);
        long what = rows[at + 1];
        Event.Kind kind = Event.Kind.values()[(int) what & 0xFF];
        int op = (int) (what >>> 8) & 0xFF;
        int type = (int) (what >>> 16) & 0xFF;
        int resolution = (int) (what >>> 24) & 0xFF;
        int code = (int) (what >>> 32) & 0xFF;
        int flags = (int) (what >>> 40) & 0xFF;
        boolean eviction = kind == Event.Kind.EVICTION;
        boolean ofArea = kind.ordinal() >= Event.Kind.MAP_AREA.ordinal();
        boolean leaves = eviction || kind == Event.Kind.UNMAP;
        return new Event(
                seq,
                rows[at],
                kind,
                (int) rows[at + 2],
                rows[at + 3] == NO_ADDRESS ? null : rows[at + 3],
                op == ABSENT ? null : op,
                type == ABSENT ? null : Fault.Type.values()[type],
                resolution == ABSENT ? null : Fault.Resolution.values()[resolution],
                kind == Event.Kind.FAULT ? (flags & MAJOR) != 0 : null,
                number(rows[at + 4]),
                number(rows[at + 5]),
                leaves ? (flags & DIRTY) != 0 : null,
                eviction ? (flags & WRITTEN_BACK) != 0 : null,
                ofArea ? null : number(rows[at + 6]),
                ofArea ? rows[at + 6] : null,
                code == ABSENT ? null : Signal.Code.values()[code],
                eviction ? choices.get(seq) : null);
    }

    private static @Nullable Integer number(long value) {
        return value == NONE ? null : (int) value;
    }

    void save(StateWriter out) {
        out.writeLong(last);
        out.writeLong(hash);
        out.writeInt(rows.length / ROW);
        for (long seq = oldestSeq(); seq <= last; seq++) {
            int at = place(seq);
            for (int i = at; i < at + ROW; i++) {
                out.writeLong(rows[i]);
            }
        }
    }

    void load(StateReader in) {
        last = in.readLong();
        hash = in.readLong();
        rows = new long[ROW * in.readInt()];
        next = place(last + 1);
        for (long seq = oldestSeq(); seq <= last; seq++) {
            int at = place(seq);
            for (int i = at; i < at + ROW; i++) {
                rows[i] = in.readLong();
            }
        }
    }
}
