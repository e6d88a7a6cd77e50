package dev.faultline.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Round robin on one processor with one disk, written from its description: a queue of who is
 * ready, a list of who waits for the disk and until when, and a step an access. What an access
 * costs is asked of a machine that makes each of them by itself.
 */
final class SlowScheduler {

    private final Machine machine;
    private final int[][] programs;
    private final long quantum;
    private final long pageSize;
    private final int[] next;
    private final Deque<Integer> ready = new ArrayDeque<>();

    /** Who waits for the disk, in the order in which it serves, and until when. */
    private final List<long[]> blocked = new ArrayList<>();

    private long diskFree;
    final List<Integer> finished = new ArrayList<>();
    final Map<Integer, Long> finishedAt = new HashMap<>();
    long clock;
    long idle;

    SlowScheduler(Machine machine, int[][] programs, long quantum, long pageSize) {
        this.machine = machine;
        this.programs = programs;
        this.quantum = quantum;
        this.pageSize = pageSize;
        next = new int[programs.length + 1];
        for (int pid = 1; pid <= programs.length; pid++) {
            ready.add(pid);
        }
    }

    void run() {
        while (!ready.isEmpty() || !blocked.isEmpty()) {
            wake();
            if (ready.isEmpty()) {
                long until = blocked.getFirst()[0];
                idle += until - clock;
                clock = until;
                wake();
            }
            turn(ready.removeFirst());
        }
    }

    /** Those whose transfer is done by now are ready. */
    private void wake() {
        while (!blocked.isEmpty() && blocked.getFirst()[0] <= clock) {
            ready.add((int) blocked.removeFirst()[1]);
        }
    }

    private void turn(int pid) {
        long left = quantum;
        while (true) {
            if (next[pid] == programs[pid - 1].length) {
                machine.apply(new Command.Exit(pid));
                finished.add(pid);
                finishedAt.put(pid, clock);
                return;
            }
            Counters before = machine.counters();
            int page = programs[pid - 1][next[pid]++];
            AccessBlock block = new AccessBlock(machine.spec(), 1);
            block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * pageSize);
            machine.apply(new Command.Access(pid, block, false));
            Counters spent = machine.counters().minus(before);
            long disk = spent.get(Counter.STORE_TICKS) + spent.get(Counter.FILE_TICKS);
            long computed = spent.get(Counter.TICKS) - disk;
            clock += computed;
            left -= computed - spent.get(Counter.SWITCH_TICKS); // that is not of its turn
            if (disk > 0) {
                diskFree = Math.max(diskFree, clock) + disk;
                if (next[pid] == programs[pid - 1].length) {
                    continue; // nobody waits for the last transfer
                }
                blocked.add(new long[] {diskFree, pid});
                return;
            }
            if (left <= 0 && next[pid] < programs[pid - 1].length) {
                wake();
                if (!ready.isEmpty()) {
                    ready.add(pid);
                    return;
                }
                left = quantum;
            }
        }
    }
}
