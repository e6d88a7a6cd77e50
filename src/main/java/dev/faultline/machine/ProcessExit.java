package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.EventLog;
import dev.faultline.machine.tables.Story;

import org.jspecify.annotations.Nullable;

/** Sends signals to processes, and ends them. */
final class ProcessExit implements OomKiller.Killer {

    private final Parts parts;
    private final Cpus cpus;
    private final Tasks tasks;
    private final Accounting accounting;
    private final Story story;
    private final Unmapper unmapper;
    private final ExitListener listener;
    private final Costs costs;

    ProcessExit(Parts parts, Unmapper unmapper, ExitListener listener) {
        this.parts = parts;
        this.cpus = parts.cpus();
        this.tasks = parts.tasks();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.unmapper = unmapper;
        this.listener = listener;
        this.costs = parts.spec().costs();
    }

    /**
     * Sends a signal. Returns whether it ended the process.
     *
     * @param why the reason in words, or null
     */
    boolean send(Task task, Signal signal, int op, @Nullable String why) {
        boolean ends =
                task.onSignal() != OnSignal.CONTINUE || signal.code() == Signal.Code.SI_KERNEL;
        story.sends(task.pid(), signal, why, ends ? KernelStep.Then.END : KernelStep.Then.ABANDON);
        deliver(task, signal, op);
        if (ends) {
            exit(task);
        }
        return ends;
    }

    /** Counts and records a signal, whatever the process does about it. */
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

    @Override
    public void kill(Task victim, Task asking) {
        accounting
                .events()
                .process(Event.Kind.OOM_KILL, accounting.now(), victim.pid(), asking.pid());
        story.kills(victim.pid(), victim.residentPages() + victim.swappedPages());
        story.mute();
        Signal signal = new Signal(Signal.Code.SI_KERNEL, Signal.NO_ADDRESS);
        send(victim, signal, EventLog.NO_OP, null);
        story.unmute();
    }

    /** Ends a process, charging the work to a processor. */
    void exit(Task task, int cpu) {
        cpus.runOn(cpu);
        exit(task);
    }

    /** Ends a process and frees everything it held, in page order. */
    Outcome exit(Task task) {
        accounting.spend(task, Counter.EXIT_TICKS, costs.exit());
        cpus.flush(task);
        unmapper.giveBackAll(task);
        if (task.lender() != 0) {
            tasks.get(task.lender()).unblock();
        }
        task.terminate(noMemory(task.pid()));
        unmapper.dropOrphans();
        tasks.ended();
        for (Cpu cpu : cpus.all()) {
            if (cpu.current() == task) {
                cpu.setCurrent(null);
            }
        }
        accounting.events().process(Event.Kind.EXIT, accounting.now(), task.pid(), EventLog.NONE);
        listener.hasEnded(task);
        return new Outcome.Done();
    }

    /** The memory of a process that has ended: there is none. */
    private AddressSpace noMemory(int pid) {
        AddressSpace space = new AddressSpace(pid, parts, parts.tables().newTable(pid));
        space.release();
        return space;
    }
}
