package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.KernelStep.Supply;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Permissions;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Brings a page back from the backing store. */
final class SwapIn {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final SwapSpace swap;
    private final Tasks tasks;
    private final Story story;
    private final Reclaim reclaim;
    private final Loader loader;
    private final ReadAhead ahead;
    private final Permissions permissions;
    private final MachineSpec spec;

    SwapIn(Parts parts, Reclaim reclaim, Loader loader, ReadAhead ahead) {
        this.frames = parts.frames();
        this.reverse = parts.reverse();
        this.swap = parts.swap();
        this.tasks = parts.tasks();
        this.story = parts.story();
        this.reclaim = reclaim;
        this.loader = loader;
        this.ahead = ahead;
        this.permissions = new Permissions(parts.spec());
        this.spec = parts.spec();
    }

    /**
     * Reads a page from the backing store into a frame, unless a process that shares its slot has
     * brought it in already. While others share it, it may not be written to in place. Returns
     * false if there is no frame.
     */
    boolean load(PageFault fault, MemoryArea area, long pte) {
        Task task = fault.task();
        long vpn = fault.vpn();
        int slot = Pte.slot(pte);
        int frame = swap.frame(slot);
        FrameRequest request = fault.request();
        fault.setMajor(frame == NONE);
        request.forPage(task, vpn);
        if (frame == NONE) {
            frame = reclaim.takeFrameOrKept(request);
            if (frame == NONE) {
                return false;
            }
            loader.slot(task, frame, slot);
        } else {
            story.allocates(Supply.CACHED, frame, frames.freeCount());
        }
        ahead.used(task, frame);
        swap.removeEntry(slot);
        task.addSwapped(-1);
        boolean shared = swap.entries(slot) > 0 || reverse.users(frame) > 0;
        long bits = permissions.of(area);
        loader.map(task, vpn, frame, shared ? Pte.copyOnWrite(bits) : bits);
        if (reclaim.lacksSpareFrame()) {
            mapSharers(slot, frame);
        }
        reclaim.exchange(frame, request);
        return true;
    }

    /**
     * Maps the frame that holds a slot's page for everyone who shares the slot, so that the slot
     * can be given up; or for none if one of them cannot.
     */
    private void mapSharers(int slot, int frame) {
        List<Mapping> sharers = new ArrayList<>();
        for (Task sharer : tasks) {
            if (sharer.isTerminated() || sharer.lender() != 0 || sharer.isSwappedOut()) {
                continue;
            }
            long[] pages =
                    sharer.table()
                            .pages(
                                    0,
                                    spec.pages(),
                                    pte -> Pte.isSwapped(pte) && Pte.slot(pte) == slot);
            for (long vpn : pages) {
                if (!sharer.table().isStored(vpn)) {
                    sharers.add(new Mapping(sharer.pid(), vpn));
                }
            }
        }
        if (sharers.size() == swap.entries(slot)) {
            sharers.forEach(each -> mapSharer(tasks.get(each.pid()), each.page(), slot, frame));
        }
    }

    private void mapSharer(Task sharer, long vpn, int slot, int frame) {
        MemoryArea area = Objects.requireNonNull(sharer.space().areaAt(vpn));
        swap.removeEntry(slot);
        sharer.addSwapped(-1);
        loader.map(sharer, vpn, frame, Pte.copyOnWrite(permissions.of(area)));
    }
}
