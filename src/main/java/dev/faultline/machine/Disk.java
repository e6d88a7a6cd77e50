package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;

/**
 * What moving pages to and from the disk costs, and when a transfer is done. The disk moves whole
 * blocks: a page larger than a block takes several transfers, and a smaller page still takes one
 * block. To write less than a block, the disk first reads the block (row P9).
 *
 * <p>The disk serves one request at a time. A process that asks for a page waits for it. Background
 * work delays only the next process that asks. A client's own accesses wait in ticks; in a run the
 * {@link Scheduler} has a clock and decides when a process continues.
 */
final class Disk {

    /** Stands for a place that is next to no other. */
    static final long ANYWHERE = -1;

    /**
     * The bits of a page number within a file. On the disk, the store's slots come before all
     * files.
     */
    private static final int FILE_BITS = 40;

    /** Host bytes of a transfer and its place in a queue. */
    private static final long HOST_BYTES_PER_TRANSFER = 48;

    private record Transfer(long ticks, boolean write) {}

    private final Accounting accounting;
    private final Costs costs;
    private final long blocks;
    private final boolean partial;

    /** A span of time in which the disk works without a break. */
    private record Work(long from, long to) {}

    /**
     * The work that the disk still has to do, in order: by the clock of the run, and between runs
     * by the clock of the accounting. Adjacent spans are joined.
     */
    private final Deque<Work> works = new ArrayDeque<>();

    /** When the outstanding background writes end. */
    private final Deque<Long> writes = new ArrayDeque<>();

    /** Background transfers that the disk was not asked for yet. */
    private final Queue<Transfer> wanted = new ArrayDeque<>();

    /** Whether the scheduler decides when transfers are done. */
    private boolean inRun;

    private boolean background;

    /** The place after the last one transferred, during a sequence of neighbours. */
    private long nextPlace = ANYWHERE;

    /** Ticks that the disk worked during runs, and the time up to which they are counted. */
    private long worked;

    private long countedTo;

    /** Host bytes of the work under way. */
    long hostBytes() {
        return HOST_BYTES_PER_TRANSFER * (writes.size() + wanted.size() + works.size());
    }

    /** The most host memory, in bytes, that this many more transfers need. */
    static long growth(long transfers) {
        return HOST_BYTES_PER_TRANSFER * transfers;
    }

    Disk(MachineSpec spec, Accounting accounting) {
        this.accounting = accounting;
        this.costs = spec.costs();
        this.blocks = Math.max(1, spec.pageSize() / spec.blockSize());
        this.partial = spec.pageSize() < spec.blockSize();
    }

    /** Reads a page from a slot of the store. */
    void swapIn(Task task, long slot) {
        read(task, Counter.SWAP_INS, Counter.STORE_TICKS, seek(slot), costs.swapIn());
    }

    /** Writes a page to a slot of the store. */
    void swapOut(Task task, long slot) {
        write(
                task,
                Counter.SWAP_OUTS,
                Counter.STORE_TICKS,
                seek(slot),
                costs.swapIn(),
                costs.swapOut());
    }

    /** Reads a page of a file. */
    void fileIn(Task task, int file, long page) {
        long seek = seek(placeOf(file, page));
        read(task, Counter.FILE_INS, Counter.FILE_TICKS, seek, costs.fileIn());
    }

    /** Writes a page of a file. */
    void fileOut(Task task, int file, long page) {
        write(
                task,
                Counter.FILE_OUTS,
                Counter.FILE_TICKS,
                seek(placeOf(file, page)),
                costs.fileIn(),
                costs.fileOut());
    }

    /** Where a page of a file is on the disk. Each file is contiguous. */
    static long placeOf(int file, long page) {
        return ((file + 1L) << FILE_BITS) | page;
    }

    /**
     * Makes what follows background work, until {@link #foreground}. Neighbours are transferred
     * without a seek for each, and the first one too if the disk is already at {@code place}.
     */
    void background(long place) {
        background = true;
        nextPlace = place;
        accounting.story().inBackground(true);
    }

    /**
     * Makes what follows foreground work again. Between runs the disk is asked for the background
     * transfers at once.
     */
    void foreground() {
        background = false;
        accounting.story().inBackground(false);
        if (!inRun) {
            flush(accounting.now());
        }
    }

    private long seek(long place) {
        boolean near = background && place != ANYWHERE && place == nextPlace;
        nextPlace = place + 1;
        return near ? 0 : costs.seek();
    }

