package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.SwapSpace;

/**
 * Reads pages before a process asks for them: the neighbours of a page just read, or, once two
 * faults of a process in a row had the same distance, the next pages at that distance (row C15).
 * The disk reads them in the background, neighbours without a seek for each. They are clean copies
 * in unmapped frames until their own faults, which are then minor. A page read in vain has cost a
 * frame, and the page that was in it.
 */
final class ReadAhead {

    private static final int NONE = FrameTable.NONE;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final Reclaim reclaim;
    private final Loader loader;
    private final Disk disk;
    private final Accounting accounting;
    private final PagingSpec.ReadAhead spec;
    private final int offsetBits;
    private final FrameRequest request = new FrameRequest();

    ReadAhead(Parts parts, Reclaim reclaim, Loader loader) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.reclaim = reclaim;
        this.loader = loader;
        this.disk = parts.disk();
        this.accounting = parts.accounting();
        spec = parts.spec().paging().readAhead();
        offsetBits = parts.spec().offsetBits();
    }

    /** The number of pages that one read of a file brings in. */
    int filePages(Task task) {
        return most(task, spec.file());
    }

    /**
     * No read takes more than half of the frames, or of those that the process's group may have.
     */
    private int most(Task task, int pages) {
        return Math.min(pages, Math.min(frames.size(), frames.groups().limit(task.group())) / 2);
    }

    /** Makes what is read from now on, after a place on the disk, background work. */
    void begin(long place) {
        disk.background(place + 1);
    }

    /** Makes what is read from now on foreground work. */
    void end() {
        disk.foreground();
    }

    /** Records that a page was read ahead into a frame. */
    void brought(Task task, int frame) {
        frames.readAhead(frame, task.pid());
        accounting.count(task, Counter.PREFETCHES);
        accounting.events().frame(Event.Kind.PREFETCH, accounting.now(), task.pid(), frame);
    }

    /** Records that a page in a frame is asked for, perhaps for the first time. */
    void used(Task task, int frame) {
        if (frames.takeReader(frame) != FrameTable.NOBODY) {
            accounting.count(task, Counter.PREFETCH_HITS);
        }
    }

    /** A page came back from a slot: reads ahead the pages that are likely to follow. */
    void swappedIn(Task task, MemoryArea area, long vpn, int slot, boolean read) {
        if (spec.swap() <= 1 && spec.stride() == 0) {
            return;
        }
        int spare = Pte.frame(task.table().peek(vpn));
        boolean steady = task.faultedAt(vpn);
        long stride = task.faultStride();
        begin(slot);
        for (int i = 1; read && i < most(task, spec.swap()); i++) {
            bring(task, area, vpn + i, spare);
        }
        for (int i = 1; steady && i <= most(task, spec.stride()); i++) {
            bring(task, area, vpn + i * stride, spare);
        }
        end();
    }

    /** Brings a page in if it is in the store and in no frame yet. */
    private void bring(Task task, MemoryArea area, long vpn, int spare) {
        boolean inside = vpn >= area.start() >>> offsetBits && vpn < area.end() >>> offsetBits;
        if (!inside || task.table().isStored(vpn)) {
            return;
        }
        long pte = task.table().peek(vpn);
        if (!Pte.isSwapped(pte) || swap.frame(Pte.slot(pte)) != NONE) {
            return;
        }
        request.forPage(task, vpn);
        int frame = reclaim.takeFrameIfAny(request.sparing(spare));
        if (frame != NONE) {
            loader.slot(task, frame, Pte.slot(pte));
            brought(task, frame);
        }
    }
}
