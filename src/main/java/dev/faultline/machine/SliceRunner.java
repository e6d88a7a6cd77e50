package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;

import java.util.Objects;

/** Runs a part of a process's turn, for the {@link Scheduler}. */
final class SliceRunner {

    private final Cpus cpus;

    /** The MMU of the processor that runs the slice. */
    private Mmu mmu;

    private final MachineSpec spec;
    private final Accounting accounting;
    private final AccessAccounting accounts;
    private final Kernel kernel;
    private final FaultLoop faults;
    private final ReferenceFeed references;
    private final Reclaim reclaim;
    private final PageDaemon daemon;

    /** Whether anything is done in the background. */
    private final boolean background;

    /** What an access takes that the TLB answers, or the segment's descriptor. */
    private final long hitTicks;

    /** The last address that the tables can be asked for; beyond it is nothing. */
    private final long lastAddress;

    private final Slice slice = new Slice();

    /** Whether the kernel had to do with the last access. */
    private boolean kernelWasIn;

    SliceRunner(
            Parts parts,
            Kernel kernel,
            FaultLoop faults,
            ReferenceFeed references,
            Reclaim reclaim,
            PageDaemon daemon) {
        this.cpus = parts.cpus();
        this.mmu = cpus.here().mmu();
        this.spec = parts.spec();
        this.accounting = parts.accounting();
        this.accounts = new AccessAccounting(parts);
        this.kernel = kernel;
        this.faults = faults;
        this.references = references;
        this.reclaim = reclaim;
        this.daemon = daemon;
        this.background = spec.paging().isActive();
        Costs costs = spec.costs();
        this.hitTicks =
                costs.memoryReference() * (1 + spec.translation().hitReferences())
                        + (cpus.isPresent() ? costs.tlbLookup() : 0);
        this.lastAddress = spec.lastAddress();
    }

    /** What lets processors go on together while nothing but their TLBs has to do with it. */
    SideBySide sideBySide(Parts parts) {
        boolean watched = references.isWatched();
        boolean plain = references.isPlain() && !spec.replacement().needsFuture();
        return new SideBySide(parts, !watched || plain, watched, hitTicks);
    }

    /**
     * Runs a process's accesses from its next one to below a place in its block, each after its
     * thinking, until its turn or the time is over, an access needs the disk or ends the process,
     * or the run has come to what it is for. Only an access under way goes beyond the end; thinking
     * stops there, and goes on another time.
     *
     * @param cpu the processor
     * @param time the processor's clock
     * @param to a place in the block, not beyond its end
     * @param left ticks of the turn, the switch to the process not counted
     * @param limit ticks in all
     */
    Slice run(Task task, int cpu, long time, int to, long left, long limit, Command.Run until) {
        ProgramRun run = RunQueue.program(task);
        AccessBlock block = Objects.requireNonNull(run.block());
        references.beginSlice(task, run.base(), run.next());
        faults.explain(false);
        reclaim.explain(false);
        slice.begin();
        long begun = accounting.now();
        long disk = diskTicks();
        long switching = accounting.total().get(Counter.SWITCH_TICKS);
        kernel.dispatch(task, cpu);
        mmu = cpus.here().mmu();
        long switched = accounting.total().get(Counter.SWITCH_TICKS) - switching;
        if (background && accounting.now() > begun && diskTicks() == disk) {
            daemon.work(task, time + accounting.now() - begun);
        }
        long think = run.think();
        long turnEnd = begun + switched + left;
        long end = begun + Math.min(limit, switched + left + 1);
        Counter watchedFor = until.counter();
        boolean met = false;
        boolean ended = false;
        int at = run.next();
        int counted = at;
        while (at < to && diskTicks() == disk && !ended && !met) {
            if (run.thought() == 0) {
                long most = hitsBefore(end - accounting.now(), think);
                most = Math.min(most, hitsInTurn(turnEnd - accounting.now(), think));
                int next = references.runHits(mmu, block, at, (int) Math.min(to, at + most));
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
            int frame = one(task, block, at);
            ended = frame == FaultLoop.ENDED;
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
        long diskTicks = diskTicks() - disk;
        slice.end(at, accounting.now() - begun - diskTicks, switched, diskTicks);
        return slice;
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

    /**
     * Makes one access, whatever it takes. Answers its frame, or how it ended in a signal ({@link
     * FaultLoop}); and notes whether the kernel had to do with it.
     */
    private int one(Task task, AccessBlock block, int at) {
        references.at(at);
        long word = block.words()[at];
        int op = AccessBlock.op(word);
        long address = AccessBlock.address(word);
        int size = block.size(at);
        int frame = address > lastAddress ? Mmu.PAGE_FAULT : mmu.access(address, size, op);
        kernelWasIn = (frame & Mmu.NOT_PLAIN) != 0;
        if (frame >= 0) {
            frame = kernelWasIn ? faults.firstWrite(task, address, frame) : frame;
            accounts.settle(task, mmu, 1, 1);
        } else {
            accounts.settle(task, mmu, 1, 0);
            frame = faults.complete(task, address, size, op, frame);
        }
        if (references.isWatched()) {
            references.tell(frame);
        }
        if (background && kernelWasIn) {
            daemon.throttle(task);
        }
        return frame;
    }

    private void tick() {
        slice.tick();
        reclaim.tick();
    }

    private long diskTicks() {
        return accounting.total().get(Counter.STORE_TICKS)
                + accounting.total().get(Counter.FILE_TICKS);
    }
}
