package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.spec.Costs;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/** Makes, forks, switches, signals and ends processes. */
final class Kernel {

    private final Parts parts;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final Cpus cpus;
    private final Unmapper unmapper;
    private final Reclaim reclaim;
    private final Swapper swapper;
    private final MemoryCalls calls;
    private final @Nullable Segments segments;
    private final Tasks tasks;
    private final Accounting accounting;
    private final Costs costs;

    /** Bytes of a table that holds nothing yet. */
    private final long emptyTableBytes;

    /** Processes that have not ended. */
    private int live;

    /** Hears of every process that ends. */
    private Consumer<Task> mourner = task -> {};

    Kernel(
            Parts parts,
            Unmapper unmapper,
            Reclaim reclaim,
            Swapper swapper,
            MemoryCalls calls,
            @Nullable Segments segments,
            Tasks tasks,
            Accounting accounting) {
        this.parts = parts;
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.cpus = parts.cpus();
        this.unmapper = unmapper;
        this.reclaim = reclaim;
        this.swapper = swapper;
        this.calls = calls;
        this.segments = segments;
        this.tasks = tasks;
        this.accounting = accounting;
        this.costs = parts.spec().costs();
        this.emptyTableBytes = parts.tables().emptyBytes();
    }

    int live() {
        return live;
    }

    /** Says who hears of every process that ends. */
    void tellOfEnds(Consumer<Task> newMourner) {
        mourner = newMourner;
    }

    /** Takes a saved machine's process in. */
    void restore(Task task) {
        tasks.add(task);
        if (task.lender() != 0) {
            task.shareWith(tasks.get(task.lender()));
        }
        live += task.isTerminated() ? 0 : 1;
    }

    /** Makes a process whose memory is still empty. */
    Outcome create(Command.CreateProcess command) {
        Outcome.Refused refusal =
                refuseProcess(command.areas().size() * AddressSpace.HOST_BYTES_PER_AREA);
        if (refusal != null) {
            return refusal;
        }
        Outcome.Refused impossible = refuseAreas(command.areas(), 0, null);
        if (impossible != null) {
            return impossible;
        }
        Task task = newTask(command.name(), 0, command.onSignal(), null);
        task.setManner(command.manner());
        begin(task, command.areas());
        accounting.events().process(Event.Kind.CREATE, accounting.now(), task.pid(), EventLog.NONE);
        return new Outcome.Made(task.pid());
    }

    private void begin(Task task, List<MemoryArea> areas) {
        task.space().begin(areas, calls::named);
        if (segments != null) {
            segments.begin(task, areas);
        }
    }

    /**
     * Makes a child that shares all pages with its parent: only the table is copied. Neither may
     * write to a shared page in place from now on; the parent's TLB copies are flushed, for they
     * would still let it.
     */
    Outcome fork(Task parent) {
        Outcome.Refused refusal = refuseProcess(parent.space().hostBytes());
        if (refusal != null) {
            return refusal;
        }
        String promise = parts.overcommit().refusal(parent.space().promisedPages());
        if (promise != null) {
            return new Outcome.Refused("ENOMEM", promise);
        }
        if (segments != null) {
            return forkSegments(parent, segments);
        }
        int tableFrames = parent.table().storage();
        if (tableFrames > 0) {
            if (!reclaim.canFree(tableFrames)) {
                return new Outcome.Refused(
                        "ENOMEM", "the child's page table needs " + tableFrames + " frames");
            }
            reclaim.promise(tableFrames, parent);
        }
        Task child = newTask(parent.name(), parent.pid(), parent.onSignal(), null);
        child.inherit(parent);
        child.space().copy(parent.space());
        Counters before = accounting.total().copy();
        long[] counted = {0, 0};
        parent.table()
                .forEach(
                        (vpn, pte) -> {
                            counted[0]++;
                            counted[1] += duplicate(parent, child, vpn, pte) ? 1 : 0;
                        });
        reclaim.endPromise();
        flush(parent);
        long copied = accounting.total().minus(before).get(Counter.COW_COPIES);
        return forked(parent, child, counted[0], copied, counted[1]);
    }

    /** A child of whole segments has copies of all of them from the beginning. */
    private Outcome forkSegments(Task parent, Segments from) {
        Outcome.Refused refusal = from.refuseFork(parent);
        if (refusal != null) {
            return refusal;
        }
        Task child = newTask(parent.name(), parent.pid(), parent.onSignal(), null);
        child.inherit(parent);
        child.space().copy(parent.space());
        long copied = from.fork(parent, child);
        return forked(parent, child, copied, copied, copied);
    }

