package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.EventLog;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Story;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Completes an access that the hardware alone cannot: the trap, the kernel, and the access again,
 * until it succeeds or ends in a signal.
 */
final class FaultLoop {

    /** The access ended in a signal, and its process continues. */
    static final int SIGNALLED = -1;

    /** The access ended in a signal that ended its process. */
    static final int ENDED = -2;

    /** No access causes more faults than this; more would mean that the kernel repairs nothing. */
    private static final int MAX_FAULTS = 16;

    private final Cpus cpus;
    private final Accounting accounting;
    private final Story story;
    private final AccessAccounting accounts;
    private final MemoryModel model;
    private final MemoryModel.Faults kernel;
    private final TlbTraps traps;
    private final HandlerRunner runner;
    private final ProcessExit exit;
    private final Costs costs;
    private final int handlerTries;
    private final int offsetBits;

    /** The last address that the tables can be asked for. */
    private final long lastAddress;

    private final PageFault fault;

    /** Why the last run of a process's handler stopped, or null. */
    private @Nullable String handlerTrouble;

    /** The faults of the current access, if it is explained. */
    private final List<Fault> faults = new ArrayList<>();

    private boolean explaining;

    FaultLoop(
            Parts parts,
            MemoryModel model,
            TlbTraps traps,
            HandlerRunner runner,
            ProcessExit exit) {
        this.cpus = parts.cpus();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.accounts = new AccessAccounting(parts);
        this.model = model;
        this.kernel = model.faults();
        this.traps = traps;
        this.runner = runner;
        this.exit = exit;
        this.costs = parts.spec().costs();
        this.handlerTries = parts.spec().limits().handlerTries();
        this.offsetBits = parts.spec().offsetBits();
        this.lastAddress = parts.spec().lastAddress();
        this.fault = new PageFault(offsetBits);
    }

    /** Sets whether faults are kept for {@link #takeFaults}. */
    void explain(boolean wanted) {
        explaining = wanted;
    }

    /** The faults of the current access; taking them clears them. */
    List<Fault> takeFaults() {
        List<Fault> taken = List.copyOf(faults);
        faults.clear();
        return taken;
    }

    /** The signal of the last access that ended in one. */
    Signal signal() {
        return new Signal(fault.code(), fault.address());
    }

    /**
     * Lets the kernel resolve a fault and runs the access again, until it succeeds or ends in a
     * signal. Returns its frame, {@link #SIGNALLED} or {@link #ENDED}.
     *
     * @param answer what the MMU returned
     */
    int complete(Task task, long address, int size, int op, int answer) {
        Mmu mmu = cpus.here().mmu();
        int next = answer;
        int handled = 0;
        for (int met = 0; next < 0; met++) {
            if (met == MAX_FAULTS) {
                throw new IllegalStateException("FaultLoop: the kernel does not mend " + address);
            }
            story.fault(next, address, true);
            accounting.spend(task, Counter.TRAP_TICKS, costs.trap());
            if (next == Mmu.TLB_MISS || next == Mmu.TLB_MODIFIED) {
                next = serveTlb(mmu, task, address, op, next);
                if (next != Mmu.PAGE_FAULT && next != Mmu.PROTECTION_FAULT) {
                    continue;
                }
                story.fault(next, address, false);
            }
            fault.begin(task, address, size, op);
            boolean signalled = kernel.resolve(fault) == Fault.Resolution.SIGNAL;
            if (signalled) {
                if (!task.handles(fault.code())) {
                    note(next, Fault.Resolution.SIGNAL);
                    return raise();
                }
                if (handled == handlerTries) {
                    return giveUp(next);
                }
                handle(next);
                handled++;
                met = 0;
            }
            long resolved = accounting.now();
            int answered = next;
            next = rerun(mmu, address, size, op, answered);
            if (next == Mmu.TLB_MISS) { // the kernel loads what it has just mapped
                next = serveTlb(mmu, task, address, op, next);
            }
            if (!signalled) {
                int frame = next < 0 ? frameOf(task, address) : next & ~Mmu.FIRST_WRITE;
                note(answered, fault.resolution(), resolved, frame);
            }
            accounts.walks(task, mmu);
        }
        if ((next & Mmu.FIRST_WRITE) != 0) {
            next = firstWrite(task, address, next);
        }
        story.translation().reaches(next, address, op);
        accounting.spend(task, Counter.DATA_TICKS, costs.memoryReference());
        return next;
    }

