package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs accesses: the one engine behind single accesses, batches and traces.
 *
 * <p>An access that the TLB answers runs in {@link Mmu#runHits} and allocates nothing; such
 * accesses are counted together before anything else is. Those that are explained, that carry bytes
 * or that name their process run one by one. Everything rare is in {@link #complete}: the fault,
 * the kernel, and the access once more.
 */
final class Processor {

    /** No access meets more faults than this; more would be a kernel that mends nothing. */
    private static final int MAX_FAULTS = 16;

    private static final int SIGNALLED = -1;

    /** The policy hears of this many hits at a time. */
    private static final int HITS = 1024;

    private final Cpus cpus;

    /** The MMU of the processor that runs the accesses. */
    private Mmu mmu;

    private final PhysicalMemory memory;
    private final Kernel kernel;
    private final Unmapper unmapper;
    private final FaultHandler handler;
    private final @Nullable Segments segments;
    private final TlbTraps traps;
    private final HandlerRunner runner;
    private final int handlerTries;
    private final Reclaim reclaim;
    private final ReplacementPolicy policy;
    private final PageDaemon daemon;
    private final @Nullable WorkingSetMeter meter;

    /** Whether anything is done in the background. */
    private final boolean background;

    private final NextUseFeed future;
    private final AccessAccounting accounts;

    /** Whether the policy hears of every access, and the frames of those on their way to it. */
    private final boolean watched;

    private final int[] hitFrames;

    /** The place of a block's first access among those that the policy foresees. */
    private int base;

    private final Tasks tasks;
    private final FrameTable frames;

    /** Whether a TLB may answer with a frame that no page table names any more. */
    private final boolean stale;

    private final Accounting accounting;
    private final MachineSpec spec;
    private final Costs costs;

    /** What an access takes that the TLB answers, or the segment's descriptor. */
    private final long hitTicks;

    private final int offsetBits;
    private final long offsetMask;

    /** The last address that the tables can be asked for; beyond it is nothing. */
    private final long lastAddress;

    /** The signal of the access that {@link #complete} answered {@link #SIGNALLED} for. */
    private @Nullable Signal signal;

    private boolean ended;

    /** The ticks of the clock among what was run last, and whether one changed anything. */
    private int clockTicks;

    private boolean ticked;
    private long sliceTicks;
    private long sliceSwitchTicks;
    private long sliceDiskTicks;

    /** Why the last run of a process's handler stopped half-way, or null. */
    private @Nullable String handlerTrouble;

    /** The faults of the current access, if they are to be explained. */
    private final List<Fault> faults = new ArrayList<>();

    private boolean explaining;

    Processor(
            Parts parts,
            Kernel kernel,
            Unmapper unmapper,
            FaultHandler handler,
            @Nullable Segments segments,
            TlbTraps traps,
            HandlerRunner runner,
            Reclaim reclaim,
            ReplacementPolicy policy,
            NextUseFeed future,
            PageDaemon daemon,
            @Nullable WorkingSetMeter meter,
            Tasks tasks,
            Accounting accounting) {
        this.cpus = parts.cpus();
        this.mmu = cpus.here().mmu();
        this.frames = parts.frames();
        this.memory = parts.memory();
        this.kernel = kernel;
        this.unmapper = unmapper;
        this.handler = handler;
        this.segments = segments;
        this.traps = traps;
        this.runner = runner;
        this.handlerTries = parts.spec().limits().handlerTries();
        this.reclaim = reclaim;
        this.policy = policy;
        this.daemon = daemon;
        this.background = parts.spec().paging().isActive();
        this.stale = cpus.mayBeStale();
        this.future = future;
        this.accounts = new AccessAccounting(parts, accounting);
        this.meter = meter;
        this.watched = policy.watchesReferences() || meter != null;
        this.hitFrames = new int[watched ? HITS : 0];
        this.tasks = tasks;
        this.accounting = accounting;
        this.costs = parts.spec().costs();
        this.spec = parts.spec();
        this.hitTicks =
                costs.memoryReference() * (1 + spec.translation().hitReferences())
                        + (cpus.isPresent() ? costs.tlbLookup() : 0);
        this.offsetBits = spec.offsetBits();
        this.offsetMask = parts.spec().pageSize() - 1;
        this.lastAddress = parts.spec().lastAddress();
    }

    /** Tells the policy what is to come, if it wants to know. */
    void foresee(@Nullable Task first, AccessBlock block) {
        future.tell(first, block);
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
        explaining = explain;
        if (from == 0) {
            reclaim.explain(explain); // of all of the block together only so much is explained
        }
        clockTicks = 0;
        ticked = false;
        List<AccessResult> results = explain ? new ArrayList<>(to - from) : List.of();
        boolean careful = explain || block.hasPids() || block.hasCpus() || block.hasStores();
        long[] words = block.words();
        Task task = first;
        base = 0;
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
        for (int i = runHits(block, begin, unseen); i < to; i = runHits(block, i + 1, unseen)) {
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
                    Outcome.NoProcess missing = missing(block.pid(i));
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
            int frame = address > lastAddress ? Mmu.PAGE_FAULT : mmu.access(address, size, op);
            boolean plain = (frame & Mmu.NOT_PLAIN) == 0;
            if (frame < 0) {
                missed = accounts.settle(task, mmu, i + 1 - settled, i - settled);
                settled = i + 1;
                frame = complete(task, address, size, op, frame);
            } else if (!plain) {
                frame = firstWrite(task, address, frame);
            }
            if (watched) {
                policy.at(base + i);
                tell(frame);
            }
            if (careful && frame >= 0 && block.stores(i)) {
                frame = store(task, block, i, frame);
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
            if (frame < 0 && ended) {
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

    /**
     * Runs a process's accesses from its next one to below a place in a block, each after its
     * thinking, until its turn or the time is over, an access needs the disk or ends the process,
     * or the run has come to what it is for. Only an access under way goes beyond the end; thinking
     * stops there, and goes on another time. Answers the place of the first access that was not
     * made.
     *
     * @param left ticks of the turn, the switch to the process not counted
     * @param limit ticks in all
     * @param time the processor's clock
     */
    int runSlice(
            Task task,
            ProgramRun run,
            AccessBlock block,
            int to,
            long left,
            long limit,
            int cpu,
            long time,
            Command.Run until) {
        base = run.base();
        policy.turn(task.asid());
        policy.at(base + run.next());
        if (meter != null) {
            meter.turn(task);
        }
        explaining = false;
        reclaim.explain(false);
        ended = false;
        clockTicks = 0;
        long begun = accounting.now();
        long disk = diskTicks();
        long switching = accounting.total().get(Counter.SWITCH_TICKS);
        kernel.dispatch(task, cpu);
        mmu = cpus.here().mmu();
        sliceSwitchTicks = accounting.total().get(Counter.SWITCH_TICKS) - switching;
        if (background && accounting.now() > begun && diskTicks() == disk) {
            daemon.work(task, time + accounting.now() - begun);
        }
        long think = run.think();
        long turnEnd = begun + sliceSwitchTicks + left;
        long end = begun + Math.min(limit, sliceSwitchTicks + left + 1);
        Counter watchedFor = until.counter();
        boolean met = false;
        int at = run.next();
        int counted = at;
        while (at < to && diskTicks() == disk && !ended && !met) {
            if (run.thought() == 0) {
                long most = hitsBefore(end - accounting.now(), think);
                most = Math.min(most, hitsInTurn(turnEnd - accounting.now(), think));
                int next = runHits(block, at, (int) Math.min(to, at + most));
                accounts.settle(task, mmu, next - at, next - at);
                accounting.spend(task, Counter.THINK_TICKS, (next - at) * think);
                at = next;
            }
            if (at < to && block.op(at) == Op.TICK && accounting.now() < Math.min(turnEnd, end)) {
                accounts.kinds(task, block.words(), counted, at);
                tick(); // at once: nobody thinks before it
                at++;
                counted = at;
                continue;
            }
            if (at == to || block.op(at) == Op.TICK || !think(task, run, turnEnd, end)) {
                break;
            }
            boolean kernelWasIn = one(task, block, at);
            if (background && kernelWasIn && diskTicks() == disk) {
                daemon.work(task, time + accounting.now() - begun);
            }
            at++;
            if (watchedFor != null) {
                accounts.kinds(task, block.words(), counted, at);
                counted = at;
                met = accounting.total().get(watchedFor) >= until.value();
            }
        }
        accounts.kinds(task, block.words(), counted, at);
        sliceDiskTicks = diskTicks() - disk;
        sliceTicks = accounting.now() - begun - sliceDiskTicks;
        return at;
    }

    /** How many accesses that hit, each after its thinking, begin before some ticks are over. */
    private long hitsBefore(long ticks, long think) {
        long spare = ticks - think;
        return spare <= 0
                ? 0
                : think + hitTicks == 0
                        ? Integer.MAX_VALUE
                        : Math.min(Integer.MAX_VALUE, (spare - 1) / (think + hitTicks) + 1);
    }

    /** The same in a turn, at whose end one that takes no time follows its thinking still. */
    private long hitsInTurn(long ticks, long think) {
        return hitTicks == 0 && think > 0
                ? Math.min(Integer.MAX_VALUE, Math.max(0, ticks) / think)
                : hitsBefore(ticks, think);
    }

    /**
     * Lets a process think before its next access, which follows if that is before the end and in
     * the turn. Answers whether it does. The two times are compared by what is left until then: the
     * clock may be at its own end.
     */
    private boolean think(Task task, ProgramRun run, long turnEnd, long end) {
        long now = accounting.now();
        long more = Math.min(run.think() - run.thought(), Math.min(turnEnd - now, end - now));
        if (more > 0) {
            accounting.spend(task, Counter.THINK_TICKS, more);
            run.think(more);
        }
        long leftOfTurn = turnEnd - accounting.now();
        boolean acts =
                run.thought() == run.think()
                        && end - accounting.now() > 0
                        && (leftOfTurn > 0 || leftOfTurn == 0 && isAtOnce(run));
        if (acts) {
            run.act();
        }
        return acts;
    }

    /** Whether a process has thought, and its next access takes no time if it hits. */
    boolean isAtOnce(ProgramRun run) {
        return hitTicks == 0 && run.think() > 0 && run.thought() == run.think();
    }

    /** What lets processors go on together while nothing but their TLBs has to do with it. */
    SideBySide sideBySide(Parts parts) {
        boolean plain = meter == null && !stale && !spec.replacement().needsFuture();
        return new SideBySide(parts, policy, !watched || plain, watched, hitTicks, accounting);
    }

    /** Makes one access, whatever it takes. Answers whether the kernel had to do with it. */
    private boolean one(Task task, AccessBlock block, int at) {
        policy.at(base + at);
        long word = block.words()[at];
        int op = AccessBlock.op(word);
        long address = AccessBlock.address(word);
        int size = block.size(at);
        int frame = address > lastAddress ? Mmu.PAGE_FAULT : mmu.access(address, size, op);
        boolean plain = (frame & Mmu.NOT_PLAIN) == 0;
        if (frame >= 0) {
            frame = plain ? frame : firstWrite(task, address, frame);
            accounts.settle(task, mmu, 1, 1);
        } else {
            accounts.settle(task, mmu, 1, 0);
            frame = complete(task, address, size, op, frame);
        }
        if (watched) {
            tell(frame);
        }
        if (background && !plain) {
            daemon.throttle(task);
        }
        return !plain;
    }

    private long diskTicks() {
        return accounting.total().get(Counter.STORE_TICKS)
                + accounting.total().get(Counter.FILE_TICKS);
    }

    /** The ticks of the clock, which are no accesses, in the last slice. */
    int sliceClockTicks() {
        return clockTicks;
    }

    /** The ticks of computing of the last slice. */
    long sliceTicks() {
        return sliceTicks;
    }

    /** The ticks of these that it took to switch to the process. */
    long sliceSwitchTicks() {
        return sliceSwitchTicks;
    }

    /** The ticks that the disk needs for the last slice. */
    long sliceDiskTicks() {
        return sliceDiskTicks;
    }

    /**
     * Runs accesses from a place on for as long as the TLB alone answers them. Answers the place of
     * the first that needs more, or of the end.
     */
    private int runHits(AccessBlock block, int from, int to) {
        if (!watched) {
            return mmu.runHits(block, from, to, null);
        }
        int start;
        int next = from;
        do {
            start = next;
            next = mmu.runHits(block, start, to, hitFrames);
            policy.at(base + start);
            tellPolicyOf(next - start);
        } while (next == start + hitFrames.length);
        return next;
    }

    private void tellPolicyOf(int hits) {
        int[] hit = hitFrames;
        if (stale || meter != null) {
            for (int i = 0; i < hits; i++) {
                tell(hit[i]);
            }
            return;
        }
        policy.referenced(hit, hits);
    }

    /** Says that an access reached a frame, which a stale entry may have named, or none. */
    private void tell(int frame) {
        boolean reached = frame >= 0 && (!stale || frames.isUsed(frame));
        if (reached) {
            policy.referenced(frame);
        }
        if (meter != null && reached) {
            meter.used(frame);
        } else if (meter != null) {
            meter.missed();
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
        if (meter != null) {
            meter.turn(next);
        }
    }

    /** Why a process can do nothing, or null. */
    Outcome.@Nullable NoProcess missing(int pid) {
        if (!tasks.has(pid)) {
            return new Outcome.NoProcess(pid, Outcome.NoProcess.Why.UNKNOWN);
        }
        Task task = tasks.get(pid);
        return task.isTerminated()
                ? new Outcome.NoProcess(pid, Outcome.NoProcess.Why.ENDED)
                : task.isBlocked()
                        ? new Outcome.NoProcess(pid, Outcome.NoProcess.Why.BLOCKED)
                        : null;
    }

    /**
     * Lets the kernel resolve a fault and runs the access again, until it succeeds or ends in a
     * signal. Answers its frame or {@link #SIGNALLED}.
     */
    private int complete(@Nullable Task running, long address, int size, int op, int answer) {
        Task task = current(running);
        ended = false;
        int next = answer;
        int handled = 0;
        for (int met = 0; next < 0; met++) {
            if (met == MAX_FAULTS) {
                throw new IllegalStateException("Processor: the kernel does not mend " + address);
            }
            accounting.spend(task, Counter.TRAP_TICKS, costs.trap());
            if (next == Mmu.TLB_MISS || next == Mmu.TLB_MODIFIED) {
                next = serveTlb(task, address, op, next);
                if (next != Mmu.PAGE_FAULT && next != Mmu.PROTECTION_FAULT) {
                    continue;
                }
            }
            Fault.Resolution resolution =
                    segments == null
                            ? handler.resolve(task, address, op)
                            : handler.resolveSegment(task, address, size, op);
            if (resolution == Fault.Resolution.SIGNAL) {
                if (!task.handles(handler.code())) {
                    note(task, address, op, next, resolution);
                    return raise(task, address, op);
                }
                if (handled == handlerTries) {
                    return giveUp(task, address, op, next);
                }
                handle(task, address, op, next);
                handled++;
                met = 0;
            }
            long resolved = accounting.now();
            int fault = next;
            next = mmu.rerun(address, size, op, fault);
            if (next == Mmu.TLB_MISS) { // the kernel loads what it has just mapped
                next = serveTlb(task, address, op, next);
            }
            if (resolution != Fault.Resolution.SIGNAL) {
                int frame = next < 0 ? frame(task, address) : next & ~Mmu.FIRST_WRITE;
                note(task, address, op, fault, resolution, resolved, frame);
            }
            accounts.walks(task, mmu);
        }
        if ((next & Mmu.FIRST_WRITE) != 0) {
            next = firstWrite(task, address, next);
        }
        accounting.spend(task, Counter.DATA_TICKS, costs.memoryReference());
        return next;
    }

    /** A copy in the store is out of date from now on. Answers the frame. */
    private int firstWrite(@Nullable Task task, long address, int answer) {
        int frame = answer & ~Mmu.FIRST_WRITE;
        if (segments == null) {
            unmapper.dirtied(current(task), address >>> offsetBits, frame);
        } else {
            segments.dirtied(current(task), address);
        }
        return frame;
    }

    /** The process that makes an access; a block of accesses has one at each. */
    private static Task current(@Nullable Task task) {
        if (task == null) {
            throw new IllegalStateException("Processor: an access of no process");
        }
        return task;
    }

    /**
     * The kernel serves a trap of the TLB that it manages, and the access runs again; or it is a
     * fault, which the kernel need not be told of a second time.
     */
    private int serveTlb(Task task, long address, int op, int trap) {
        long vpn = address >>> offsetBits;
        if (trap == Mmu.TLB_MODIFIED) {
            traps.modified(task, vpn);
            return mmu.rerun(address, 1, op, trap);
        }
        int fault = traps.refill(task, vpn, op);
        return fault == 0 ? mmu.rerun(address, 1, op, trap) : fault;
    }

    /** Lets the process mend its fault itself, once. */
    private void handle(Task task, long address, int op, int answer) {
        kernel.deliver(task, new Signal(handler.code(), address), op);
        note(task, address, op, answer, Fault.Resolution.HANDLED);
        handlerTrouble = runner.run(task, address);
    }

    /** The process's handler does not mend the fault: it ends. */
    private int giveUp(Task task, long address, int op, int answer) {
        handler.explain(
                "the handler did not mend the fault in "
                        + handlerTries
                        + " tries"
                        + (handlerTrouble == null ? "" : "; " + handlerTrouble));
        note(task, address, op, answer, Fault.Resolution.SIGNAL);
        accounting
                .events()
                .process(Event.Kind.HANDLER_FAILED, accounting.now(), task.pid(), EventLog.NONE);
        return raise(task, address, op);
    }

    /** The frame of an address by the page table, or none. */
    private int frame(Task task, long address) {
        long pte = address > lastAddress ? 0 : task.table().get(address >>> offsetBits);
        return Pte.isValid(pte) ? Pte.frame(pte) : FrameTable.NONE;
    }

    private void note(Task task, long address, int op, int answer, Fault.Resolution resolution) {
        note(task, address, op, answer, resolution, accounting.now(), frame(task, address));
    }

    /** Says that a fault was resolved at a time, after which its page was in a frame. */
    private void note(
            Task task,
            long address,
            int op,
            int answer,
            Fault.Resolution resolution,
            long tick,
            int frame) {
        Fault.Type type = answer == Mmu.PAGE_FAULT ? Fault.Type.PAGE : Fault.Type.PROTECTION;
        boolean major = handler.wasMajor();
        accounting.events().fault(tick, task.pid(), address, op, type, resolution, major, frame);
        if (explaining) {
            faults.add(
                    new Fault(
                            type,
                            resolution,
                            major,
                            reclaim.evictor().takeEviction(),
                            handler.why()));
        }
    }

    private int raise(Task task, long address, int op) {
        Signal sent = new Signal(handler.code(), address);
        signal = sent;
        ended = kernel.send(task, sent, op);
        return SIGNALLED;
    }

    /** Stores the bytes an access carries. Answers its frame or {@link #SIGNALLED}. */
    private int store(@Nullable Task task, AccessBlock block, int at, int frame) {
        long address = AccessBlock.address(block.words()[at]);
        if (memory.write(frame, address & offsetMask, block.size(at), block.value(at))) {
            return frame;
        }
        handler.outOfContent();
        return raise(current(task), address, Op.WRITE);
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
        List<Fault> met = List.copyOf(faults);
        faults.clear();
        Signal got = frame < 0 ? signal : null;
        return new AccessResult(
                AccessBlock.op(word),
                AccessBlock.address(word),
                block.size(at),
                outcome,
                met,
                frame,
                value,
                got,
                ticks);
    }
}