    private Outcome forked(Task parent, Task child, long entries, long copied, long shared) {
        child.setForked(
                new ForkAccount(
                        entries,
                        copied,
                        shared,
                        parent.counters().get(Counter.COW_COPIES),
                        parent.counters().get(Counter.COW_REUSES)));
        accounting.count(parent, Counter.FORKS);
        accounting.events().process(Event.Kind.FORK, accounting.now(), parent.pid(), child.pid());
        return new Outcome.Made(child.pid());
    }

    /** Copies an entry. Answers whether the page is one that the two share only until a write. */
    private boolean duplicate(Task parent, Task child, long vpn, long pte) {
        if (!child.table().prepare(vpn)) {
            throw new IllegalStateException("Kernel: a fork outgrew the memory it was promised");
        }
        if (Pte.isSwapped(pte)) {
            swap.addEntry(Pte.slot(pte));
            child.table().set(vpn, pte);
            child.addSwapped(1);
            return true;
        }
        boolean stays = frames.object(Pte.frame(pte)) != FrameTable.NONE;
        long shared = stays ? pte : Pte.copyOnWrite(pte);
        parent.table().set(vpn, shared);
        child.table().set(vpn, shared & ~(Pte.ACCESSED | Pte.DIRTY));
        frames.map(Pte.frame(pte), child.asid(), vpn);
        child.addResident(1);
        accounting.count(child, Counter.MAPS);
        accounting.spend(child, Counter.MAP_TICKS, costs.map());
        return !stays;
    }

    /** Makes a child that runs in its parent's memory, for which the parent waits. */
    Outcome vfork(Task parent) {
        Outcome.Refused refusal = refuseProcess(0);
        if (refusal != null) {
            return refusal;
        }
        swapper.in(parent);
        Task child = newTask(parent.name(), parent.pid(), parent.onSignal(), parent.space());
        child.inherit(parent);
        child.borrowFrom(parent);
        accounting.count(parent, Counter.FORKS);
        accounting.events().process(Event.Kind.FORK, accounting.now(), parent.pid(), child.pid());
        return new Outcome.Made(child.pid());
    }

    /** Replaces the memory of a process by areas that are still empty. */
    Outcome exec(Task task, Command.Exec command) {
        boolean owns = task.lender() == 0;
        Outcome.Refused refusal =
                refuseAreas(
                        command.areas(),
                        owns ? task.space().promisedPages() : 0,
                        owns ? task : null);
        if (refusal != null) {
            return refusal;
        }
        flush(task);
        giveMemoryBack(task);
        AddressSpace fresh = new AddressSpace(task.pid(), parts);
        if (task.lender() == 0) {
            task.space().release();
        } else {
            tasks.get(task.lender()).unblock();
        }
        task.become(command.name(), command.onSignal(), fresh);
        unmapper.dropOrphans();
        begin(task, command.areas());
        reload(task);
        accounting.events().process(Event.Kind.EXEC, accounting.now(), task.pid(), EventLog.NONE);
        return new Outcome.Done();
    }

    /** Tells the processors that run a process about its new memory. */
    private void reload(Task task) {
        int before = cpus.here().number();
        for (Cpu cpu : cpus.all()) {
            if (cpu.current() == task) {
                cpus.runOn(cpu.number());
                cpus.load(task);
            }
        }
        cpus.runOn(before);
    }

    private void giveMemoryBack(Task task) {
        if (task.lender() == 0) {
            task.table().forEach((vpn, pte) -> unmapper.giveBack(task, vpn, pte));
        }
    }

    Outcome setHandler(Task task, UserHandler handler) {
        if (handler.equals(task.handler())) {
            return new Outcome.Unchanged();
        }
        task.setHandler(handler);
        return new Outcome.Done();
    }

    /** Why areas cannot be had, while what {@code leaving} has is still there, or null. */
    private Outcome.@Nullable Refused refuseAreas(
            List<MemoryArea> areas, long promisedAlready, @Nullable Task leaving) {
        int mostAreas = parts.spec().limits().areas();
        if (areas.size() > mostAreas) {
            return new Outcome.Refused("ENOMEM", MemoryCalls.tooManyAreas(mostAreas));
        }
        Outcome.Refused refusal = calls.refuse(areas, promisedAlready);
        return refusal == null && segments != null ? segments.refuse(areas, leaving) : refusal;
    }

    private Outcome.@Nullable Refused refuseProcess(long tableBytes) {
        int most = parts.spec().limits().processes();
        if (tasks.size() >= most) {
            return new Outcome.Refused(
                    "EAGAIN", "the machine has made its " + most + " processes (limits.processes)");
        }
        if (!parts.tableMemory().has(Math.max(tableBytes, emptyTableBytes))) {
            return new Outcome.Refused("ENOMEM", AddressSpace.TABLE_MEMORY);
        }
        return null;
    }

    private Task newTask(
            String name, int parent, OnSignal onSignal, @Nullable AddressSpace borrowed) {
        int pid = tasks.size() + 1;
        AddressSpace space = borrowed == null ? new AddressSpace(pid, parts) : borrowed;
        Task task = new Task(pid, name, parent, onSignal, space);
        tasks.add(task);
        live++;
        return task;
    }

