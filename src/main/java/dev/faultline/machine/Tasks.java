package dev.faultline.machine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The processes of a machine, ended ones too, in the order of their pids, which count from 1. */
final class Tasks implements Iterable<Task> {

    private final List<Task> processes = new ArrayList<>();

    /** How many there are, which is also the highest pid. */
    int size() {
        return processes.size();
    }

    boolean has(int pid) {
        return pid >= 1 && pid <= processes.size();
    }

    /** The process of a pid that {@link #has} knows. */
    Task get(int pid) {
        return processes.get(pid - 1);
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
