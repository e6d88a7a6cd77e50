package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The processes of a machine, ended ones too, by pid from 1; and the kernel, whose pid is 0, once
 * it has memory of its own.
 */
final class Tasks implements Iterable<Task> {

    /** The kernel's pid. */
    static final int KERNEL = Command.KERNEL;

    /** By pid, the kernel at index 0. */
    private @Nullable Task[] tasks = new Task[8];

    private int size;

    /** Processes that have not ended. */
    private int live;

    /** Whether any process has ever locked a page. */
    private boolean locksExpected;

    /** The number of processes, which is also the highest pid. */
    int size() {
        return size;
    }

    boolean has(int pid) {
        return pid >= 1 && pid <= size || pid == KERNEL && tasks[KERNEL] != null;
    }

    /** The process of a pid that {@link #has} knows. */
    Task get(int pid) {
        Task task = tasks[pid];
        if (task == null) {
            throw new IllegalArgumentException("Tasks: there is no process " + pid);
        }
        return task;
    }

    /** Why a process can do nothing, or null. */
    Outcome.@Nullable NoProcess missing(int pid) {
        if (!has(pid)) {
            return new Outcome.NoProcess(pid, Outcome.NoProcess.Why.UNKNOWN);
        }
        Task task = get(pid);
        return task.isTerminated()
                ? new Outcome.NoProcess(pid, Outcome.NoProcess.Why.ENDED)
                : task.isBlocked()
                        ? new Outcome.NoProcess(pid, Outcome.NoProcess.Why.BLOCKED)
                        : null;
    }

    /** The kernel's own memory, or null if it has none. */
    @Nullable Task kernel() {
        return tasks[KERNEL];
    }

    void setKernel(Task task) {
        tasks[KERNEL] = task;
    }

    /** Adds the process with the next pid. */
    void add(Task task) {
        size++;
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        tasks[size] = task;
        live += task.isTerminated() ? 0 : 1;
    }

    /** Takes in a process that was saved with its machine. */
    void restore(Task task) {
        add(task);
        if (task.lender() != 0) {
            task.shareWith(get(task.lender()));
        }
        locksExpected |= task.space().lockedPages() > 0;
    }

    /** Processes that have not ended. */
    int live() {
        return live;
    }

    /** A process has ended. */
    void ended() {
        live--;
    }

    /** From now on a process may keep pages in memory (mlock). */
    void expectLocks() {
        locksExpected = true;
    }

    /** Whether any process may keep pages in memory. */
    boolean locksExpected() {
        return locksExpected;
    }

    @Override
    public Iterator<Task> iterator() {
        return new Iterator<>() {
            private int last;

            @Override
            public boolean hasNext() {
                return last < size;
            }

            @Override
            public Task next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(++last);
            }
        };
    }
}
