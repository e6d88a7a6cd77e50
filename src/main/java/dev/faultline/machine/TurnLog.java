package dev.faultline.machine;

import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * The last turns, in a ring of packed rows, and when those began that are not over. It is saved
 * with the machine, but is no part of its digest: it shows where runs were cut, on which nothing
 * depends.
 *
 * <pre>
 *   row: from | to | pid << 32 | cpu << 8 | why it ended
 * </pre>
 */
final class TurnLog {

    private static final int ROW = 3;
    private static final int CPU_SHIFT = 8;
    private static final Turn.Ended[] ENDS = Turn.Ended.values();

    private final int capacity;
    private long[] rows;

    /** Turns of the machine's earlier lives, before this list was begun; and those in it. */
    private long earlier;

    private long last;

    /** By processor, when the turn began that is on it. */
    private final long[] begun;

    TurnLog(int capacity, int cpus) {
        this.capacity = capacity;
        rows = new long[ROW * Math.min(capacity, 16)];
        begun = new long[cpus];
    }

    /** The number of the last turn. Numbers count from 1 in the machine's first life. */
    long lastSeq() {
        return earlier + last;
    }

    /** The number of the oldest turn that is kept; one past the last if none is. */
    long oldestSeq() {
        return earlier + oldest();
    }

    private long oldest() {
        return Math.max(1, last - rows.length / ROW + 1);
    }

    /** Numbers the turns so that the first follows one of an earlier life. */
    void numberAfter(long seq) {
        earlier = seq;
    }

    /** Bytes of the host's memory that the log takes. */
    long hostBytes() {
        return (long) Long.BYTES * rows.length;
    }

    /** Bytes of the host's memory that it may need more. */
    long growth() {
        return rows.length < ROW * capacity ? (long) Long.BYTES * ROW * capacity : 0;
    }

    /** A turn begins, or what was switched to only now. */
    void begin(int cpu, long time) {
        begun[cpu] = time;
    }

    /** The turn on a processor ends, and another begins there. */
    void end(int cpu, int pid, long time, Turn.Ended why) {
        int kept = rows.length / ROW;
        if (last == kept && kept < capacity) {
            rows = Arrays.copyOf(rows, ROW * Math.min(capacity, 2 * kept));
        }
        last++;
        int at = place(last);
        rows[at] = begun[cpu];
        rows[at + 1] = time;
        rows[at + 2] = (long) pid << Integer.SIZE | (long) cpu << CPU_SHIFT | why.ordinal();
        begun[cpu] = time;
    }

    /** The run is over and a turn is not: what there was of it is one. */
    void cut(int cpu, int pid, long time) {
        if (time > begun[cpu]) {
            end(cpu, pid, time, Turn.Ended.UNTIL);
        }
    }

    /** Where the row of a turn is, which counts from 1 in this list. */
    private int place(long number) {
        return ROW * (int) ((number - 1) % (rows.length / ROW));
    }

    /** A turn that is kept. */
    Turn turn(long seq) {
        int at = place(seq - earlier);
        long who = rows[at + 2];
        return new Turn(
                seq,
                (int) who >>> CPU_SHIFT,
                (int) (who >>> Integer.SIZE),
                rows[at],
                rows[at + 1],
                ENDS[(int) who & (1 << CPU_SHIFT) - 1]);
    }

    /** The turns are forgotten, and counted anew. */
    void forget() {
        last = 0;
    }

    void save(StateWriter out) {
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

    void load(StateReader in) {
        earlier = in.readLong();
        last = in.readLong();
        rows = new long[ROW * in.readInt()];
        for (long number = oldest(); number <= last; number++) {
            int at = place(number);
            for (int i = at; i < at + ROW; i++) {
                rows[i] = in.readLong();
            }
        }
        in.readLongs(begun);
    }
}
