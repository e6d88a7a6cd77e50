package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.TranslationStory;

/**
 * What the kernel does if it manages the TLB itself (row P3). The hardware only looks into the TLB,
 * and traps when the page is not there, or when a page that is clean there is written to.
 */
final class TlbTraps {

    private final Cpus cpus;
    private final FrameMarks marks;
    private final Unmapper unmapper;
    private final Accounting accounting;
    private final TranslationStory story;
    private final Costs costs;

    TlbTraps(Parts parts, Unmapper unmapper) {
        this.cpus = parts.cpus();
        this.marks = parts.frames().marks();
        this.unmapper = unmapper;
        this.accounting = parts.accounting();
        this.story = parts.story().translation();
        this.costs = parts.spec().costs();
    }

    /**
     * Looks a page up in its table and loads its entry into the TLB. If the access must not go
     * ahead, returns {@link Mmu#PAGE_FAULT} or {@link Mmu#PROTECTION_FAULT} instead of 0.
     */
    int refill(Task task, long vpn, int op) {
        long pte = task.table().get(vpn);
        long references = task.table().references();
        story.kernelWalks(cpus.here().mmu(), vpn, op);
        accounting.count(task, Counter.WALK_REFERENCES, references);
        accounting.spend(task, Counter.WALK_TICKS, references * costs.memoryReference());
        if (!Pte.isValid(pte)) {
            return Mmu.PAGE_FAULT;
        }
        if (!Pte.allows(pte, op)) {
            return Mmu.PROTECTION_FAULT;
        }
        long marked = pte | Pte.ACCESSED;
        if (marked != pte) {
            task.table().set(vpn, marked);
            marks.forget(Pte.frame(pte));
        }
        cpus.fill(op, task.asid(), vpn, marked);
        story.kernelFilled();
        return 0;
    }

    /**
     * Handles the first write through an entry: sets the dirty bit in the table and in the TLB. An
     * entry that the table no longer has is dropped instead.
     */
    void modified(Task task, long vpn) {
        long pte = task.table().get(vpn);
        story.kernelMarks(cpus.here().mmu(), vpn);
        if (!Pte.allows(pte, Op.WRITE)) {
            cpus.drop(task.asid(), vpn);
            return;
        }
        task.table().set(vpn, pte | Pte.DIRTY);
        marks.forget(Pte.frame(pte));
        cpus.setDirty(task.asid(), vpn);
        if (!Pte.isDirty(pte)) {
            unmapper.dirtied(task, vpn, Pte.frame(pte));
        }
    }
}
