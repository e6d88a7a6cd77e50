package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The last events of a machine, in a ring of packed rows, and a running hash of all of them. Adding
 * one allocates nothing once the ring has its full size.
 *
 * <pre>{@code
 * row: tick | what | who | address | other
 * who: pid << 32 | frame
 * other: slot << 32 | another process, or how many; the length of what happened to an area
 * what: kind | op << 8 | type << 16 | resolution << 24 | code << 32 | flags << 40
 * }</pre>
 */
public final class EventLog {

    static final long NO_ADDRESS = -1;

    /** No frame, no slot and no process. */
    public static final int NONE = -1;

    /** No access. */
    public static final int NO_OP = 0xFF;

    /** Numbers of a row. */
    public static final int ROW = 5;

    private static final Numbering<Event.Kind> KINDS = Numbering.of(Event.Kind.class);
    private static final Numbering<Fault.Type> TYPES = Numbering.of(Fault.Type.class);
    private static final Numbering<Fault.Resolution> RESOLUTIONS =
            Numbering.of(Fault.Resolution.class);
    private static final Numbering<Signal.Code> CODES = Numbering.of(Signal.Code.class);

    /** Odd numbers that weight the words of a row in the hash. */
    private static final long TICK_WEIGHT = 0x9E3779B97F4A7C15L;

    private static final long WHAT_WEIGHT = 0xBF58476D1CE4E5B9L;
    private static final long WHO_WEIGHT = 0x94D049BB133111EBL;
    private static final long ADDRESS_WEIGHT = 0xD6E8FEB86659FD93L;
    private static final long OTHER_WEIGHT = 0xFF51AFD7ED558CCDL;

    private static final int ABSENT = 0xFF;
    private static final int MAJOR = 1;
    private static final int DIRTY = 2;
    private static final int WRITTEN_BACK = 4;

    /** How victims were chosen, by the number of their event in this log. */
    private final Choices choices = new Choices();

    private final int capacity;
    private long[] rows;

    /** Events of the machine's earlier lives, before this log. */
    private long earlier;

    /** The number of events in this log so far. */
    private long last;

    /** Where the next row goes. */
    private int next;

    private long hash;

    /** An empty log that keeps at most {@code capacity} events. */
    public EventLog(int capacity) {
        this.capacity = capacity;
        rows = new long[ROW * Math.min(capacity, 64)];
    }

    /** The number of the last event. Numbers count from 1 in the machine's first life. */
    public long lastSeq() {
        return earlier + last;
    }

    /** The number of the oldest event kept; one past the last if there is none. */
    public long oldestSeq() {
        return earlier + oldest();
    }

    private long oldest() {
        return Math.max(1, last - rows.length / ROW + 1);
    }

    /** Host bytes of the log. */
    public long hostBytes() {
        return (long) Long.BYTES * rows.length + choices.hostBytes();
    }

    /**
     * The most host memory, in bytes, that this many more events need.
     *
     * @param explained whether choices are kept too
     */
    public long growth(long events, boolean explained) {
        int size = rows.length / ROW;
        long needed = Math.min(capacity, Math.min(last, size) + events);
        long ring = needed <= size ? 0 : ROW * Long.BYTES * Math.min(capacity, 2 * needed);
        return explained ? ring + Choices.mostHostBytes(capacity) : ring;
    }

    /** Numbers the events so that the first one follows {@code seq}, of an earlier life. */
    public void numberAfter(long seq) {
        earlier = seq;
    }

    /** Removes all events; the numbers of later ones go on. */
    public void forget() {
        last = 0;
        next = 0;
        hash = 0;
        choices.forget();
    }

