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
 * What moving pages to and from the disk costs, and when it is done. The disk moves whole blocks: a
 * page larger than a block is several transfers, and a smaller one still a block. To write less
 * than a block, the disk has to read the block first (row P9).
 *
 * <p>It serves one request after the other. Who asks for a page waits for it; what is done in the
 * background is waited for only by who asks next. A client's own accesses wait in ticks; in a run
 * the {@link Scheduler} has a clock, and says when.
 */
final class Disk {

    /** The place of a transfer is not next to that of any other. */
    static final long ANYWHERE = -1;

    /** Bits of a page's number in a file; the slots of the store come before all files. */
    private static final int FILE_BITS = 40;

    /** A transfer, and its place in a queue that has grown. */
    private static final long HOST_BYTES_PER_TRANSFER = 48;

    private record Transfer(long ticks, boolean write) {}

    private final Accounting accounting;
    private final Costs costs;
    private final long blocks;
    private final boolean partial;

    /** A span of time in which the disk works without a break. */
    private record Work(long from, long to) {}

    /**
     * What the disk has still to do, in order: by the clock of the run, and between runs by that of
     * the accounting. Spans that touch are one.
     */
    private final Deque<Work> works = new ArrayDeque<>();

    /** When the writes of the background end that are under way. */
    private final Deque<Long> writes = new ArrayDeque<>();

    /** What the background wants of the disk and the disk has not been told of. */
    private final Queue<Transfer> wanted = new ArrayDeque<>();

    /** Whether the scheduler says when things are done. */
    private boolean inRun;

    private boolean background;

    /** The place after the last one that was moved, while a cluster is. */
    private long nextPlace = ANYWHERE;

    /** Ticks that the disk has worked while runs passed, and up to when they are counted. */
    private long worked;

    private long countedTo;

    /** Bytes of the host's memory that what is under way takes. */
    long hostBytes() {
        return HOST_BYTES_PER_TRANSFER * (writes.size() + wanted.size() + works.size());
    }

    /** Bytes of the host's memory that so many transfers more may need. */
    static long growth(long transfers) {
        return HOST_BYTES_PER_TRANSFER * transfers;
    }

    Disk(MachineSpec spec, Accounting accounting) {
        this.accounting = accounting;
        this.costs = spec.costs();
        this.blocks = Math.max(1, spec.pageSize() / spec.blockSize());
        this.partial = spec.pageSize() < spec.blockSize();
    }

    /** A page is read from a slot of the store. */
    void swapIn(Task task, long slot) {
        read(task, Counter.SWAP_INS, Counter.STORE_TICKS, seek(slot), costs.swapIn());
    }

    /** A page is written to a slot of the store. */
    void swapOut(Task task, long slot) {
        write(
                task,
                Counter.SWAP_OUTS,
                Counter.STORE_TICKS,
                seek(slot),
                costs.swapIn(),
                costs.swapOut());
    }

    /** A page of a file is read. */
    void fileIn(Task task, int file, long page) {
        long seek = seek(placeOf(file, page));
        read(task, Counter.FILE_INS, Counter.FILE_TICKS, seek, costs.fileIn());
    }

    /** A page of a file is written. */
    void fileOut(Task task, int file, long page) {
        write(
                task,
                Counter.FILE_OUTS,
                Counter.FILE_TICKS,
                seek(placeOf(file, page)),
                costs.fileIn(),
                costs.fileOut());
    }

    /** Where on the disk a page of a file is: each file is in one piece. */
    static long placeOf(int file, long page) {
        return ((file + 1L) << FILE_BITS) | page;
    }

    /**
     * What follows is in the background, until {@link #foreground}: neighbours are moved without
     * looking for the place of each, the first too if it is at the place where the disk is.
     */
    void background(long place) {
        background = true;
        nextPlace = place;
    }

    /** What follows is waited for; between runs the disk is told of the rest at once. */
    void foreground() {
        background = false;
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

    /** Tells the disk at a time what the background wants of it. */
    void flush(long time) {
        while (!wanted.isEmpty()) {
            Transfer next = wanted.remove();
            long end = queue(time, next.ticks());
            if (next.write()) {
                writes.add(end);
            }
        }
    }

    /** The disk is asked at a time for so many ticks. Answers when it has done that. */
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

    /** Pages on their way out in the background at a time; those that are out are forgotten. */
    int inFlight(long time) {
        while (!writes.isEmpty() && writes.element() <= time) {
            writes.remove();
        }
        return writes.size() + wanted.size();
    }

    /** Pages on their way out between runs, when nothing is wanted that it has not been told. */
    int inFlight() {
        return (int) writes.stream().filter(end -> end > accounting.now()).count();
    }

    /** Ticks that the disk has worked while runs passed. */
    long worked() {
        return worked;
    }

    /** Counts what the disk has done by a time of a run. */
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

    /** A run begins, whose clock stands at a time. What is under way goes on. */
    void beginRun(long time) {
        shift(time - accounting.now());
        countedTo = time;
        inRun = true;
    }

    /** A run has ended, whose clock stands at a time. */
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

    /** The history of the machine is forgotten; nothing is under way. */
    void forget() {
        works.clear();
        writes.clear();
        worked = 0;
    }

    /** What is still to be done is saved, from now on; what was done by now leaves no trace. */
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
