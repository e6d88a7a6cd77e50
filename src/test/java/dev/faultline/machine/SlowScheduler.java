package dev.faultline.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Round robin on any number of processors with one disk, written from the rules in {@code
 * docs/running.md}: plain lists, searched from end to end, and a step an access. What an access
 * costs is asked of a machine that makes each of them by itself.
 */
final class SlowScheduler {

    /** A processor: its clock, whom it runs, and how much of the turn is left. */
    private static final class Cpu {
        final int number;
        long clock;
        int pid;
        long left;

        Cpu(int number) {
            this.number = number;
        }
    }

    /** Who waits, and from when on it is ready. */
    private record Waiting(int pid, long readyAt) {}

    private final Machine machine;
    private final int[][] programs;
    private final long quantum;
    private final long pageSize;
    private final int[] next;
    private final List<Cpu> cpus = new ArrayList<>();

    /** In the order in which they began to wait. */
    private final List<Waiting> waiting = new ArrayList<>();

    private long diskFree;
    final List<Integer> finished = new ArrayList<>();
    final Map<Integer, Long> finishedAt = new HashMap<>();
    long idle;

    SlowScheduler(Machine machine, int[][] programs, long quantum, long pageSize) {
        this.machine = machine;
        this.programs = programs;
        this.quantum = quantum;
        this.pageSize = pageSize;
        next = new int[programs.length + 1];
        for (int pid = 1; pid <= programs.length; pid++) {
            waiting.add(new Waiting(pid, 0));
        }
        for (int number = 0; number < machine.spec().cpus(); number++) {
            cpus.add(new Cpu(number));
        }
    }

    /** When the last processor was done. */
    long clock() {
        return cpus.stream().mapToLong(cpu -> cpu.clock).max().orElseThrow();
    }

    void run() {
        while (finished.size() < programs.length) {
            Cpu behind =
                    cpus.stream().min(Comparator.comparingLong(cpu -> cpu.clock)).orElseThrow();
            if (behind.pid == 0) {
                take(behind);
            } else {
                turn(behind);
            }
        }
        long end = clock();
        for (Cpu cpu : cpus) {
            idle += end - cpu.clock;
        }
    }

    /** A processor with nobody to run takes who has been ready longest, or lets a tick go by. */
    private void take(Cpu cpu) {
        Waiting first = null;
        for (Waiting each : waiting) {
            if (each.readyAt <= cpu.clock && (first == null || each.readyAt < first.readyAt)) {
                first = each;
            }
        }
        if (first == null) {
            cpu.clock++;
            idle++;
            return;
        }
        waiting.remove(first);
        cpu.pid = first.pid;
        cpu.left = quantum;
    }

    private void turn(Cpu cpu) {
        int pid = cpu.pid;
        while (true) {
            Counters before = machine.counters();
            AccessBlock block = new AccessBlock(machine.spec(), 1);
            int page = programs[pid - 1][next[pid]++];
            block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * pageSize);
            block.setCpu(0, cpu.number);
            machine.apply(new Command.Access(pid, block, false));
            Counters spent = machine.counters().minus(before);
            long disk = spent.get(Counter.STORE_TICKS) + spent.get(Counter.FILE_TICKS);
            long computed = spent.get(Counter.TICKS) - disk;
            cpu.clock += computed;
            cpu.left -= computed - spent.get(Counter.SWITCH_TICKS); // that is not of its turn
            diskFree = disk > 0 ? Math.max(diskFree, cpu.clock) + disk : diskFree;
            if (next[pid] == programs[pid - 1].length) { // nobody waits for the last transfer
                machine.apply(new Command.Exit(pid));
                finished.add(pid);
                finishedAt.put(pid, cpu.clock);
                cpu.pid = 0;
                return;
            }
            if (disk > 0) {
                waiting.add(new Waiting(pid, diskFree));
                cpu.pid = 0;
                return;
            }
            if (cpu.left <= 0) {
                cpu.left = quantum;
                if (waiting.stream().anyMatch(each -> each.readyAt <= cpu.clock)) {
                    waiting.add(new Waiting(pid, cpu.clock));
                    cpu.pid = 0;
                }
                return;
            }
        }
    }
}