    /** Runs an access again. What is beyond the tables stays a fault, whatever a handler did. */
    private int rerun(Mmu mmu, long address, int size, int op, int answered) {
        story.translation().tries(mmu, address, size, op);
        int next = address > lastAddress ? Mmu.PAGE_FAULT : mmu.rerun(address, size, op, answered);
        story.translation().triedAgain(address, answered, next);
        return next;
    }

    /** Records that a copy in the store is out of date. Returns the frame. */
    int firstWrite(Task task, long address, int answer) {
        int frame = answer & ~Mmu.FIRST_WRITE;
        model.dirtied(task, address, frame);
        return frame;
    }

    /**
     * Ends an access whose bytes the machine has no room to store. Returns {@link #SIGNALLED} or
     * {@link #ENDED}.
     */
    int outOfContent(Task task, long address, int size) {
        fault.begin(task, address, size, Op.WRITE);
        fault.signal(Signal.Code.BUS_ADRERR, FaultHandler.CONTENT);
        return raise();
    }

    /**
     * Serves a trap of a TLB that the kernel manages, and runs the access again. Or it is a fault,
     * which the kernel need not be told about twice.
     */
    private int serveTlb(Mmu mmu, Task task, long address, int op, int trap) {
        long vpn = address >>> offsetBits;
        if (trap == Mmu.TLB_MODIFIED) {
            traps.modified(task, vpn);
            return rerun(mmu, address, 1, op, trap);
        }
        int refilled = traps.refill(task, vpn, op);
        return refilled == 0 ? rerun(mmu, address, 1, op, trap) : refilled;
    }

    /** Lets the process mend its fault itself, once. */
    private void handle(int answer) {
        Task task = fault.task();
        Signal handled = new Signal(fault.code(), fault.address());
        story.sends(task.pid(), handled, fault.why(), KernelStep.Then.HANDLE);
        exit.deliver(task, handled, fault.op());
        note(answer, Fault.Resolution.HANDLED);
        handlerTrouble = runner.run(task, fault.address());
    }

    /** The process's handler does not mend the fault: it ends. */
    private int giveUp(int answer) {
        fault.explain(
                "the handler did not mend the fault in "
                        + handlerTries
                        + " tries"
                        + (handlerTrouble == null ? "" : "; " + handlerTrouble));
        note(answer, Fault.Resolution.SIGNAL);
        accounting
                .events()
                .process(
                        Event.Kind.HANDLER_FAILED,
                        accounting.now(),
                        fault.task().pid(),
                        EventLog.NONE);
        return raise();
    }

    /** The frame of an address by the page table, or none. */
    private int frameOf(Task task, long address) {
        long pte = address > lastAddress ? 0 : task.table().get(address >>> offsetBits);
        return Pte.isValid(pte) ? Pte.frame(pte) : FrameTable.NONE;
    }

    private void note(int answer, Fault.Resolution resolution) {
        int frame = frameOf(fault.task(), fault.address());
        note(answer, resolution, accounting.now(), frame);
    }

    /** Says that a fault was resolved at a time, after which its page was in a frame. */
    private void note(int answer, Fault.Resolution resolution, long tick, int frame) {
        Fault.Type type = answer == Mmu.PAGE_FAULT ? Fault.Type.PAGE : Fault.Type.PROTECTION;
        accounting.note(fault, type, resolution, tick, frame);
        if (explaining) {
            faults.add(
                    new Fault(
                            type,
                            resolution,
                            fault.isMajor(),
                            fault.request().eviction(),
                            fault.why()));
        }
    }

    private int raise() {
        Signal sent = new Signal(fault.code(), fault.address());
        return exit.send(fault.task(), sent, fault.op(), fault.why()) ? ENDED : SIGNALLED;
    }
}
