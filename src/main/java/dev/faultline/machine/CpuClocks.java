package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * The processors as the scheduler sees them: the clock of each, whose turn is on it and how much is
 * left of that; and what all of them have done in their time.
 */
final class CpuClocks {

    static final int NOBODY = 0;

    /** No processor. */
    static final int NONE = -1;

    private final long[] time;
    private final int[] running;
    private final long[] left;

    /** Ticks of the disk that the last access needs; the turn is over then. */
    private final long[] needed;

    private final Pressure pressure;
    private long busy;
    private long switching;
    private long idle;

    CpuClocks(int cpus, Pressure pressure) {
        time = new long[cpus];
        running = new int[cpus];
        left = new long[cpus];
        needed = new long[cpus];
        this.pressure = pressure;
    }

    int count() {
        return time.length;
    }

    long time(int cpu) {
        return time[cpu];
    }

    /** The clock of the processor that is farthest behind. */
    long now() {
        return time[farthestBehind()];
    }

    /** The clock of the processor that is farthest ahead. */
    long last() {
        return Arrays.stream(time).max().orElseThrow();
    }

    /** The processor that is farthest behind; of several, the lowest. */
    int farthestBehind() {
        int cpu = 0;
        for (int other = 1; other < time.length; other++) {
            cpu = time[other] < time[cpu] ? other : cpu;
        }
        return cpu;
    }

    /** Whether a processor has nobody to run. */
    boolean isFree(int cpu) {
        return running[cpu] == NOBODY;
    }

    /** The pid of the process whose turn is on a processor, or {@link #NOBODY}. */
    int pid(int cpu) {
        return running[cpu];
    }

    /** The processor that a process is on, or {@link #NONE}. */
    int of(int pid) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            if (running[cpu] == pid) {
                return cpu;
            }
        }
        return NONE;
    }

    /** Ticks that are left of the turn on a processor. */
    long left(int cpu) {
        return left[cpu];
    }

    /** Ticks of the disk that the last access of the turn on a processor needs. */
    long needed(int cpu) {
        return needed[cpu];
    }

    void need(int cpu, long diskTicks) {
        needed[cpu] = diskTicks;
    }

    /** A turn of so many ticks begins. */
    void begin(int cpu, int pid, long quantum) {
        running[cpu] = pid;
        left[cpu] = quantum;
        needed[cpu] = 0;
    }

    /** A processor is free from now on. */
    void free(int cpu) {
        running[cpu] = NOBODY;
        needed[cpu] = 0;
    }

    /** A processor works for some ticks, which are not of the turn on it. */
    void work(int cpu, long ticks) {
        pressure.worked(time[cpu] + ticks);
        time[cpu] += ticks;
        busy += ticks;
    }

    /** A processor switches to another process, which takes some ticks. */
    void switchTo(int cpu, long ticks) {
        work(cpu, ticks);
        switching += ticks;
    }

    /** A processor runs its process for some ticks of the turn. */
    void run(int cpu, long ticks) {
        work(cpu, ticks);
        left[cpu] -= ticks;
    }

    /** Processors with nobody to run come to a time. */
    void idleTo(long at) {
        for (int cpu = 0; cpu < time.length; cpu++) {
            if (isFree(cpu) && time[cpu] < at) {
                idle += at - time[cpu];
                time[cpu] = at;
            }
        }
    }

    /** Ticks of all processors at work. */
    long busy() {
        return busy;
    }

    /** Ticks of these that went into switches. */
    long switching() {
        return switching;
    }

    /** Ticks of all processors with nobody to run. */
    long idle() {
        return idle;
    }

    void save(StateWriter out) {
        out.writeLongs(time);
        out.writeInts(running);
        out.writeLongs(left);
        out.writeLongs(needed);
        out.writeLong(busy);
        out.writeLong(switching);
        out.writeLong(idle);
    }

    void load(StateReader in) {
        in.readLongs(time);
        in.readInts(running);
        in.readLongs(left);
        in.readLongs(needed);
        busy = in.readLong();
        switching = in.readLong();
        idle = in.readLong();
    }
}