    private void read(Task task, Counter pages, Counter on, long seek, long cost) {
        accounting.count(task, pages);
        accounting.count(task, Counter.BLOCK_READS, blocks);
        take(task, on, seek + blocks * cost, false);
    }

    private void write(Task task, Counter pages, Counter on, long seek, long readCost, long cost) {
        accounting.count(task, pages);
        long before = 0;
        if (partial) {
            accounting.count(task, Counter.BLOCK_READS);
            before = readCost;
        }
        accounting.count(task, Counter.BLOCK_WRITES, blocks);
        take(task, on, before + seek + blocks * cost, true);
    }

    private void take(Task task, Counter on, long ticks, boolean write) {
        if (background) {
            accounting.count(task, Counter.BACKGROUND_DISK, ticks);
            wanted.add(new Transfer(ticks, write));
            return;
        }
        Work last = works.peekLast();
        if (!inRun && last != null && last.to() > accounting.now()) {
            accounting.spend(task, Counter.DISK_WAIT_TICKS, last.to() - accounting.now());
        }
        accounting.spend(task, on, ticks);
    }

    /** Asks the disk, at this time, for the background transfers. */
    void flush(long time) {
        while (!wanted.isEmpty()) {
            Transfer next = wanted.remove();
            long end = queue(time, next.ticks());
            if (next.write()) {
                writes.add(end);
            }
        }
    }

    /** Asks the disk, at this time, for {@code ticks} of work. Returns when it will be done. */
    long queue(long time, long ticks) {
        Work first = works.peekFirst();
        while (!inRun && first != null && first.to() <= time) {
            works.removeFirst();
            first = works.peekFirst();
        }
        Work last = works.peekLast();
        long from = last == null ? time : Math.max(time, last.to());
        if (ticks > 0) {
            boolean touches = last != null && last.to() == from;
            long begun = touches ? works.removeLast().from() : from;
            works.addLast(new Work(begun, from + ticks));
        }
        return from + ticks;
    }

    /** The number of outstanding background writes at this time; finished ones are forgotten. */
    int inFlight(long time) {
        while (!writes.isEmpty() && writes.element() <= time) {
            writes.remove();
        }
        return writes.size() + wanted.size();
    }

    /** The number of outstanding background writes between runs. */
    int inFlight() {
        return (int) writes.stream().filter(end -> end > accounting.now()).count();
    }

    /** Ticks that the disk worked during runs. */
    long worked() {
        return worked;
    }

    /** Counts the disk's work up to a time of a run. */
    void settle(long time) {
        Work first = works.peekFirst();
        while (first != null && first.from() < time) {
            worked += Math.max(0, Math.min(first.to(), time) - Math.max(first.from(), countedTo));
            if (first.to() > time) {
                break;
            }
            works.removeFirst();
            first = works.peekFirst();
        }
        countedTo = time;
    }

    /** Begins a run whose clock shows this time. Work under way continues. */
    void beginRun(long time) {
        shift(time - accounting.now());
        countedTo = time;
        inRun = true;
    }

    /** Ends a run whose clock shows this time. */
    void endRun(long time) {
        settle(time);
        shift(accounting.now() - time);
        inRun = false;
    }

    private void shift(long ticks) {
        for (int left = works.size(); left > 0; left--) {
            Work work = works.removeFirst();
            works.addLast(new Work(work.from() + ticks, work.to() + ticks));
        }
        for (int left = writes.size(); left > 0; left--) {
            writes.addLast(writes.removeFirst() + ticks);
        }
    }

    /** Drops all work and clears the counts. */
    void forget() {
        works.clear();
        writes.clear();
        worked = 0;
    }

    /** Saves the work still to be done, relative to now; finished work leaves no trace. */
    void save(StateWriter out) {
        long now = accounting.now();
        List<Work> ahead = works.stream().filter(work -> work.to() > now).toList();
        out.writeInt(ahead.size());
        for (Work work : ahead) {
            out.writeLong(Math.max(0, work.from() - now));
            out.writeLong(work.to() - now);
        }
        out.writeInt(inFlight());
        writes.stream().filter(end -> end > now).forEach(end -> out.writeLong(end - now));
        out.writeLong(worked);
    }

    void load(StateReader in) {
        long now = accounting.now();
        for (int left = in.readInt(); left > 0; left--) {
            works.addLast(new Work(now + in.readLong(), now + in.readLong()));
        }
        for (int left = in.readInt(); left > 0; left--) {
            writes.addLast(now + in.readLong());
        }
        worked = in.readLong();
    }
}
