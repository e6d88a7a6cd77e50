package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Turn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Round robin on any number of processors with one disk, written from the rules in {@code
 * docs/running.md}: it goes from tick to tick, looks at every processor in each, and keeps plain
 * lists that are searched from end to end. What an access costs is asked of a machine that makes
 * each of them by itself.
 */
final class SlowScheduler {

    /** What a process does: its pages, negative to write; and its computing before each. */
    record Job(int[] pages, long think, long arrival) {}

    /** A processor: its clock, whom it runs, and how much of the turn is left. */
    private static final class Cpu {
        final int number;
        long clock;
        int pid;
        int lastPid;
        long left;
        long needed;
        long turnFrom;

        Cpu(int number) {
            this.number = number;
        }
    }

    /** Who waits, and from when on it is ready. */
    private record Waiting(int pid, long readyAt) {}

    private final Machine machine;
    private final List<Job> jobs;
    private final long quantum;
    private final long pageSize;
    private final int[] next;
    private final long[] thought;
    private final List<Cpu> cpus = new ArrayList<>();

    /** In the order in which they began to wait: for a processor, or for the disk to end. */
    private final List<Waiting> waiting = new ArrayList<>();

    private final List<Waiting> leaving = new ArrayList<>();
    private long diskFree;

    final List<Integer> finished = new ArrayList<>();
    final Map<Integer, Long> finishedAt = new HashMap<>();
    final Map<Integer, Long> firstRun = new HashMap<>();
    final Map<Integer, Long> cpuTicks = new HashMap<>();
    final Map<Integer, Long> diskTicks = new HashMap<>();
    final List<Turn> turns = new ArrayList<>();
    long idle;
    long switches;

    SlowScheduler(Machine machine, List<Job> jobs, long quantum, long pageSize) {
        this.machine = machine;
        this.jobs = jobs;
        this.quantum = quantum;
        this.pageSize = pageSize;
        next = new int[jobs.size() + 1];
        thought = new long[jobs.size() + 1];
        for (int pid = 1; pid <= jobs.size(); pid++) {
            waiting.add(new Waiting(pid, job(pid).arrival()));
        }
        for (int number = 0; number < machine.spec().cpus(); number++) {
            cpus.add(new Cpu(number));
        }
    }

    private Job job(int pid) {
        return jobs.get(pid - 1);
    }

    /** When the last processor was done. */
    long clock() {
        return cpus.stream().mapToLong(cpu -> cpu.clock).max().orElseThrow();
    }

    void run() {
        for (long tick = 0; finished.size() < jobs.size(); tick++) {
            while (leave(tick) || act(tick)) {
                // until nothing can be done in this tick any more
            }
            for (Cpu cpu : cpus) {
                if (cpu.clock == tick && finished.size() < jobs.size()) {
                    cpu.clock++;
                    idle++;
                }
            }
        }
        long end = clock();
        for (Cpu cpu : cpus) {
            idle += end - cpu.clock;
        }
    }

    /** Lets who waits for the disk only to end do so, if the disk is done. */
    private boolean leave(long tick) {
        for (Waiting each : leaving) {
            if (each.readyAt <= tick) {
                leaving.remove(each);
                end(each.pid, each.readyAt);
                return true;
            }
        }
        return false;
    }

    private void end(int pid, long at) {
        machine.apply(new Command.Exit(pid));
        finished.add(pid);
        finishedAt.put(pid, at);
    }

    /** Lets the first processor that can do anything now do it. */
    private boolean act(long tick) {
        for (Cpu cpu : cpus) {
            if (cpu.clock == tick && (cpu.pid == 0 ? take(cpu) : goOn(cpu))) {
                return true;
            }
        }
        return false;
    }

    /** A processor with nobody to run takes who has been ready longest. */
    private boolean take(Cpu cpu) {
        Waiting first =
                waiting.stream()
                        .filter(each -> each.readyAt <= cpu.clock)
                        .min(Comparator.comparingLong(Waiting::readyAt))
                        .orElse(null);
        if (first == null) {
            return false;
        }
        waiting.remove(first);
        cpu.pid = first.pid;
        cpu.left = quantum;
        if (cpu.lastPid != 0 && cpu.lastPid != cpu.pid) {
            cpu.clock += machine.spec().costs().contextSwitch();
            switches++;
        }
        cpu.lastPid = cpu.pid;
        cpu.turnFrom = cpu.clock;
        firstRun.putIfAbsent(cpu.pid, cpu.clock);
        return true;
    }

    /** A tick of thinking, an access, or the end of the turn. */
    private boolean goOn(Cpu cpu) {
        int pid = cpu.pid;
        boolean noTime = machine.spec().costs().memoryReference() == 0;
        boolean thinks = thought[pid] < job(pid).think();
        boolean acts = noTime && job(pid).think() > 0 && !thinks;
        if (cpu.needed > 0 || next[pid] == job(pid).pages.length || cpu.left <= 0 && !acts) {
            endTurn(cpu);
        } else if (thinks) {
            thought[pid]++;
            spend(cpu, 1);
        } else {
            thought[pid] = 0;
            access(cpu);
        }
        return true;
    }

    private void spend(Cpu cpu, long ticks) {
        cpu.clock += ticks;
        cpu.left -= ticks;
        cpuTicks.merge(cpu.pid, ticks, Long::sum);
    }

    private void access(Cpu cpu) {
        Counters before = machine.counters();
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        int page = job(cpu.pid).pages[next[cpu.pid]++];
        block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * pageSize);
        block.setCpu(0, cpu.number);
        machine.apply(new Command.Access(cpu.pid, block, false));
        Counters spent = machine.counters().minus(before);
        cpu.needed = spent.get(Counter.STORE_TICKS) + spent.get(Counter.FILE_TICKS);
        spend(cpu, spent.get(Counter.TICKS) - cpu.needed - spent.get(Counter.SWITCH_TICKS));
    }

    private void endTurn(Cpu cpu) {
        int pid = cpu.pid;
        boolean isLast = next[pid] == job(pid).pages.length;
        if (cpu.needed > 0) {
            diskFree = Math.max(diskFree, cpu.clock) + cpu.needed;
            diskTicks.merge(pid, cpu.needed, Long::sum);
            (isLast ? leaving : waiting).add(new Waiting(pid, diskFree));
            cpu.needed = 0;
            cpu.pid = 0;
            note(cpu, pid, Turn.Ended.DISK);
        } else if (isLast) {
            end(pid, cpu.clock);
            cpu.pid = 0;
            note(cpu, pid, Turn.Ended.EXIT);
        } else {
            cpu.left = quantum;
            if (waiting.stream().anyMatch(each -> each.readyAt <= cpu.clock)) {
                waiting.add(new Waiting(pid, cpu.clock));
                cpu.pid = 0;
            }
            note(cpu, pid, Turn.Ended.QUANTUM);
        }
    }

    private void note(Cpu cpu, int pid, Turn.Ended why) {
        turns.add(new Turn(turns.size() + 1, cpu.number, pid, cpu.turnFrom, cpu.clock, why));
        cpu.turnFrom = cpu.clock;
    }
}
