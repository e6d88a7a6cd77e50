package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Permissions;

import org.jspecify.annotations.Nullable;

/**
 * The kernel's own mappings of frames that processes map too (lecture 16, "Page Tables and Dirty
 * Flags"). They are entries of the kernel's own page table; frame n can only be mapped at page n.
 *
 * <p>Such a mapping is an alias like any other. A write by the kernel sets the dirty bit only in
 * the kernel's entry, and an eviction invalidates the entry with the others. It does not keep a
 * page: when the last process has given it up, the mapping goes with it. It does not count as a
 * sharer when a write decides whether to copy, so all sharers see what the kernel writes.
 */
final class KernelWindow {

    private final Parts parts;
    private final Tasks tasks;
    private final TablePager tables;
    private final FrameTable frames;
    private final ReverseMap reverse;
    private final Loader loader;
    private final Unmapper unmapper;
    private final Accounting accounting;

    KernelWindow(Parts parts, TablePager tables, Loader loader, Unmapper unmapper) {
        this.parts = parts;
        this.tasks = parts.tasks();
        this.tables = tables;
        this.reverse = parts.reverse();
        this.frames = parts.frames();
        this.loader = loader;
        this.unmapper = unmapper;
        this.accounting = parts.accounting();
    }

    /** Maps a frame at the kernel's page of the same number. */
    Outcome map(Command.MapFrame command) {
        int frame = command.frame();
        String trouble = trouble(frame);
        if (trouble != null) {
            return new Outcome.Refused("EINVAL", trouble);
        }
        Task kernel = kernel();
        if (kernel != null && !kernel.table().prepare(frame)) {
            if (kernel != tasks.kernel()) {
                kernel.space().release();
            }
            kernel = null;
        }
        if (kernel == null) {
            return new Outcome.Refused("ENOMEM", AddressSpace.TABLE_MEMORY);
        }
        tasks.setKernel(kernel);
        long global = parts.spec().tlb().global() ? Pte.GLOBAL : 0;
        loader.map(
                kernel,
                frame,
                frame,
                new Permissions(parts.spec()).of(command.protection()) | global);
        note(Event.Kind.MAP_AREA, frame);
        return new Outcome.Mapped((long) frame << parts.spec().offsetBits());
    }

    private @Nullable String trouble(int frame) {
        if (parts.spec().pages() <= frame) {
            return "the kernel's addresses end before frame " + frame;
        }
        if (!frames.isUsed(frame)) {
            return "frame " + frame + " is free";
        }
        if (parts.tableFrames().owns(frame)) {
            return "frame " + frame + " holds a page of a page table";
        }
        return reverse.isInKernel(frame) ? "the kernel maps frame " + frame + " already" : null;
    }

    /** Invalidates the kernel's entry of a frame. The frame records whether the entry was dirty. */
    Outcome unmap(int frame) {
        Task kernel = tasks.kernel();
        if (kernel == null || !reverse.isInKernel(frame)) {
            return new Outcome.Refused("EINVAL", "the kernel does not map frame " + frame);
        }
        unmapper.unmap(kernel, frame, frame + 1L);
        note(Event.Kind.UNMAP_AREA, frame);
        return new Outcome.Done();
    }

    private void note(Event.Kind kind, int frame) {
        long address = (long) frame << parts.spec().offsetBits();
        accounting
                .events()
                .area(kind, accounting.now(), Tasks.KERNEL, address, parts.spec().pageSize());
    }

    /** The kernel as a task, created when first needed; null if there is no room for its table. */
    private @Nullable Task kernel() {
        Task kernel = tasks.kernel();
        if (kernel != null) {
            return kernel;
        }
        if (!parts.tableMemory().has(parts.tables().emptyBytes())) {
            return null;
        }
        AddressSpace space = tables.newSpace(Tasks.KERNEL);
        return new Task(Tasks.KERNEL, "kernel", Tasks.KERNEL, OnSignal.CONTINUE, space);
    }
}
