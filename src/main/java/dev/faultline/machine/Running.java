package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

/** Runs accesses and programs, and tells the policy the future beforehand if it needs it. */
final class Running {

    private final Parts parts;
    private final RunQueue queue;
    private final Processor processor;
    private final Scheduler scheduler;
    private final NextUseFeed future;

    Running(
            Parts parts,
            RunQueue queue,
            Processor processor,
            Scheduler scheduler,
            NextUseFeed future) {
        this.parts = parts;
        this.queue = queue;
        this.processor = processor;
        this.scheduler = scheduler;
        this.future = future;
    }

    /** What was explained is over: what other commands evict is not part of it. */
    void explainNothing() {
        processor.explainNothing();
    }

    /** Makes accesses of a block, by one process or by those that the block names. */
    Outcome run(@Nullable Task task, AccessBlock block, int from, int to, boolean explain) {
        return processor.run(task, block, from, to, explain);
    }

    /** Runs programs. */
    Outcome run(Command.Run run) {
        return scheduler.run(run);
    }

    /** Gives a process a program. */
    Outcome admit(Task task, Command.GiveProgram give) {
        queue.admit(task, give);
        return new Outcome.Done();
    }

    /** Tells the policy what a command is going to access. */
    void foresee(Command command) {
        if (command instanceof Command.Run) {
            future.tellOfPrograms();
        } else if (command instanceof Command.Access access && access.block().hasPids()) {
            future.tell(null, access.block());
        } else if (command instanceof Command.Access access && parts.tasks().has(access.pid())) {
            future.tell(parts.tasks().get(access.pid()), access.block());
        }
    }

    /** Makes the policy forget what it was told about the future. */
    void forget() {
        future.forget();
    }

    /** Sets the counters of the machine and of all processes to 0, and forgets events and turns. */
    Outcome clearCounters() {
        Tasks tasks = parts.tasks();
        parts.accounting().clear();
        tasks.forEach(task -> task.counters().clear());
        Task kernel = tasks.kernel();
        if (kernel != null) {
            kernel.counters().clear();
        }
        parts.disk().forget();
        queue.turns().forget();
        return new Outcome.Done();
    }
}
