package dev.faultline.machine.tables;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * The processors as the scheduler sees them: the clock of each, which process has a turn on it and
 * how much of the turn is left, and how much time all of them have worked.
 */
public final class CpuClocks {

    /** The pid of no process. */
    public static final int NOBODY = 0;

    /** Stands for no processor. */
    public static final int NONE = -1;

    private final long[] time;
    private final int[] running;
    private final long[] left;

    /** Disk ticks that the last access of the turn needs; the turn ends then. */
    private final long[] needed;

    private final Pressure pressure;
    private long busy;
    private long switching;
    private long idle;

    /** Clocks of a number of processors, all at 0, with nobody to run. */
    public CpuClocks(int cpus, Pressure pressure) {
        time = new long[cpus];
        running = new int[cpus];
        left = new long[cpus];
        needed = new long[cpus];
        this.pressure = pressure;
    }

    /** The number of processors. */
    public int count() {
        return time.length;
    }

    /** The clock of a processor, in ticks. */
    public long time(int cpu) {
        return time[cpu];
    }

    /** The clock of the processor furthest behind. */
    public long now() {
        return time[farthestBehind()];
    }

    /** The clock of the processor furthest ahead. */
    public long last() {
        return Arrays.stream(time).max().orElseThrow();
    }

    /** The processor furthest behind; ties go to the lowest number. */
    public int farthestBehind() {
        int cpu = 0;
        for (int other = 1; other < time.length; other++) {
            cpu = time[other] < time[cpu] ? other : cpu;
        }
        return cpu;
    }

    /** Whether a processor has no process to run. */
    public boolean isFree(int cpu) {
        return running[cpu] == NOBODY;
    }

    /** The pid of the process with a turn on a processor, or {@link #NOBODY}. */
    public int pid(int cpu) {
        return running[cpu];
    }

    /** The processor that a process has a turn on, or {@link #NONE}. */
    public int of(int pid) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            if (running[cpu] == pid) {
                return cpu;
            }
        }
        return NONE;
    }

    /** Ticks left of the turn on a processor. */
    public long left(int cpu) {
        return left[cpu];
    }

    /** Disk ticks that the last access of the turn on a processor needs. */
    public long needed(int cpu) {
        return needed[cpu];
    }

    /** The last access of the turn on a processor needs the disk for some ticks. */
    public void need(int cpu, long diskTicks) {
        needed[cpu] = diskTicks;
    }

    /** Begins a turn of {@code quantum} ticks. */
    public void begin(int cpu, int pid, long quantum) {
        running[cpu] = pid;
        left[cpu] = quantum;
        needed[cpu] = 0;
    }

    /** Records that a processor has no process any more. */
    public void free(int cpu) {
        running[cpu] = NOBODY;
        needed[cpu] = 0;
    }

    /** Lets a processor work for some ticks that do not count towards the turn on it. */
    public void work(int cpu, long ticks) {
        pressure.worked(time[cpu] + ticks);
        time[cpu] += ticks;
        busy += ticks;
    }

    /** Lets a processor switch to another process for some ticks. */
    public void switchTo(int cpu, long ticks) {
        work(cpu, ticks);
        switching += ticks;
    }

    /** Lets a processor run its process for some ticks of the turn. */
    public void run(int cpu, long ticks) {
        work(cpu, ticks);
        left[cpu] -= ticks;
    }

    /** Advances the clocks of free processors to a time. */
    public void idleTo(long at) {
        for (int cpu = 0; cpu < time.length; cpu++) {
            if (isFree(cpu) && time[cpu] < at) {
                idle += at - time[cpu];
                time[cpu] = at;
            }
        }
    }

    /** Ticks that all processors have worked. */
    public long busy() {
        return busy;
    }

    /** The part of these that went into switches. */
    public long switching() {
        return switching;
    }

    /** Ticks that all processors had no process to run. */
    public long idle() {
        return idle;
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        out.writeLongs(time);
        out.writeInts(running);
        out.writeLongs(left);
        out.writeLongs(needed);
        out.writeLong(busy);
        out.writeLong(switching);
        out.writeLong(idle);
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        in.readLongs(time);
        in.readInts(running);
        in.readLongs(left);
        in.readLongs(needed);
        busy = in.readLong();
        switching = in.readLong();
        idle = in.readLong();
    }
}
