package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.HierarchicalPageTable;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.SwapSpace;

/** Unmaps pages of processes, and frees the frames and slots that nothing uses any more. */
final class Unmapper {

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final SwapSpace swap;
    private final BackingStore store;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final Evictor evictor;
    private final Tasks tasks;
    private final ReplacementPolicy policy;
    private final Accounting accounting;
    private final Costs costs;

    Unmapper(Parts parts, Evictor evictor) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.store = parts.store();
        this.cpus = parts.cpus();
        this.objects = parts.objects();
        this.evictor = evictor;
        this.reverse = parts.reverse();
        this.tasks = parts.tasks();
        this.policy = parts.policy();
        this.accounting = parts.accounting();
        this.costs = parts.spec().costs();
    }

    /**
     * Records that a write made an entry dirty: the copy of its frame in the backing store is out
     * of date.
     */
    void dirtied(Task task, long vpn, int frame) {
        frames.setWritten(frame, true);
        if (task.table() instanceof HierarchicalPageTable table && table.isHuge(vpn)) {
            long first = vpn & -(long) table.pagesOfHuge();
            for (int page = 0; page < table.pagesOfHuge(); page++) { // they have one dirty bit
                frames.setWritten(Pte.frame(table.get(first + page)), true);
            }
        }
        forgetCopy(frame);
    }

    /** Gives up the copy of a frame in the backing store, if there is one. */
    void forgetCopy(int frame) {
        int slot = frames.slot(frame);
        if (slot != FrameTable.NONE) {
            unbind(frame, slot);
        }
    }

    private void unbind(int frame, int slot) {
        frames.bindSlot(frame, FrameTable.NONE);
        if (swap.unbindFrame(slot)) {
            store.discard(slot);
        }
    }

    /** Empties the entries of pages in [{@code from}, {@code to}), in order. */
    void unmap(Task task, long from, long to) {
        task.table()
                .forEach(
                        from,
                        to,
                        (vpn, pte) -> {
                            giveBack(task, vpn, pte);
                            task.table().set(vpn, 0);
                            cpus.invalidate(task.asid(), vpn);
                        });
    }

    /**
     * Releases what an entry names; a file page that was written to through it is written back. The
     * caller empties the entry itself.
     */
    void giveBack(Task task, long vpn, long pte) {
        if (Pte.isSwapped(pte)) {
            int slot = Pte.slot(pte);
            task.addSwapped(-1);
            giveBackSlot(slot);
            return;
        }
        int frame = Pte.frame(pte);
        reverse.unmap(frame, task.asid(), vpn);
        task.addResident(-1);
        accounting.count(task, Counter.UNMAPS);
        accounting.spend(task, Counter.MAP_TICKS, costs.unmap());
        if (reverse.users(frame) > 0 || frames.object(frame) != FrameTable.NONE) {
            if (Pte.isDirty(pte)) {
                frames.setDirty(frame, true);
            }
            if (frames.isDirty(frame)) {
                evictor.clean(frame, task);
            }
            if (task.manner().releasesFilePages() && reverse.users(frame) == 0) {
                evictor.drop(frame);
            }
            return;
        }
        release(frame);
    }

    /** Gives back all that the entries of a process name, in the order of its pages. */
    void giveBackAll(Task task) {
        if (task.lender() == 0) {
            task.table().forEach((vpn, pte) -> giveBack(task, vpn, pte));
        }
    }

    /** Records that one entry fewer names a slot; a copy that was read ahead for it goes too. */
    private void giveBackSlot(int slot) {
        int ahead = swap.frame(slot);
        if (swap.removeEntry(slot)) {
            store.discard(slot);
        } else if (ahead != FrameTable.NONE
                && frames.isPrefetched(ahead)
                && swap.entries(slot) == 0) {
            release(ahead);
        }
    }

    /** Frees a frame that no process maps, and forgets what it held. */
    private void release(int frame) {
        Task kernel = tasks.kernel();
        if (kernel != null && reverse.isInKernel(frame)) {
            unmap(kernel, frame, frame + 1L);
            return;
        }
        forgetCopy(frame);
        evictor.wasReadAhead(frame);
        frames.setDirty(frame, false);
        policy.onFree(frame);
        frames.free(frame);
    }

    /** Frees shared memory that nothing can reach any more. */
    void dropOrphans() {
        for (MemoryObject object : objects.takeOrphans()) {
            object.forEachFrame(
                    (page, frame) -> {
                        frames.own(frame, FrameTable.NONE, 0);
                        release(frame);
                    });
            object.forEachSlot(
                    (page, slot) -> {
                        if (swap.removeEntry(slot)) {
                            store.discard(slot);
                        }
                    });
        }
    }

    /**
     * Whether a private page is, or may still be, another's too: a sharer's, a child's, a file's.
     */
    boolean mayBeShared(long pte) {
        int slot = frames.slot(Pte.frame(pte));
        return Pte.isCow(pte)
                || frames.object(Pte.frame(pte)) == FrameTable.NONE
                        && (reverse.users(Pte.frame(pte)) > 1
                                || slot != FrameTable.NONE && swap.entries(slot) > 0);
    }
}
