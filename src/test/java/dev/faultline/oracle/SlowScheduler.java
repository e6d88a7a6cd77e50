package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Round robin on any number of processors with one disk, written from the rules in {@code
 * docs/running.md}: it goes from tick to tick, looks at every processor in each, and keeps plain
 * lists that are searched from end to end. What an access costs is asked of a {@link Accesses} that
 * makes each of them by itself.
 */
public final class SlowScheduler {

    /** What a process does: its pages, negative to write; and its computing before each. */
    public record Job(int[] pages, long think, long arrival) {}

    /**
     * The processors.
     *
     * @param quantum ticks of a turn
     * @param contextSwitch ticks to go from one process to another
     * @param countsReferences whether a reference to memory takes any ticks
     */
    public record Processors(
            int count, long quantum, long contextSwitch, boolean countsReferences) {}

    /** What an access took of a processor, and then of the disk. */
    public record Cost(long processorTicks, long diskTicks) {}

    /** The memory that all accesses are made in. */
    public interface Accesses {

        /** Accesses a page for a process, or writes to it if it is negative. */
        Cost access(int cpu, int pid, int page);

        /** Ends a process. */
        void exit(int pid);
    }

    /** Why a turn ended. */
    public enum Ended {
        DISK,
        EXIT,
        QUANTUM
    }

    /** A process on a processor, from a tick to before another. */
    public record Turn(int cpu, int pid, long from, long to, Ended ended) {}

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

    private final Processors processors;
    private final Accesses memory;
    private final List<Job> jobs;
    private final int[] next;
    private final long[] thought;
    private final List<Cpu> cpus = new ArrayList<>();

    /** In the order in which they began to wait: for a processor, or for the disk to end. */
    private final List<Waiting> waiting = new ArrayList<>();

    private final List<Waiting> leaving = new ArrayList<>();
    private long diskFree;

    private final List<Integer> finished = new ArrayList<>();
    private final Map<Integer, Long> finishedAt = new HashMap<>();
    private final Map<Integer, Long> firstRun = new HashMap<>();
    private final Map<Integer, Long> cpuTicks = new HashMap<>();
    private final Map<Integer, Long> diskTicks = new HashMap<>();
    private final List<Turn> turns = new ArrayList<>();
    private long idle;
    private long switches;

    /** All jobs, before the first tick. The first is process 1. */
    public SlowScheduler(Processors processors, Accesses memory, List<Job> jobs) {
        this.processors = processors;
        this.memory = memory;
        this.jobs = jobs;
        next = new int[jobs.size() + 1];
        thought = new long[jobs.size() + 1];
        for (int pid = 1; pid <= jobs.size(); pid++) {
            waiting.add(new Waiting(pid, job(pid).arrival()));
        }
        for (int number = 0; number < processors.count(); number++) {
            cpus.add(new Cpu(number));
        }
    }

    private Job job(int pid) {
        return jobs.get(pid - 1);
    }

    /** When the last processor was done. */
    public long clock() {
        return cpus.stream().mapToLong(cpu -> cpu.clock).max().orElseThrow();
    }

    /** Runs all jobs to their ends. */
    public void run() {
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
        memory.exit(pid);
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
        cpu.left = processors.quantum();
        if (cpu.lastPid != 0 && cpu.lastPid != cpu.pid) {
            cpu.clock += processors.contextSwitch();
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
        boolean noTime = !processors.countsReferences();
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
        Cost cost = memory.access(cpu.number, cpu.pid, job(cpu.pid).pages[next[cpu.pid]++]);
        cpu.needed = cost.diskTicks();
        spend(cpu, cost.processorTicks());
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
            note(cpu, pid, Ended.DISK);
        } else if (isLast) {
            end(pid, cpu.clock);
            cpu.pid = 0;
            note(cpu, pid, Ended.EXIT);
        } else {
            cpu.left = processors.quantum();
            if (waiting.stream().anyMatch(each -> each.readyAt <= cpu.clock)) {
                waiting.add(new Waiting(pid, cpu.clock));
                cpu.pid = 0;
            }
            note(cpu, pid, Ended.QUANTUM);
        }
    }

    private void note(Cpu cpu, int pid, Ended why) {
        turns.add(new Turn(cpu.number, pid, cpu.turnFrom, cpu.clock, why));
        cpu.turnFrom = cpu.clock;
    }

    /** The processes in the order in which they ended. */
    public List<Integer> finished() {
        return finished;
    }

    /** When a process ended. */
    public @Nullable Long finishedAt(int pid) {
        return finishedAt.get(pid);
    }

    /** When a process first ran. */
    public @Nullable Long firstRun(int pid) {
        return firstRun.get(pid);
    }

    /** The ticks of a process on processors. */
    public long cpuTicks(int pid) {
        return cpuTicks.getOrDefault(pid, 0L);
    }

    /** The ticks of the disk for a process. */
    public long diskTicks(int pid) {
        return diskTicks.getOrDefault(pid, 0L);
    }

    /** All turns, in the order in which they ended. */
    public List<Turn> turns() {
        return turns;
    }

    /** Ticks of processors with nobody to run. */
    public long idle() {
        return idle;
    }

    /** How often a processor went from one process to another. */
    public long switches() {
        return switches;
    }
}
