package dev.faultline.machine;

import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Permissions;
import dev.faultline.machine.tables.Story;

/** Ends the sharing of a frame when one of the sharers writes to it. */
final class CopyOnWrite {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final PhysicalMemory memory;
    private final Cpus cpus;
    private final Accounting accounting;
    private final Story story;
    private final Reclaim reclaim;
    private final EvictableFrames evictable;
    private final Evictor evictor;
    private final Loader loader;
    private final Permissions permissions;
    private final Costs costs;

    CopyOnWrite(
            Parts parts,
            Reclaim reclaim,
            EvictableFrames evictable,
            Evictor evictor,
            Loader loader) {
        this.frames = parts.frames();
        this.reverse = parts.reverse();
        this.memory = parts.memory();
        this.cpus = parts.cpus();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.reclaim = reclaim;
        this.evictable = evictable;
        this.evictor = evictor;
        this.loader = loader;
        this.permissions = new Permissions(parts.spec());
        this.costs = parts.spec().costs();
    }

    /**
     * Resolves a write to a page that was shared at a fork, or that is a file's. If other pages
     * still map the frame, or it is the file's, the writer gets a copy; otherwise it keeps the
     * frame (lecture 16, "Copy-On-Write (2)").
     */
    Fault.Resolution resolve(PageFault fault, MemoryArea area, long pte) {
        Task task = fault.task();
        long vpn = fault.vpn();
        int source = Pte.frame(pte);
        long bits = permissions.of(area);
        if (isOnlyMapping(source)) {
            return reuse(fault, pte, bits);
        }
        if (!memory.canCopy(source)) {
            return fault.signal(Signal.Code.BUS_ADRERR, FaultHandler.CONTENT);
        }
        FrameRequest request = fault.request();
        request.forPage(task, vpn);
        int copy = reclaim.takeFrameOrKept(request.sparing(source));
        if (copy == NONE) {
            return makeRoomFromSource(fault, source);
        }
        if (isOnlyMapping(source)) { // the others were ended to find the frame
            frames.free(copy);
            return reuse(fault, pte, bits);
        }
        loader.copy(task, source, copy);
        unmap(task, vpn, source, pte);
        loader.map(task, vpn, copy, bits);
        reclaim.exchange(copy, request);
        return accounting.protectionFault(fault, Fault.Resolution.COW_COPY);
    }

    private boolean isOnlyMapping(int frame) {
        return reverse.users(frame) == 1 && frames.object(frame) == NONE;
    }

    private Fault.Resolution reuse(PageFault fault, long pte, long bits) {
        Task task = fault.task();
        task.table().set(fault.vpn(), pte & ~Pte.COW | bits);
        story.keeps(task.pid(), fault.vpn(), Pte.frame(pte));
        cpus.refresh(task.asid(), fault.vpn());
        accounting.count(task, Counter.COW_REUSES);
        return accounting.protectionFault(fault, Fault.Resolution.COW_REUSE);
    }

    /**
     * There is no frame but the shared one: the page goes to the store, which is then the copy. The
     * access runs again and reads it from there.
     */
    private Fault.Resolution makeRoomFromSource(PageFault fault, int source) {
        FrameRequest request = fault.request();
        if (request.isCondemned() || reclaim.keepsSpareFrame() || !evictable.evictable(source)) {
            return fault.noFrame();
        }
        evictor.evictAndFree(source, request, Counter.DIRECT_RECLAIMS);
        return accounting.protectionFault(fault, Fault.Resolution.COW_COPY);
    }

    /** Removes one of several entries from a frame, which records whether that entry was dirty. */
    private void unmap(Task task, long vpn, int frame, long pte) {
        reverse.unmap(frame, task.asid(), vpn);
        if (Pte.isDirty(pte)) {
            frames.setDirty(frame, true);
        }
        task.table().set(vpn, 0);
        story.unmaps(task.pid(), vpn, frame, NONE);
        cpus.invalidate(task.asid(), vpn);
        task.addResident(-1);
        accounting.count(task, Counter.UNMAPS);
        accounting.spend(task, Counter.MAP_TICKS, costs.unmap());
    }
}
