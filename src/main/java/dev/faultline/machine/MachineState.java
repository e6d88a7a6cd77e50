package dev.faultline.machine;

import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;
import dev.faultline.machine.tables.EventLog;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;

/** Saves and loads the state of a machine, part by part. */
final class MachineState {

    private final Parts parts;
    private final TablePager tables;
    private final RunQueue queue;
    private final PageDaemon daemon;

    MachineState(Parts parts, TablePager tables, RunQueue queue, PageDaemon daemon) {
        this.parts = parts;
        this.tables = tables;
        this.queue = queue;
        this.daemon = daemon;
    }

    /** The form in which states are written. It changes when they are written differently. */
    private static final int FORM = 1;

    /** Writes the state, and what there is beside it that the digest leaves out. */
    void saveAll(StateWriter out) {
        out.writeInt(FORM);
        save(out);
        saveBeside(out);
    }

    /** Writes the same without the rows of the events. */
    void saveWithoutEvents(StateWriter out) {
        out.writeInt(FORM);
        saveParts(out, EventLog::saveHead);
        saveBeside(out);
    }

    private void saveBeside(StateWriter out) {
        parts.accounting().events().saveApart(out);
        queue.turns().save(out);
    }

    /** Reads what {@link #saveAll} wrote; the programs are given by their ids. */
    void loadAll(StateReader in, Map<String, Program> programs) {
        reading(
                () -> {
                    checkForm(in);
                    load(in, programs, EventLog::load);
                    loadBeside(in);
                });
    }

    /** Reads what {@link #saveWithoutEvents} wrote; events are given by their first number. */
    void loadWithoutEvents(
            StateReader in, LongFunction<long[]> rows, Map<String, Program> programs) {
        reading(
                () -> {
                    checkForm(in);
                    load(in, programs, EventLog::loadHead);
                    loadBeside(in);
                    EventLog events = parts.accounting().events();
                    events.takeRows(rows.apply(events.oldestSeq()));
                });
    }

    /** Reads a state; if anything goes wrong on the way, it was none. */
    private static void reading(Runnable loading) {
        try {
            loading.run();
        } catch (UnreadableStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnreadableStateException("this is no state of such a machine", e);
        }
    }

    private void loadBeside(StateReader in) {
        parts.accounting().events().loadApart(in);
        queue.turns().load(in);
    }

    private static void checkForm(StateReader in) {
        int form = in.readInt();
        if (form != FORM) {
            throw new UnreadableStateException(
                    "states are read in the form " + FORM + ", not in " + form);
        }
    }

    /** Writes the state. */
    void save(StateWriter out) {
        saveParts(out, EventLog::save);
    }

    private void saveParts(StateWriter out, BiConsumer<EventLog, StateWriter> events) {
        parts.memory().save(out);
        parts.store().save(out);
        parts.frames().save(out);
        parts.reverse().save(out);
        parts.swap().save(out);
        parts.objects().save(out);
        parts.tables().save(out);
        parts.policy().save(out);
        parts.accounting().total().save(out);
        events.accept(parts.accounting().events(), out);
        Tasks tasks = parts.tasks();
        out.writeInt(tasks.size());
        tasks.forEach(task -> task.save(out));
        Task own = tasks.kernel();
        out.writeBoolean(own != null);
        if (own != null) {
            own.save(out);
        }
        parts.cpus().save(out);
        queue.save(out);
        daemon.save(out);
    }

    private void load(
            StateReader in,
            Map<String, Program> programs,
            BiConsumer<EventLog, StateReader> events) {
        parts.memory().load(in);
        parts.store().load(in);
        parts.frames().load(in);
        parts.reverse().load(in);
        parts.swap().load(in);
        parts.objects().load(in, parts.frames());
        parts.tables().load(in);
        parts.policy().load(in);
        parts.accounting().total().load(in);
        events.accept(parts.accounting().events(), in);
        int count = in.readInt();
        for (int pid = 1; pid <= count; pid++) {
            Task task = Task.load(pid, tables.newSpace(pid), parts.spec(), in, programs);
            parts.tasks().restore(task);
        }
        if (in.readBoolean()) {
            int pid = Tasks.KERNEL;
            AddressSpace space = tables.newSpace(pid);
            parts.tasks().setKernel(Task.load(pid, space, parts.spec(), in, Map.of()));
        }
        parts.cpus().load(in, parts.tasks());
        queue.load(in);
        daemon.load(in);
    }
}
