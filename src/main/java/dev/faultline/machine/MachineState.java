package dev.faultline.machine;

import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Map;

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

    /** Writes the state, and what there is beside it that the digest leaves out. */
    void saveAll(StateWriter out) {
        save(out);
        parts.accounting().events().saveApart(out);
        queue.turns().save(out);
        out.flush();
    }

    /** Reads what {@link #saveAll} wrote; the programs are given by their ids. */
    void loadAll(StateReader in, Map<String, Program> programs) {
        load(in, programs);
        parts.accounting().events().loadApart(in);
        queue.turns().load(in);
    }

    /** Writes the state. */
    void save(StateWriter out) {
        parts.memory().save(out);
        parts.store().save(out);
        parts.frames().save(out);
        parts.reverse().save(out);
        parts.swap().save(out);
        parts.objects().save(out);
        parts.tables().save(out);
        parts.policy().save(out);
        parts.accounting().total().save(out);
        parts.accounting().events().save(out);
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

    private void load(StateReader in, Map<String, Program> programs) {
        parts.memory().load(in);
        parts.store().load(in);
        parts.frames().load(in);
        parts.reverse().load(in);
        parts.swap().load(in);
        parts.objects().load(in, parts.frames());
        parts.tables().load(in);
        parts.policy().load(in);
        parts.accounting().total().load(in);
        parts.accounting().events().load(in);
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
