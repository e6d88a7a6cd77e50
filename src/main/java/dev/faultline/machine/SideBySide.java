package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.replacement.ReplacementPolicy;

import java.util.Arrays;

/**
 * Runs several processors side by side as long as their TLBs alone answer their accesses. What one
 * does then does not affect the others, so the accesses need not be made one by one in the order of
 * the clocks. Only a policy that hears of every access is told in that order.
 *
 * <p>It finds out how far each processor can get, and lets all of them advance to where the first
 * has to stop; that costs about one look and one run for each access. How far it looks ahead
 * changes only the time that it takes.
 */
final class SideBySide {

    private static final int LEAST_AHEAD = 16;
    private static final int MOST_AHEAD = 1024;

    private final Cpus cpus;
    private final AccessAccounting accounts;
    private final Accounting accounting;
    private final ReplacementPolicy policy;
    private final boolean watched;
    private final boolean able;
    private final long hitTicks;

    /** By processor: when its next access begins, from then to the one after, and how many hit. */
    private final long[] start;

    private final long[] step;
    private final int[] hits;

    /** The frames of the accesses that were run and how many were told of; all in their order. */
    private final int[][] frames;

    private final int[] told;
    private final int[] order;

    private int ahead = LEAST_AHEAD;

    /** When the first of the processors has to stop, and how many there are. */
    private long stop;

    private int joined;

    /**
     * For a machine whose processors need {@code hitTicks} for an access that their TLBs answer,
     * and whose policy, if it hears of every access, need not know of whom each is.
     */
    SideBySide(Parts parts, boolean able, boolean watched, long hitTicks) {
        cpus = parts.cpus();
        accounts = new AccessAccounting(parts);
        accounting = parts.accounting();
        policy = parts.policy();
        this.watched = watched;
        this.hitTicks = hitTicks;
        int count = parts.spec().cpus();
        this.able = able && count > 1 && hitTicks > 0;
        start = new long[count];
        step = new long[count];
        hits = new int[count];
        told = new int[count];
        frames = new int[this.able && watched ? count : 0][MOST_AHEAD];
        order = new int[this.able && watched ? count * MOST_AHEAD : 0];
    }

    boolean isAble() {
        return able;
    }

    /** Processors are to go on, but not beyond a time. */
    void begin(long before) {
        stop = before;
        joined = 0;
        Arrays.fill(hits, 0);
    }

    /**
     * A processor goes on too, if it can. Answers false if it cannot, so that none goes on.
     *
     * @param time its clock
     * @param left ticks of the turn on it
     */
    boolean join(int number, Task task, long time, long left) {
        ProgramRun run = task.program();
        AccessBlock block = run == null ? null : run.block();
        Cpu cpu = cpus.all().get(number);
        if (run == null || block == null || !cpus.isRunning(task, cpu) || task.isSwappedOut()) {
            return false;
        }
        joined++;
        start[number] = time + run.think() - run.thought();
        step[number] = run.think() + hitTicks;
        stop = Math.min(stop, time + left);
        int from = run.next();
        int most = (int) Math.min(block.count() - from, Math.min(ahead, begun(number)));
        hits[number] = cpu.mmu().hitsEnd(block, from, from + most) - from;
        int end = from + hits[number];
        // behind the last the program may end, and a tick comes without thinking: both at once
        boolean atOnce = end == block.count() || block.op(end) == Op.TICK;
        long last = start[number] + hits[number] * step[number];
        stop = Math.min(stop, atOnce ? last - run.think() : last);
        return stop > time;
    }

    /** How many accesses of a processor begin before all have to stop. */
    private long begun(int number) {
        long spare = stop - start[number];
        return spare <= 0 ? 0 : (spare - 1) / step[number] + 1;
    }

    /**
     * All stop where the first has to. Answers the accesses until then, 0 if it is not worth it.
     */
    int agree() {
        int all = 0;
        for (int number = 0; number < hits.length; number++) {
            hits[number] = hits[number] == 0 ? 0 : (int) Math.min(hits[number], begun(number));
            all += hits[number];
        }
        ahead = Math.clamp(2L * all, LEAST_AHEAD, MOST_AHEAD);
        return joined < 2 || all < 2 ? 0 : all;
    }

    /** Runs the accesses of a processor. Answers the ticks that they take. */
    long run(int number, Task task, ProgramRun run) {
        int count = hits[number];
        AccessBlock block = run.block();
        if (count == 0 || block == null) {
            return 0;
        }
        Mmu mmu = cpus.all().get(number).mmu();
        int from = run.next();
        int to = from + count;
        if (mmu.runHits(block, from, to, watched ? frames[number] : null) != to) {
            throw new IllegalStateException("SideBySide: what was a hit is none");
        }
        long thinking = count * run.think() - run.thought();
        accounts.settle(task, mmu, count, count);
        accounts.kinds(task, block.words(), from, to);
        accounting.spend(task, Counter.THINK_TICKS, thinking);
        run.act();
        run.reach(to);
        return thinking + count * hitTicks;
    }

    /** Tells the policy of all that was run, in the order of the clocks. */
    void tell() {
        if (!watched) {
            return;
        }
        Arrays.fill(told, 0);
        int all = 0;
        for (int first = first(); first >= 0; first = first()) {
            order[all++] = frames[first][told[first]++];
            start[first] += step[first];
        }
        policy.onAccess(order, all);
    }

    /** The processor whose next access that the policy has not been told of begins first; or -1. */
    private int first() {
        int first = -1;
        for (int number = 0; number < hits.length; number++) {
            boolean more = told[number] < hits[number];
            if (more && (first < 0 || start[number] < start[first])) {
                first = number;
            }
        }
        return first;
    }
}
