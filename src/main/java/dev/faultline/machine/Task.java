package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

/** A process of the simulated computer (the lecture's task descriptor). */
final class Task {

    private final int pid;
    private final String name;
    private final int parent;
    private final OnSignal onSignal;
    private final AddressSpace space;
    private final Counters counters = new Counters();
    private boolean terminated;
    private @Nullable Signal signal;

    /** While the process is swapped out: the pages it had in memory, in their order. */
    private long @Nullable [] pagesOut;

    Task(int pid, String name, int parent, OnSignal onSignal, AddressSpace space) {
        this.pid = pid;
        this.name = name;
        this.parent = parent;
        this.onSignal = onSignal;
        this.space = space;
    }

    int pid() {
        return pid;
    }

    /** The pid of the process that forked this one, or 0. */
    int parent() {
        return parent;
    }

    String name() {
        return name;
    }

    OnSignal onSignal() {
        return onSignal;
    }

    /** The number that the entries of its memory have in the TLB and in the reverse map. */
    int asid() {
        return space.asid();
    }

    AddressSpace space() {
        return space;
    }

    PageTable table() {
        return space.table();
    }

    Counters counters() {
        return counters;
    }

    boolean isTerminated() {
        return terminated;
    }

    void terminate() {
        terminated = true;
        pagesOut = null;
        space.release();
    }

    /** The last signal the process got, or null. */
    @Nullable Signal signal() {
        return signal;
    }

    void setSignal(Signal signal) {
        this.signal = signal;
    }

    long residentPages() {
        return space.residentPages();
    }

    void addResident(int pages) {
        space.addResident(pages);
    }

    long swappedPages() {
        return space.swappedPages();
    }

    void addSwapped(int pages) {
        space.addSwapped(pages);
    }

    boolean isSwappedOut() {
        return pagesOut != null;
    }

    void swapOut(long[] pages) {
        pagesOut = pages;
    }

    /** The process is back. Answers the pages that it had in memory. */
    long[] swapIn() {
        long[] pages = pagesOut == null ? new long[0] : pagesOut;
        pagesOut = null;
        return pages;
    }

    void save(StateWriter out) {
        out.writeString(name);
        out.writeInt(parent);
        out.writeInt(onSignal.ordinal());
        counters.save(out);
        Signal last = signal;
        out.writeBoolean(last != null);
        if (last != null) {
            out.writeInt(last.code().ordinal());
            out.writeLong(last.address());
        }
        long[] gone = pagesOut;
        out.writeInt(gone == null ? -1 : gone.length);
        if (gone != null) {
            out.writeLongs(gone);
        }
        out.writeBoolean(terminated);
        if (!terminated) {
            space.save(out);
        }
    }

    static Task load(int pid, Parts parts, StateReader in) {
        Task task =
                new Task(
                        pid,
                        in.readString(),
                        in.readInt(),
                        OnSignal.values()[in.readInt()],
                        new AddressSpace(pid, parts));
        task.counters.load(in);
        if (in.readBoolean()) {
            task.signal = new Signal(Signal.Code.values()[in.readInt()], in.readLong());
        }
        int gone = in.readInt();
        if (gone >= 0) {
            task.pagesOut = new long[gone];
            in.readLongs(task.pagesOut);
        }
        if (in.readBoolean()) {
            task.terminate();
        } else {
            task.space.load(in);
        }
        return task;
    }
}