    /**
     * Makes a processor run a process, if it does not do so already. A process that was swapped out
     * comes back.
     */
    void dispatch(Task task, int cpu) {
        cpus.runOn(cpu);
        swapper.in(task);
        if (cpus.isRunning(task)) {
            return;
        }
        Task current = cpus.here().current();
        Task before = current == null ? cpus.here().lastProcess() : current; // it may have ended
        if (before != null && before != task && !cpus.staysInMemory(task)) {
            accounting.count(task, Counter.CONTEXT_SWITCHES);
            accounting.spend(task, Counter.SWITCH_TICKS, costs.contextSwitch());
            if (cpus.isPresent() && !cpus.isTagged()) {
                cpus.flushForSwitch();
                accounting.count(task, Counter.TLB_FLUSHES);
            }
        }
        cpus.load(task);
    }

    /** Switches to a process on its own processor. This always counts as a switch. */
    Outcome switchTo(Task task) {
        long before = accounting.total().get(Counter.CONTEXT_SWITCHES);
        dispatch(task, cpus.homeOf(task));
        if (accounting.total().get(Counter.CONTEXT_SWITCHES) == before) {
            accounting.count(task, Counter.CONTEXT_SWITCHES);
            accounting.spend(task, Counter.SWITCH_TICKS, costs.contextSwitch());
        }
        return new Outcome.Done();
    }

    /** Sends a signal. Answers whether it ended the process. */
    boolean send(Task task, Signal signal, int op) {
        deliver(task, signal, op);
        if (task.onSignal() != OnSignal.CONTINUE || signal.code() == Signal.Code.SI_KERNEL) {
            exit(task);
            return true;
        }
        return false;
    }

    /** Counts and notes a signal, whatever the process makes of it. */
    void deliver(Task task, Signal signal, int op) {
        accounting.count(task, Counter.SIGNALS);
        accounting.spend(task, Counter.SIGNAL_TICKS, costs.signal());
        switch (signal.code()) {
            case SEGV_MAPERR -> accounting.count(task, Counter.MAP_ERRORS);
            case SEGV_ACCERR -> accounting.count(task, Counter.ACCESS_ERRORS);
            case BUS_ADRERR -> accounting.count(task, Counter.BUS_ERRORS);
            case SI_KERNEL -> accounting.count(task, Counter.KERNEL_KILLS);
        }
        accounting
                .events()
                .signal(accounting.now(), task.pid(), signal.address(), op, signal.code());
        task.setSignal(signal);
    }

    /** Ends a process so that another finds a frame. */
    void kill(Task victim, Task asking) {
        accounting
                .events()
                .process(Event.Kind.OOM_KILL, accounting.now(), victim.pid(), asking.pid());
        send(victim, new Signal(Signal.Code.SI_KERNEL, Signal.NO_ADDRESS), EventLog.NO_OP);
    }

    /** Ends a process by the work of a processor. */
    void exit(Task task, int cpu) {
        cpus.runOn(cpu);
        exit(task);
    }

    /** Ends a process and gives back all it held, in the order of its pages. */
    Outcome exit(Task task) {
        accounting.spend(task, Counter.EXIT_TICKS, costs.exit());
        flush(task);
        giveMemoryBack(task);
        if (task.lender() != 0) {
            tasks.get(task.lender()).unblock();
        }
        task.terminate(new AddressSpace(task.pid(), parts));
        unmapper.dropOrphans();
        live--;
        for (Cpu cpu : cpus.all()) {
            if (cpu.current() == task) {
                cpu.setCurrent(null);
            }
        }
        accounting.events().process(Event.Kind.EXIT, accounting.now(), task.pid(), EventLog.NONE);
        mourner.accept(task);
        return new Outcome.Done();
    }

    /** Drops the entries of one page, of one process, or of all. */
    Outcome flushTlb(@Nullable Task task, @Nullable Long page) {
        int before = cpus.used();
        if (task == null) {
            cpus.flushAll();
        } else if (page != null) {
            cpus.flushPage(task.asid(), page);
        } else {
            cpus.flushSpace(task.asid());
        }
        int dropped = before - cpus.used();
        Task account = task == null ? cpus.here().current() : task;
        if (page == null && account != null && cpus.isPresent()) {
            accounting.count(account, Counter.TLB_FLUSHES);
            return new Outcome.Dropped(dropped, true);
        }
        return new Outcome.Dropped(dropped, false);
    }

    /** Drops a process's entries from the TLBs: its own if they are tagged, else all. */
    private void flush(Task task) {
        if (cpus.isPresent()) {
            accounting.count(task, Counter.TLB_FLUSHES, cpus.flush(task));
        }
    }
}
