package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Story;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs accesses: the one engine behind single accesses, batches and traces.
 *
 * <p>An access that the TLB answers runs in {@link Mmu#runHits} and allocates nothing; such
 * accesses are counted together before anything else is. Those that are explained, that carry bytes
 * or that name their process run one by one. Everything rare is in {@link FaultLoop}: the fault,
 * the kernel, and the access once more.
 */
final class Processor {

    private final Cpus cpus;

    /** The MMU of the processor that runs the accesses. */
    private Mmu mmu;

    private final PhysicalMemory memory;
    private final Tasks tasks;
    private final Accounting accounting;
    private final Story story;
    private final AccessAccounting accounts;
    private final Kernel kernel;
    private final FaultLoop faults;
    private final ReferenceFeed references;
    private final Reclaim reclaim;
    private final PageDaemon daemon;

    /** Whether the references that hit are told of too. */
    private final boolean watched;

    /** Whether anything is done in the background. */
    private final boolean background;

    private final long offsetMask;

    /** The last address that the tables can be asked for; beyond it is nothing. */
    private final long lastAddress;

    /** The ticks of the clock among what was run last, and whether one changed anything. */
    private int clockTicks;

    private boolean ticked;

    Processor(
            Parts parts,
            Kernel kernel,
            FaultLoop faults,
            ReferenceFeed references,
            Reclaim reclaim,
            PageDaemon daemon) {
        this.cpus = parts.cpus();
        this.mmu = cpus.here().mmu();
        this.memory = parts.memory();
        this.tasks = parts.tasks();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.accounts = new AccessAccounting(parts);
        this.kernel = kernel;
        this.faults = faults;
        this.references = references;
        this.watched = references.isWatched();
        this.reclaim = reclaim;
        this.daemon = daemon;
        this.background = parts.spec().paging().isActive();
        this.offsetMask = parts.spec().pageSize() - 1;
        this.lastAddress = parts.spec().lastAddress();
    }

    /** What was explained is over: what other commands evict is not part of it. */
    void explainNothing() {
        faults.explain(false);
        reclaim.explain(false);
    }

    /**
     * Issues a block's accesses in order, from one place to before another or to the first fatal
     * signal. {@code first} makes those of a block that names no process for each. The answer
     * counts those made now, and says at which place of the block it stopped.
     */
    Outcome.Accessed run(
            @Nullable Task first, AccessBlock block, int from, int to, boolean explain) {
        if (from == to) {
            return new Outcome.Accessed(0, 0, false, List.of(), null);
        }
        faults.explain(explain);
        if (from == 0) {
            reclaim.explain(explain); // of all of the block together only so much is explained
        }
        clockTicks = 0;
        ticked = false;
        List<AccessResult> results = explain ? new ArrayList<>(to - from) : List.of();
        boolean careful = explain || block.hasPids() || block.hasCpus() || block.hasStores();
        long[] words = block.words();
        Task task = first;
        references.beginBlock(0);
        int begin = from;
        for (; begin < to && AccessBlock.op(words[begin]) == Op.TICK; begin++) {
            tick(results, explain); // before the process comes to run
        }
        if (task != null && begin < to) {
            dispatch(task, block, begin);
        }
        int settled = begin; // those before are counted, and those before the next by kind too
        int counted = begin;
        int unseen = careful ? 0 : to;
        for (int i = references.runHits(mmu, block, begin, unseen);
                i < to;
                i = references.runHits(mmu, block, i + 1, unseen)) {
            if (AccessBlock.op(words[i]) == Op.TICK) {
                accounts.settle(task, mmu, i - settled, i - settled);
                accounts.kinds(task, words, counted, i);
                settled = i + 1;
                counted = i + 1;
                tick(results, explain);
                continue;
            }
            if (careful && isElsewhere(task, block, i)) {
                accounts.settle(task, mmu, i - settled, i - settled);
                accounts.kinds(task, words, counted, i);
                settled = i;
                counted = i;
                if (block.hasPids()) {
                    Outcome.NoProcess missing = tasks.missing(block.pid(i));
                    if (missing != null) {
                        return issued(i - from, results, new Outcome.Stop(i, missing));
                    }
                    task = tasks.get(block.pid(i));
                }
                dispatch(task, block, i);
            }
            long word = words[i];
            int op = AccessBlock.op(word);
            long address = AccessBlock.address(word);
            long start = explain ? accounting.now() : 0;
            boolean missed = false;
            int size = block.size(i);
            if (explain) {
                story.begin(address);
                story.translation().tries(mmu, address, size, op);
            }
            int frame = address > lastAddress ? Mmu.PAGE_FAULT : mmu.access(address, size, op);
            boolean plain = (frame & Mmu.NOT_PLAIN) == 0;
            if (explain) {
                story.translation().tried(address, frame);
                story.translation().reaches(frame, address, op);
            }
            if (frame < 0) {
                missed = accounts.settle(task, mmu, i + 1 - settled, i - settled);
                settled = i + 1;
                frame = faults.complete(current(task), address, size, op, frame);
            } else if (!plain) {
                frame = faults.firstWrite(current(task), address, frame);
            }
            if (watched) {
                references.at(i);
                references.tell(frame);
            }
            if (careful && frame >= 0 && block.stores(i)) {
                frame = store(current(task), block, i, frame);
            }
            boolean backgroundNext = background && !plain;
            if ((explain || backgroundNext) && settled <= i) {
                missed = accounts.settle(task, mmu, i + 1 - settled, i + 1 - settled);
                settled = i + 1;
            }
            Long value = explain ? value(block, i, frame) : null;
            if (backgroundNext) { // the access is whole: from now on its page may leave
                daemon.throttle(current(task));
                daemon.work(current(task));
            }
            if (explain) {
                results.add(explanation(block, i, frame, value, missed, accounting.now() - start));
            }
            if (frame == FaultLoop.ENDED) {
                accounts.settle(task, mmu, i + 1 - settled, i + 1 - settled);
                accounts.kinds(task, words, counted, i + 1);
                return issued(i + 1 - from, results, new Outcome.Stop(i, null));
            }
        }
        accounts.settle(task, mmu, to - settled, to - settled);
        accounts.kinds(task, words, counted, to);
        return issued(to - from, results, null);
    }

    /** What came of so many accesses and ticks of a block. */
    private Outcome.Accessed issued(
            int made, List<AccessResult> results, Outcome.@Nullable Stop stopped) {
        return new Outcome.Accessed(made - clockTicks, clockTicks, ticked, results, stopped);
    }

    /** The clock interrupt, which takes no time and is nobody's. */
    private void tick() {
        clockTicks++;
        ticked |= reclaim.tick();
    }

    private void tick(List<AccessResult> results, boolean explain) {
        tick();
        if (explain) {
            results.add(AccessResult.TICK);
        }
    }

    /** Whether an access is of another process than the one before, or on another processor. */
    private boolean isElsewhere(@Nullable Task task, AccessBlock block, int at) {
        return task == null
                || block.hasPids() && task.pid() != block.pid(at)
                || block.hasCpus() && cpu(task, block, at) != cpus.here().number();
    }

    private int cpu(Task task, AccessBlock block, int at) {
        int wish = block.cpu(at);
        return wish < 0 ? cpus.homeOf(task) : wish;
    }

    private void dispatch(@Nullable Task task, AccessBlock block, int at) {
        Task next = current(task);
        kernel.dispatch(next, cpu(next, block, at));
        mmu = cpus.here().mmu();
        references.turn(next);
    }

    /** The process that makes an access; a block of accesses has one at each. */
    private static Task current(@Nullable Task task) {
        if (task == null) {
            throw new IllegalStateException("Processor: an access of no process");
        }
        return task;
    }

    /** Stores the bytes an access carries. Answers its frame, or how its process was signalled. */
    private int store(Task task, AccessBlock block, int at, int frame) {
        long address = AccessBlock.address(block.words()[at]);
        int size = block.size(at);
        return memory.write(frame, address & offsetMask, size, block.value(at))
                ? frame
                : faults.outOfContent(task, address, size);
    }

    /** What a completed access has read or stored, or null. */
    private @Nullable Long value(AccessBlock block, int at, int frame) {
        long word = block.words()[at];
        int size = block.size(at);
        if (frame >= 0 && AccessBlock.op(word) == Op.READ) {
            return memory.read(frame, AccessBlock.address(word) & offsetMask, size);
        }
        return frame >= 0 && block.stores(at)
                ? block.value(at) & (size == 8 ? -1L : (1L << 8 * size) - 1)
                : null;
    }

    private AccessResult explanation(
            AccessBlock block,
            int at,
            int frame,
            @Nullable Long value,
            boolean missed,
            long ticks) {
        long word = block.words()[at];
        AccessResult.TlbOutcome outcome =
                !cpus.isPresent()
                        ? AccessResult.TlbOutcome.ABSENT
                        : missed ? AccessResult.TlbOutcome.MISS : AccessResult.TlbOutcome.HIT;
        List<Fault> met = faults.takeFaults();
        Signal got = frame < 0 ? faults.signal() : null;
        return new AccessResult(
                AccessBlock.op(word),
                AccessBlock.address(word),
                block.size(at),
                outcome,
                met,
                frame < 0 ? FrameTable.NONE : frame,
                value,
                got,
                ticks,
                story.take());
    }
}
