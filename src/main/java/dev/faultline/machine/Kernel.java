package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.EventLog;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Creates, forks and switches processes. */
final class Kernel {

    private final Parts parts;
    private final Cpus cpus;
    private final Tasks tasks;
    private final Accounting accounting;
    private final TablePager tables;
    private final Unmapper unmapper;
    private final Swapper swapper;
    private final AreaRules rules;
    private final MemoryModel model;
    private final Costs costs;

    /** Bytes of a table that holds nothing yet. */
    private final long emptyTableBytes;

    Kernel(
            Parts parts,
            TablePager tables,
            Unmapper unmapper,
            Swapper swapper,
            AreaRules rules,
            MemoryModel model) {
        this.parts = parts;
        this.cpus = parts.cpus();
        this.tasks = parts.tasks();
        this.accounting = parts.accounting();
        this.tables = tables;
        this.unmapper = unmapper;
        this.swapper = swapper;
        this.rules = rules;
        this.model = model;
        this.costs = parts.spec().costs();
        this.emptyTableBytes = parts.tables().emptyBytes();
    }

    /** Creates a process whose memory is still empty. */
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
        task.space().begin(areas, rules::named);
        model.begin(task, areas);
    }

    /** Creates a child with everything that its parent has. */
    Outcome fork(Task parent) {
        Outcome.Refused refusal = refuseProcess(parent.space().hostBytes());
        if (refusal != null) {
            return refusal;
        }
        String promise = parts.overcommit().refusal(parent.space().promisedPages());
        if (promise != null) {
            return new Outcome.Refused("ENOMEM", promise);
        }
        Outcome.Refused noRoom = model.makeRoomToFork(parent);
        if (noRoom != null) {
            return noRoom;
        }
        Task child = newTask(parent.name(), parent.pid(), parent.onSignal(), null);
        child.inherit(parent);
        child.space().copy(parent.space());
        child.setForked(model.fork(parent, child));
        return forked(parent, child);
    }

    private Outcome forked(Task parent, Task child) {
        accounting.count(parent, Counter.FORKS);
        accounting.events().process(Event.Kind.FORK, accounting.now(), parent.pid(), child.pid());
        return new Outcome.Made(child.pid());
    }

    /** Creates a child that runs in its parent's memory; the parent waits for it. */
    Outcome vfork(Task parent) {
        Outcome.Refused refusal = refuseProcess(0);
        if (refusal != null) {
            return refusal;
        }
        swapper.in(parent);
        Task child = newTask(parent.name(), parent.pid(), parent.onSignal(), parent.space());
        child.inherit(parent);
        child.borrowFrom(parent);
        return forked(parent, child);
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
        cpus.flush(task);
        unmapper.giveBackAll(task);
        AddressSpace fresh = tables.newSpace(task.pid());
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
        Outcome.Refused refusal = rules.refuseCount(areas.size());
        if (refusal == null) {
            refusal = rules.refuse(areas, promisedAlready);
        }
        return refusal == null ? model.refuseAreas(areas, leaving) : refusal;
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
        AddressSpace space = borrowed == null ? tables.newSpace(pid) : borrowed;
        Task task = new Task(pid, name, parent, onSignal, space);
        tasks.add(task);
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

    /** Drops the entries of one page, of one process, or all. */
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
}
