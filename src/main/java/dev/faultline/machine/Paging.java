package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Memory that is allocated page by page. */
final class Paging implements MemoryModel {

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final SwapSpace swap;
    private final Cpus cpus;
    private final Accounting accounting;
    private final TablePager tables;
    private final Reclaim reclaim;
    private final Unmapper unmapper;
    private final FaultHandler handler;
    private final MemoryCalls calls;
    private final ResizeCalls resizing;
    private final Costs costs;
    private final int offsetBits;

    Paging(
            Parts parts,
            TablePager tables,
            Reclaim reclaim,
            Unmapper unmapper,
            FaultHandler handler,
            MemoryCalls calls,
            ResizeCalls resizing) {
        this.frames = parts.frames();
        this.reverse = parts.reverse();
        this.swap = parts.swap();
        this.cpus = parts.cpus();
        this.accounting = parts.accounting();
        this.tables = tables;
        this.reclaim = reclaim;
        this.unmapper = unmapper;
        this.handler = handler;
        this.calls = calls;
        this.resizing = resizing;
        this.costs = parts.spec().costs();
        this.offsetBits = parts.spec().offsetBits();
    }

    @Override
    public Faults faults() {
        return handler;
    }

    @Override
    public void dirtied(Task task, long address, int frame) {
        unmapper.dirtied(task, address >>> offsetBits, frame);
    }

    @Override
    public void comeBack(Task task, long[] pages) {
        for (long vpn : pages) {
            if (reclaim.hasFree(task)) {
                handler.bringIn(task, vpn);
            }
        }
    }

    @Override
    public Outcome.@Nullable Refused refuse(Command command) {
        return command instanceof Command.Compact
                ? new Outcome.Refused("EINVAL", "pages need not lie together")
                : null;
    }

    @Override
    public Outcome map(Task task, Command.Map command) {
        return calls.map(task, command);
    }

    @Override
    public Outcome unmap(Task task, long start, long length) {
        return calls.unmap(task, start, length);
    }

    @Override
    public Outcome protect(Task task, Command.Protect command) {
        return calls.protect(task, command);
    }

    @Override
    public Outcome brk(Task task, Command.Brk command) {
        return resizing.brk(task, command);
    }

    @Override
    public Outcome compact() {
        return new Outcome.Unchanged();
    }

    @Override
    public Outcome.@Nullable Refused refuseAreas(List<MemoryArea> areas, @Nullable Task leaving) {
        return null;
    }

    @Override
    public void begin(Task task, List<MemoryArea> areas) {
        // its pages come when they are touched
    }

    @Override
    public Outcome.@Nullable Refused makeRoomToFork(Task parent) {
        int tableFrames = parent.table().storage();
        return tables.promise(parent, tableFrames)
                ? null
                : new Outcome.Refused(
                        "ENOMEM", "the child's page table needs " + tableFrames + " frames");
    }

    /**
     * A child shares all pages with its parent: only the table is copied. Neither may write to a
     * shared page in place from now on; the parent's TLB copies are flushed, for they would still
     * let it.
     */
    @Override
    public ForkAccount fork(Task parent, Task child) {
        Counters before = accounting.total().copy();
        long[] counted = {0, 0};
        parent.table()
                .forEach(
                        (vpn, pte) -> {
                            counted[0]++;
                            counted[1] += duplicate(parent, child, vpn, pte) ? 1 : 0;
                        });
        tables.endPromise();
        cpus.flush(parent);
        long copied = accounting.total().minus(before).get(Counter.COW_COPIES);
        return ForkAccount.of(parent, counted[0], copied, counted[1]);
    }

    /** Copies an entry. Answers whether the page is one that the two share only until a write. */
    private boolean duplicate(Task parent, Task child, long vpn, long pte) {
        if (!child.table().prepare(vpn)) {
            throw new IllegalStateException("Paging: a fork outgrew the memory it was promised");
        }
        if (Pte.isSwapped(pte)) {
            swap.addEntry(Pte.slot(pte));
            child.table().set(vpn, pte);
            child.addSwapped(1);
            return true;
        }
        boolean stays = frames.object(Pte.frame(pte)) != FrameTable.NONE;
        long shared = stays ? pte : Pte.copyOnWrite(pte);
        parent.table().set(vpn, shared);
        child.table().set(vpn, shared & ~(Pte.ACCESSED | Pte.DIRTY));
        reverse.map(Pte.frame(pte), child.asid(), vpn);
        child.addResident(1);
        accounting.count(child, Counter.MAPS);
        accounting.spend(child, Counter.MAP_TICKS, costs.map());
        return !stays;
    }
}