    /** Adds an event of a process, such as a fork, with the pid of its child or {@link #NONE}. */
    public void process(Event.Kind kind, long tick, int pid, int child) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pair(pid, NONE), NO_ADDRESS, pair(NONE, child));
    }

    /** Adds a fault that was resolved, and the frame of its page after that. */
    public void fault(
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
                        TYPES.of(type),
                        RESOLUTIONS.of(resolution),
                        ABSENT,
                        major ? MAJOR : 0);
        add(tick, what, pair(pid, frame), address, pair(NONE, NONE));
    }

    /** Adds a signal that a process got for an access. */
    public void signal(long tick, int pid, long address, int op, Signal.Code code) {
        long what = what(Event.Kind.SIGNAL, op, ABSENT, ABSENT, CODES.of(code), 0);
        add(tick, what, pair(pid, NONE), address, pair(NONE, NONE));
    }

    /** Adds that a page no longer maps a frame, and whether its entry was dirty. */
    public void unmap(long tick, int pid, long address, int frame, boolean dirty) {
        long what = what(Event.Kind.UNMAP, ABSENT, ABSENT, ABSENT, ABSENT, dirty ? DIRTY : 0);
        add(tick, what, pair(pid, frame), address, pair(NONE, NONE));
    }

    /** Adds an eviction; how its victim was chosen is kept beside it. */
    public void eviction(
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
            choices.remember(last, oldest(), choice);
        }
    }

    /** Records what happened to the page of a frame. */
    public void frame(Event.Kind kind, long tick, int pid, int frame) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pair(pid, frame), NO_ADDRESS, pair(NONE, NONE));
    }

    /** Adds an event of a range of addresses of a process. */
    public void area(Event.Kind kind, long tick, int pid, long address, long length) {
        long what = what(kind, ABSENT, ABSENT, ABSENT, ABSENT, 0);
        add(tick, what, pair(pid, NONE), address, length);
    }

    private static long what(
            Event.Kind kind, int op, int type, int resolution, int code, int flags) {
        return KINDS.of(kind)
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

    /** Grows the ring when it is full, or starts at its beginning again. */
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

    /** Where the row of an event is; events count from 1 in this log. */
    private int place(long number) {
        return ROW * (int) ((number - 1) % (rows.length / ROW));
    }

    /** An event that is still kept. */
    public Event event(long seq) {
        int at = place(seq - earlier);
        long what = rows[at + 1];
        Event.Kind kind = KINDS.at((int) what & 0xFF);
        int op = (int) (what >>> 8) & 0xFF;
        int type = (int) (what >>> 16) & 0xFF;
        int resolution = (int) (what >>> 24) & 0xFF;
        int code = (int) (what >>> 32) & 0xFF;
        int flags = (int) (what >>> 40) & 0xFF;
        boolean eviction = kind == Event.Kind.EVICTION;
        boolean ofArea = kind.isOfRange();
        boolean leaves = eviction || kind == Event.Kind.UNMAP;
        return new Event(
                seq,
                rows[at],
                kind,
                (int) (rows[at + 2] >>> Integer.SIZE),
                rows[at + 3] == NO_ADDRESS ? null : rows[at + 3],
                op == ABSENT ? null : op,
                type == ABSENT ? null : TYPES.at(type),
                resolution == ABSENT ? null : RESOLUTIONS.at(resolution),
                kind == Event.Kind.FAULT ? (flags & MAJOR) != 0 : null,
                number((int) rows[at + 2]),
                ofArea ? null : number((int) (rows[at + 4] >>> Integer.SIZE)),
                leaves ? (flags & DIRTY) != 0 : null,
                eviction ? (flags & WRITTEN_BACK) != 0 : null,
                ofArea ? null : number((int) rows[at + 4]),
                ofArea ? rows[at + 4] : null,
                code == ABSENT ? null : CODES.at(code),
                eviction ? choices.of(seq - earlier) : null);
    }

    private static @Nullable Integer number(int value) {
        return value == NONE ? null : value;
    }

    /** Saves what happened, without the numbers of the events and the choices. */
    public void save(StateWriter out) {
        saveHead(out);
        for (long row : rowsAfter(earlier)) {
            out.writeLong(row);
        }
    }

    /** Saves how much happened, and none of it: {@link #rowsAfter} has the rest. */
    public void saveHead(StateWriter out) {
        out.writeLong(last);
        out.writeLong(hash);
        out.writeInt(rows.length / ROW);
    }

    /** The rows of the events after {@code seq} that are kept, as they are in the log. */
    public long[] rowsAfter(long seq) {
        long first = Math.max(oldest(), seq - earlier + 1);
        long[] found = new long[ROW * (int) Math.max(0, last - first + 1)];
        for (long number = first; number <= last; number++) {
            System.arraycopy(rows, place(number), found, ROW * (int) (number - first), ROW);
        }
        return found;
    }

    /** Saves what {@link #save} leaves out. */
    public void saveApart(StateWriter out) {
        out.writeLong(earlier);
        choices.save(out);
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        loadHead(in);
        long[] kept = new long[ROW * (int) (last - oldest() + 1)];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = in.readLong();
        }
        takeRows(kept);
    }

    /** Reads what {@link #saveHead} wrote; {@link #takeRows} has to follow. */
    public void loadHead(StateReader in) {
        last = in.readLong();
        hash = in.readLong();
        int size = in.readInt(Math.min(capacity, 64), capacity);
        rows = new long[ROW * size];
        next = last <= size ? ROW * (int) last : place(last + 1);
    }

    /** Takes the rows of the last events, as {@link #rowsAfter} gave them. */
    public void takeRows(long[] kept) {
        long first = last - kept.length / ROW + 1;
        if (first != oldest()) {
            throw new UnreadableStateException("the events that are kept are not there");
        }
        for (long number = first; number <= last; number++) {
            System.arraycopy(kept, ROW * (int) (number - first), rows, place(number), ROW);
        }
    }

    /** Reads what {@link #saveApart} wrote. */
    public void loadApart(StateReader in) {
        earlier = in.readLong();
        choices.load(in);
    }
}
