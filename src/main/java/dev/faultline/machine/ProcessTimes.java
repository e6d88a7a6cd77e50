package dev.faultline.machine;

import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * When a process with a program came, ran first and ended, and what it has had of processor and
 * disk: a row of the tables in every book's chapter on scheduling. All in ticks of the runs' clock.
 */
final class ProcessTimes {

    private static final long NOT_YET = -1;

    private final long arrival;
    private long firstRun = NOT_YET;
    private long completion = NOT_YET;
    private long cpuTicks;

    /** What the disk was asked for, and when it serves the last of it. */
    private long diskTicks;

    private long servedFrom;
    private long servedTo;

    ProcessTimes(long arrival) {
        this.arrival = arrival;
    }

    /** The clock when it comes, or came. */
    long arrival() {
        return arrival;
    }

    /** It ran for some ticks from a time on. */
    void ran(long from, long ticks) {
        firstRun = firstRun == NOT_YET ? from : firstRun;
        cpuTicks += ticks;
    }

    /** The disk serves it from a time to another. */
    void served(long from, long to) {
        diskTicks += to - from;
        servedFrom = from;
        servedTo = to;
    }

    /** Whether the disk has not done yet at a time what it was asked for last. */
    boolean waitsForDisk(long time) {
        return time < servedTo;
    }

    /** It ends at a time; what the disk has not done for it by then does not count. */
    void end(long time) {
        diskTicks -= unserved(time);
        servedTo = servedFrom;
        completion = time;
    }

    /** What the disk still has to do for it at a time. */
    private long unserved(long time) {
        return Math.max(0, servedTo - Math.max(time, servedFrom));
    }

    TimesView view(int pid, long now) {
        return new TimesView(
                pid,
                arrival,
                firstRun == NOT_YET ? null : firstRun,
                completion == NOT_YET ? null : completion,
                cpuTicks,
                diskTicks - unserved(now));
    }

    void save(StateWriter out) {
        out.writeLong(arrival);
        out.writeLong(firstRun);
        out.writeLong(completion);
        out.writeLong(cpuTicks);
        out.writeLong(diskTicks);
        out.writeLong(servedFrom);
        out.writeLong(servedTo);
    }

    static ProcessTimes load(StateReader in) {
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
