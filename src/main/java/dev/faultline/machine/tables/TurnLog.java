package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * The most recent turns, in a ring of packed rows, and when the current ones began. It is saved
 * with the machine but is not part of its digest, because it shows where runs were cut, and nothing
 * depends on that.
 *
 * <pre>{@code
 * row: from | to | pid << 32 | cpu << 8 | why it ended
 * }</pre>
 */
public final class TurnLog {

    private static final int ROW = 3;
    private static final int CPU_SHIFT = 8;
    private static final Numbering<Turn.Ended> ENDS = Numbering.of(Turn.Ended.class);

    private final int capacity;
    private long[] rows;

    /** Turns of the machine's earlier lives, before this log; and the turns in it. */
    private long earlier;

    private long last;

    /** When the turn on each processor began. */
    private final long[] begun;

    /** An empty log that keeps at most {@code capacity} turns, for a number of processors. */
    public TurnLog(int capacity, int cpus) {
        this.capacity = capacity;
        rows = new long[ROW * Math.min(capacity, 16)];
        begun = new long[cpus];
    }

    /** The number of the last turn. Numbers count from 1 in the machine's first life. */
    public long lastSeq() {
        return earlier + last;
    }

    /** The number of the oldest turn kept; one past the last if there is none. */
    public long oldestSeq() {
        return earlier + oldest();
    }

    private long oldest() {
        return Math.max(1, last - rows.length / ROW + 1);
    }

    /** Numbers the turns so that the first one follows {@code seq}, of an earlier life. */
    public void numberAfter(long seq) {
        earlier = seq;
    }

    /** Host bytes of the log. */
    public long hostBytes() {
        return (long) Long.BYTES * rows.length;
    }

    /** The most host memory, in bytes, by which it can still grow. */
    public long growth() {
        return rows.length < ROW * capacity ? (long) Long.BYTES * ROW * capacity : 0;
    }

    /** Begins a turn on a processor, or restarts it after the switch. */
    public void begin(int cpu, long time) {
        begun[cpu] = time;
    }

    /** Ends the turn on a processor. */
    public void end(int cpu, int pid, long time, Turn.Ended why) {
        int kept = rows.length / ROW;
        if (last == kept && kept < capacity) {
            rows = Arrays.copyOf(rows, ROW * Math.min(capacity, 2 * kept));
        }
        last++;
        int at = place(last);
        rows[at] = begun[cpu];
        rows[at + 1] = time;
        rows[at + 2] = (long) pid << Integer.SIZE | (long) cpu << CPU_SHIFT | ENDS.of(why);
        begun[cpu] = time;
    }

    /** Ends a run: the part of the turn so far becomes a turn of its own. */
    public void cut(int cpu, int pid, long time) {
        if (time > begun[cpu]) {
            end(cpu, pid, time, Turn.Ended.UNTIL);
        }
    }

    /** Where the row of a turn is; turns count from 1 in this log. */
    private int place(long number) {
        return ROW * (int) ((number - 1) % (rows.length / ROW));
    }

    /** A turn that is kept. */
    public Turn turn(long seq) {
        int at = place(seq - earlier);
        long who = rows[at + 2];
        return new Turn(
                seq,
                (int) who >>> CPU_SHIFT,
                (int) (who >>> Integer.SIZE),
                rows[at],
                rows[at + 1],
                ENDS.at((int) who & (1 << CPU_SHIFT) - 1));
    }

    /** Forgets all turns and counts from the start. */
    public void forget() {
        last = 0;
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        out.writeLong(earlier);
        out.writeLong(last);
        out.writeInt(rows.length / ROW);
        for (long number = oldest(); number <= last; number++) {
            int at = place(number);
            for (int i = at; i < at + ROW; i++) {
                out.writeLong(rows[i]);
            }
        }
        out.writeLongs(begun);
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        earlier = in.readLong();
        last = in.readLong();
        rows = new long[ROW * in.readInt(Math.min(capacity, 16), capacity)];
        for (long number = oldest(); number <= last; number++) {
            int at = place(number);
            for (int i = at; i < at + ROW; i++) {
                rows[i] = in.readLong();
            }
        }
        in.readLongs(begun);
    }
}
