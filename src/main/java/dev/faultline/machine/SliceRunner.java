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

    /** Whether there is background work. */
    private final boolean background;

    /** The cost of an access that the TLB, or the segment's descriptor, answers. */
    private final long hitTicks;

    /** The last address that the tables can be asked for. */
    private final long lastAddress;

    private final Slice slice = new Slice();

    /** Whether the last access involved the kernel. */
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

    /** Lets processors run side by side as long as only their TLBs are involved. */
    SideBySide sideBySide(Parts parts) {
        boolean watched = references.isWatched();
        boolean plain = references.isPlain() && !spec.replacement().needsFuture();
        return new SideBySide(parts, !watched || plain, watched, hitTicks);
    }

    /**
     * Runs a process's accesses from its next one, each after its thinking. It stops at index
     * {@code to} of the block, at the end of the turn or of the time, when an access needs the disk
     * or ends the process, or when the run's stop condition holds. Only an access under way goes
     * beyond the end; thinking stops there and continues another time.
     *
     * @param time the processor's clock
     * @param to an index in the block, not beyond its end
     * @param left ticks left of the turn, without the switch to the process
     * @param limit ticks left in all
     */
    Slice run(Task task, int cpu, long time, int to, long left, long limit, Command.Run until) {
        ProgramRun run = RunQueue.program(task);
        AccessBlock block = Objects.requireNonNull(run.block());
        references.beginSlice(task, run.base(), run.next());
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

    /** The number of hits, each after its thinking, that begin within {@code ticks}. */
    private long hitsBefore(long ticks, long think) {
        long spare = ticks - think;
        return spare <= 0
                ? 0
                : think + hitTicks == 0
                        ? Integer.MAX_VALUE
                        : Math.min(Integer.MAX_VALUE, (spare - 1) / (think + hitTicks) + 1);
    }

    /**
     * The same within a turn. At the end of a turn, an access that takes no time still follows its
     * thinking.
     */
    private long hitsInTurn(long ticks, long think) {
        return hitTicks == 0 && think > 0
                ? Math.min(Integer.MAX_VALUE, Math.max(0, ticks) / think)
                : hitsBefore(ticks, think);
    }

    /**
     * Lets a process think before its next access. Returns whether the access follows, which it
     * does if that is before the end and within the turn. The two times are compared by what is
     * left until then, because the clock may be at its own end.
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

    /** Whether a process has thought already, and its next access takes no time if it hits. */
    boolean isAtOnce(ProgramRun run) {
        return hitTicks == 0 && run.think() > 0 && run.thought() == run.think();
    }

    /**
     * Makes one access, whatever it takes, and records whether the kernel was involved. Returns the
     * frame, or how the access ended in a signal ({@link FaultLoop}).
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
