package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * When a process with a program arrived, first ran and ended, and how much time processor and disk
 * gave it: a row of the table in every textbook's chapter on scheduling. All times are ticks of the
 * clock of runs.
 */
public final class ProcessTimes {

    private static final long NOT_YET = -1;

    private final long arrival;
    private long firstRun = NOT_YET;
    private long completion = NOT_YET;
    private long cpuTicks;

    /** Disk ticks requested, and when the last of them will be served. */
    private long diskTicks;

    private long servedFrom;
    private long servedTo;

    /** The times of a process that comes at a time. */
    public ProcessTimes(long arrival) {
        this.arrival = arrival;
    }

    /** When it arrives or arrived. */
    public long arrival() {
        return arrival;
    }

    /** Records that it ran for {@code ticks} from a time on. */
    public void ran(long from, long ticks) {
        firstRun = firstRun == NOT_YET ? from : firstRun;
        cpuTicks += ticks;
    }

    /** Records that the disk serves it in this span of time. */
    public void served(long from, long to) {
        diskTicks += to - from;
        servedFrom = from;
        servedTo = to;
    }

    /** Whether at this time the disk has not finished its last request. */
    public boolean waitsForDisk(long time) {
        return time < servedTo;
    }

    /** Records that it ends at this time. Disk work not done by then does not count. */
    public void end(long time) {
        diskTicks -= unserved(time);
        servedTo = servedFrom;
        completion = time;
    }

    /** Disk ticks still to be served at this time. */
    private long unserved(long time) {
        return Math.max(0, servedTo - Math.max(time, servedFrom));
    }

    /** The times so far, at a time. */
    public TimesView view(int pid, long now) {
        return new TimesView(
                pid,
                arrival,
                firstRun == NOT_YET ? null : firstRun,
                completion == NOT_YET ? null : completion,
                cpuTicks,
                diskTicks - unserved(now));
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        out.writeLong(arrival);
        out.writeLong(firstRun);
        out.writeLong(completion);
        out.writeLong(cpuTicks);
        out.writeLong(diskTicks);
        out.writeLong(servedFrom);
        out.writeLong(servedTo);
    }

    /** Reads what {@link #save} wrote. */
    public static ProcessTimes load(StateReader in) {
        ProcessTimes times = new ProcessTimes(in.readLong());
        times.firstRun = in.readLong();
        times.completion = in.readLong();
        times.cpuTicks = in.readLong();
        times.diskTicks = in.readLong();
        times.servedFrom = in.readLong();
        times.servedTo = in.readLong();
        return times;
    }
}
