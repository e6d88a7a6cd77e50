package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The processes of a machine, ended ones too, in the order of their pids, which count from 1; and
 * beside them the kernel, whose pid is 0, once it has memory of its own.
 */
final class Tasks implements Iterable<Task> {

    /** The kernel's pid. */
    static final int KERNEL = Command.KERNEL;

    private final List<Task> processes = new ArrayList<>();
    private @Nullable Task kernel;

    /** How many there are, which is also the highest pid. */
    int size() {
        return processes.size();
    }

    boolean has(int pid) {
        return pid >= 1 && pid <= processes.size() || pid == KERNEL && kernel != null;
    }

    /** The process of a pid that {@link #has} knows. */
    Task get(int pid) {
        return pid == KERNEL && kernel != null ? kernel : processes.get(pid - 1);
    }

    /** The kernel's own memory, or null if it has none. */
    @Nullable Task kernel() {
        return kernel;
    }

    void setKernel(Task task) {
        kernel = task;
    }

    /** Adds the process whose pid is the next. */
    void add(Task task) {
        processes.add(task);
    }

    @Override
    public Iterator<Task> iterator() {
        return processes.iterator();
    }
}
