package dev.faultline.machine;

import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.ControlGroups;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** A process of the simulated computer (the lecture's task descriptor). */
final class Task {

    private static final Numbering<OnSignal> ON_SIGNAL = Numbering.of(OnSignal.class);
    private static final Numbering<Signal.Code> CODES = Numbering.of(Signal.Code.class);
    private static final Numbering<Command.Manner> MANNERS = Numbering.of(Command.Manner.class);

    private final int pid;
    private String name;
    private final int parent;
    private OnSignal onSignal;
    private AddressSpace space;
    private UserHandler handler = UserHandler.NONE;
    private Command.Manner manner = Command.Manner.USUAL;

    /** The pid of the process whose memory this one borrows, or 0. */
    private int lender;

    /** The pid of the process that borrows this one's memory, or 0. */
    private int borrower;

    private @Nullable ForkAccount forked;
    private int group = ControlGroups.ROOT;
    private final Counters counters = new Counters();
    private boolean terminated;
    private @Nullable Signal signal;

    /** The process's program, or null. */
    private @Nullable ProgramRun program;

    /** The page that last came back from the store, and its distance from the one before. */
    private long faultPage;

    private long faultStride;

    /** While the process is swapped out: the pages it had in memory, in order. */
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

    /** The address-space number of its memory. */
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

    /** Records that the process has ended and has no memory. Memory that it only borrowed stays. */
    void terminate(AddressSpace none) {
        terminated = true;
        pagesOut = null;
        if (lender == 0) {
            space.release();
        }
        lender = 0;
        space = none;
    }

    /** Continues the process as another program in another memory (exec). */
    void become(String newName, OnSignal newOnSignal, AddressSpace newSpace) {
        name = newName;
        onSignal = newOnSignal;
        handler = UserHandler.NONE;
        space = newSpace;
        pagesOut = null;
        lender = 0;
    }

    UserHandler handler() {
        return handler;
    }

    void setHandler(UserHandler newHandler) {
        handler = newHandler;
        onSignal = OnSignal.HANDLER;
    }

    /** How the kernel treats the process. */
    Command.Manner manner() {
        return manner;
    }

    void setManner(Command.Manner newManner) {
        manner = newManner;
    }

    void inherit(Task other) {
        handler = other.handler;
        manner = other.manner;
        group = other.group;
    }

    /** The number of its control group. */
    int group() {
        return group;
    }

    void setGroup(int newGroup) {
        group = newGroup;
    }

    /** Whether the process's own handler runs for a signal. */
    boolean handles(Signal.Code code) {
        return onSignal == OnSignal.HANDLER
                && !handler.actions().isEmpty()
                && code != Signal.Code.SI_KERNEL;
    }

    @Nullable ProgramRun program() {
        return program;
    }

    void setProgram(ProgramRun run) {
        program = run;
    }

    int lender() {
        return lender;
    }

    void borrowFrom(Task other) {
        lender = other.pid;
        other.borrower = pid;
    }

    /** Runs in the memory of the process that it borrows from, once both are restored. */
    void shareWith(Task owner) {
        space = owner.space;
    }

    /** Whether the process waits for the one that borrows its memory. */
    boolean isBlocked() {
        return borrower != 0;
    }

    void unblock() {
        borrower = 0;
    }

    /** What the fork that made the process cost, or null if none did. */
    @Nullable ForkAccount forked() {
        return forked;
    }

    void setForked(ForkAccount account) {
        forked = account;
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

    /** Records that the process is back. Returns the pages that it had in memory. */
    long[] swapIn() {
        long[] pages = pagesOut == null ? new long[0] : pagesOut;
        pagesOut = null;
        return pages;
    }

    /**
     * Records that a page came back from the store. Returns whether its distance equals the one
     * before.
     */
    boolean faultedAt(long vpn) {
        long stride = vpn - faultPage;
        boolean same = stride == faultStride;
        faultPage = vpn;
        faultStride = stride;
        return same;
    }

    /** The distance between the last two pages that came back from the store. */
    long faultStride() {
        return faultStride;
    }

    void save(StateWriter out) {
        out.writeString(name);
        out.writeInt(parent);
        out.writeInt(ON_SIGNAL.of(onSignal));
        counters.save(out);
        Signal last = signal;
        out.writeBoolean(last != null);
        if (last != null) {
            out.writeInt(CODES.of(last.code()));
            out.writeLong(last.address());
        }
        long[] gone = pagesOut;
        out.writeInt(gone == null ? -1 : gone.length);
        if (gone != null) {
            out.writeLongs(gone);
        }
        handler.save(out);
        out.writeInt(MANNERS.of(manner));
        ForkAccount account = forked;
        out.writeBoolean(account != null);
        if (account != null) {
            account.save(out);
        }
        ProgramRun run = program;
        out.writeBoolean(run != null);
        if (run != null) {
            run.save(out);
        }
        out.writeInt(group);
        out.writeLong(faultPage);
        out.writeLong(faultStride);
        out.writeInt(borrower);
        out.writeBoolean(terminated);
        out.writeInt(lender);
        if (!terminated && lender == 0) {
            space.save(out);
        }
    }

    static Task load(
            int pid,
            AddressSpace space,
            MachineSpec spec,
            StateReader in,
            Map<String, Program> programs) {
        Task task = new Task(pid, in.readString(), in.readInt(), ON_SIGNAL.at(in.readInt()), space);
        task.counters.load(in);
        if (in.readBoolean()) {
            task.signal = new Signal(CODES.at(in.readInt()), in.readLong());
        }
        int gone = in.readInt();
        if (gone >= 0) {
            task.pagesOut = new long[gone];
            in.readLongs(task.pagesOut);
        }
        task.handler = UserHandler.load(in);
        task.manner = MANNERS.at(in.readInt());
        if (in.readBoolean()) {
            task.forked = ForkAccount.load(in);
        }
        if (in.readBoolean()) {
            task.program = ProgramRun.load(in, spec, programs);
        }
        task.group = in.readInt();
        task.faultPage = in.readLong();
        task.faultStride = in.readLong();
        task.borrower = in.readInt();
        task.terminated = in.readBoolean();
        task.lender = in.readInt();
        if (task.terminated || task.lender != 0) {
            task.space.release(); // it has none, or runs in the lender's
        } else {
            task.space.load(in);
        }
        return task;
    }
}
