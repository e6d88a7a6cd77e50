package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The last events of a machine, in a ring of packed rows, and a running hash of all of them. Adding
 * one allocates nothing once the ring has its full size.
 *
 * <pre>
 *   row: tick | what | who | address | other
 *   who: pid << 32 | frame
 *   other: slot << 32 | another process, or how many; the length of what happened to an area
 *   what: kind | op << 8 | type << 16 | resolution << 24 | code << 32 | flags << 40
 * </pre>
 */
final class EventLog {

    static final long NO_ADDRESS = -1;
    static final int NONE = -1;
    static final int NO_OP = 0xFF;

    private static final int ROW = 5;

    /** Odd numbers by which the words of a row are weighed in the hash. */
    private static final long TICK_WEIGHT = 0x9E3779B97F4A7C15L;

    private static final long WHAT_WEIGHT = 0xBF58476D1CE4E5B9L;
    private static final long WHO_WEIGHT = 0x94D049BB133111EBL;
    private static final long ADDRESS_WEIGHT = 0xD6E8FEB86659FD93L;
    private static final long OTHER_WEIGHT = 0xFF51AFD7ED558CCDL;

    private static final int ABSENT = 0xFF;
    private static final int MAJOR = 1;
    private static final int DIRTY = 2;
    private static final int WRITTEN_BACK = 4;

    private static final long HOST_BYTES_PER_CHOICE = 192;
    private static final long HOST_BYTES_PER_CANDIDATE = 80;

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

    /** Bytes of the host's memory that the log takes. */
    long hostBytes() {
        return (long) Long.BYTES * rows.length
                + HOST_BYTES_PER_CHOICE * choices.size()
                + HOST_BYTES_PER_CANDIDATE * candidates;
    }

    /**
     * Bytes of the host's memory that it may need more; {@code explained} is whether choices are.
     */
    long growth(boolean explained) {
        long ring = rows.length < ROW * capacity ? (long) Long.BYTES * ROW * capacity : 0;
        return explained
                ? ring
                        + HOST_BYTES_PER_CHOICE * Math.min(capacity, MOST_CANDIDATES)
                        + HOST_BYTES_PER_CANDIDATE * MOST_CANDIDATES
                : ring;
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
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pair(pid, NONE), NO_ADDRESS, pair(NONE, child));
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
        add(tick, what, pair(pid, frame), address, pair(NONE, NONE));
    }

    void signal(long tick, int pid, long address, int op, Signal.Code code) {
        long what = what(Event.Kind.SIGNAL, op, ABSENT, ABSENT, code.ordinal(), 0);
        add(tick, what, pair(pid, NONE), address, pair(NONE, NONE));
    }

    void unmap(long tick, int pid, long address, int frame, boolean dirty) {
        long what = what(Event.Kind.UNMAP, ABSENT, ABSENT, ABSENT, ABSENT, dirty ? DIRTY : 0);
        add(tick, what, pair(pid, frame), address, pair(NONE, NONE));
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
        add(tick, what, pair(pid, frame), NO_ADDRESS, pair(slot, mappings));
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
        add(tick, what, pair(pid, frame), NO_ADDRESS, pair(NONE, NONE));
    }

    void area(Event.Kind kind, long tick, int pid, long address, long length) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pair(pid, NONE), address, length);
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

    private void add(long tick, long what, long who, long address, long other) {
        if (next == rows.length) {
            growOrWrap();
        }
        int at = next;
        next += ROW;
        last++;
        rows[at] = tick;
        rows[at + 1] = what;
        rows[at + 2] = who;
        rows[at + 3] = address;
        rows[at + 4] = other;
        long row =
                tick * TICK_WEIGHT
                        + what * WHAT_WEIGHT
                        + who * WHO_WEIGHT
                        + address * ADDRESS_WEIGHT
                        + other * OTHER_WEIGHT;
        hash = (hash ^ row ^ row >>> 32) * TICK_WEIGHT;
        hash ^= hash >>> 29;
    }

    /** The ring has come to its end: it becomes larger, or begins anew. */
    private void growOrWrap() {
        int size = rows.length / ROW;
        if (size < capacity) {
            rows = Arrays.copyOf(rows, ROW * Math.min(capacity, 2 * size));
        } else {
            next = 0;
        }
    }

    private static long pair(int high, int low) {
        return (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
    }

    private int place(long seq) {
        return ROW * (int) ((seq - 1) % (rows.length / ROW));
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
                (int) (rows[at + 2] >>> Integer.SIZE),
                rows[at + 3] == NO_ADDRESS ? null : rows[at + 3],
                op == ABSENT ? null : op,
                type == ABSENT ? null : Fault.Type.values()[type],
                resolution == ABSENT ? null : Fault.Resolution.values()[resolution],
                kind == Event.Kind.FAULT ? (flags & MAJOR) != 0 : null,
                number((int) rows[at + 2]),
                ofArea ? null : number((int) (rows[at + 4] >>> Integer.SIZE)),
                leaves ? (flags & DIRTY) != 0 : null,
                eviction ? (flags & WRITTEN_BACK) != 0 : null,
                ofArea ? null : number((int) rows[at + 4]),
                ofArea ? rows[at + 4] : null,
                code == ABSENT ? null : Signal.Code.values()[code],
                eviction ? choices.get(seq) : null);
    }

    private static @Nullable Integer number(int value) {
        return value == NONE ? null : value;
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
        int size = in.readInt();
        rows = new long[ROW * size];
        next = last <= size ? ROW * (int) last : place(last + 1);
        for (long seq = oldestSeq(); seq <= last; seq++) {
            int at = place(seq);
            for (int i = at; i < at + ROW; i++) {
                rows[i] = in.readLong();
            }
        }
    }
}
