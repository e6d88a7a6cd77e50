package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Keeps some processes out while memory is too small for all, so that the others make progress: the
 * cure for thrashing (Denning, "Thrashing: its causes and prevention", AFIPS 1968). Either the
 * sizes of the working sets or the page-fault frequency show that memory is too small. The process
 * admitted last goes out first. The one that has been out longest returns when there is room, or
 * after a while in exchange for the one that has been in longest, so that none is kept out for
 * ever. One that came back makes an access before it goes out again in exchange: where the disk
 * takes longer than the patience, processes would else change places for ever and never run.
 */
final class LoadControl {

    /**
     * What the scheduler has to do: the pids of a process to put out and of one to bring in; 0 for
     * none.
     */
    record Decision(int out, int in) {

        static final Decision NOTHING = new Decision(0, 0);
    }

    private record Out(int pid, long since) {}

    private final PagingSpec.LoadControl spec;
    private final int frames;
    private final Accounting accounting;
    private final Tasks tasks;
    private final @Nullable WorkingSetMeter meter;

    /** The processes that may run, the one admitted last at the end; and those kept out. */
    private final List<Integer> in = new ArrayList<>();

    private final Deque<Out> out = new ArrayDeque<>();

    /** The accesses that a process had made when it came back, for each that has. */
    private final NavigableMap<Integer, Long> cameBack = new TreeMap<>();

    /** The sizes of the working sets when last measured. */
    private final NavigableMap<Integer, Integer> sizes = new TreeMap<>();

    /** The sum of the working sets of the processes that may run. */
    private long sum;

    /** Accesses and page faults of all processes at the last check of the frequency. */
    private long accesses;

    private long faults;

    LoadControl(Parts parts) {
        this.spec = parts.spec().paging().loadControl();
        this.frames = parts.spec().frames();
        this.accounting = parts.accounting();
        this.tasks = parts.tasks();
        this.meter = parts.meter();
    }

    private boolean isOff() {
        return spec.kind() == PagingSpec.LoadControl.Kind.NONE;
    }

    /** Records that a process has a program now. */
    void admit(int pid) {
        in.add(pid);
    }

    /** Records that a process has ended. */
    void left(Task task) {
        if (in.removeIf(pid -> pid == task.pid())) {
            sum -= size(task.pid());
        }
        out.removeIf(each -> each.pid() == task.pid());
        sizes.remove(task.pid());
        cameBack.remove(task.pid());
        if (meter != null) {
            meter.ended(task.asid());
        }
    }

    /** The process that has been out longest, or 0. */
    int next() {
        return out.isEmpty() ? 0 : out.getFirst().pid();
    }

    /** What to do after a turn of a process, or a part of one. */
    Decision after(Task task, long now) {
        if (isOff()) {
            return Decision.NOTHING;
        }
        if (meter != null && !task.isTerminated()) {
            int size = meter.size(task);
            sum += size - size(task.pid());
            sizes.put(task.pid(), size);
        }
        int verdict = meter != null ? bySize() : byFrequency();
        boolean waitsLong = !out.isEmpty() && now - out.getFirst().since() >= spec.patience();
        if (waitsLong && in.size() > 1 && hasRun(in.getFirst())) {
            return new Decision(in.getFirst(), next());
        }
        if (verdict > 0 && in.size() > 1 && hasRun(in.getLast())) {
            return new Decision(in.getLast(), 0);
        }
        return verdict < 0 || in.isEmpty() ? new Decision(0, next()) : Decision.NOTHING;
    }

    /** Whether a process has made an access since it came in. */
    private boolean hasRun(int pid) {
        Long then = cameBack.get(pid);
        return then == null || then != accesses(pid);
    }

    private long accesses(int pid) {
        return tasks.get(pid).counters().get(Counter.ACCESSES);
    }

    /** Positive if the working sets do not fit, negative if the next one's would fit too. */
    private int bySize() {
        return sum > frames ? 1 : !out.isEmpty() && sum + size(next()) <= frames ? -1 : 0;
    }

    /** The size of a process's working set when last measured. */
    private int size(int pid) {
        return sizes.getOrDefault(pid, 0);
    }

    /** Positive if the processes fault too often, negative if they fault seldom. */
    private int byFrequency() {
        long made = accounting.total().get(Counter.ACCESSES) - accesses;
        if (made < spec.window()) {
            return 0;
        }
        long met = accounting.total().get(Counter.PAGE_FAULTS) - faults;
        accesses += made;
        faults += met;
        return met * 1000 > spec.high() * made ? 1 : met * 1000 < spec.low() * made ? -1 : 0;
    }

    /** Keeps a process out from now on. */
    void putOut(int pid, long now) {
        in.removeIf(each -> each == pid);
        sum -= size(pid);
        cameBack.remove(pid);
        out.addLast(new Out(pid, now));
    }

    /** Lets a process run again. */
    void putIn(int pid) {
        out.removeIf(each -> each.pid() == pid);
        in.add(pid);
        cameBack.put(pid, accesses(pid));
        sum += size(pid);
    }

    void save(StateWriter writer) {
        writer.writeInt(in.size());
        in.forEach(writer::writeInt);
        writer.writeInt(out.size());
        out.forEach(
                each -> {
                    writer.writeInt(each.pid());
                    writer.writeLong(each.since());
                });
        writer.writeInt(sizes.size());
        sizes.forEach(
                (pid, size) -> {
                    writer.writeInt(pid);
                    writer.writeInt(size);
                });
        writer.writeLong(accesses);
        writer.writeLong(faults);
        if (!isOff()) {
            writer.writeInt(cameBack.size());
            cameBack.forEach(
                    (pid, made) -> {
                        writer.writeInt(pid);
                        writer.writeLong(made);
                    });
        }
        if (meter != null) {
            meter.save(writer);
        }
    }

    void load(StateReader reader) {
        for (int left = reader.readInt(); left > 0; left--) {
            in.add(reader.readInt());
        }
        for (int left = reader.readInt(); left > 0; left--) {
            out.addLast(new Out(reader.readInt(), reader.readLong()));
        }
        for (int left = reader.readInt(); left > 0; left--) {
            sizes.put(reader.readInt(), reader.readInt());
        }
        for (int pid : in) {
            sum += size(pid);
        }
        accesses = reader.readLong();
        faults = reader.readLong();
        for (int left = isOff() ? 0 : reader.readInt(); left > 0; left--) {
            cameBack.put(reader.readInt(), reader.readLong());
        }
        if (meter != null) {
            meter.load(reader);
        }
    }
}
