package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;

/**
 * Brings pages of files and of shared memory into frames. Frames with pages of files are the page
 * cache: everyone who maps the file shares them, and they stay until they are evicted.
 */
final class ObjectPager {

    private static final int NONE = FrameTable.NONE;

    /** The number of pages read at once from a file that is read sequentially. */
    static final int READ_AHEAD = 8;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final MemoryObjects objects;
    private final HostBudget content;
    private final Reclaim reclaim;
    private final Loader loader;
    private final ReadAhead ahead;

    /** What the last page took, if it was brought in. */
    private Fault.Resolution resolution = Fault.Resolution.MAP;

    private String why = "";

    ObjectPager(Parts parts, Reclaim reclaim, Loader loader, ReadAhead ahead) {
        this.ahead = ahead;
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.objects = parts.objects();
        this.content = parts.content();
        this.reclaim = reclaim;
        this.loader = loader;
    }

    /** What it took to bring the last page in. */
    Fault.Resolution resolution() {
        return resolution;
    }

    /** Why the last page could not be brought in. */
    String why() {
        return why;
    }

    /** The frame that holds a page, filled now if need be, or {@link #NONE}. */
    int frame(Task task, MemoryObject object, long page) {
        resolution = Fault.Resolution.MAP;
        int cached = object.frame(page);
        if (cached == NONE) {
            return bring(task, object, page, true, NONE);
        }
        ahead.used(task, cached);
        return cached;
    }

    /**
     * Fills a frame for a page. For one that is not needed yet no process is ended, and the frame
     * {@code spare} stays.
     */
    private int bring(Task task, MemoryObject object, long page, boolean needed, int spare) {
        DiskFile file = object.file();
        PageBytes bytes = file == null ? null : file.page(page);
        if (bytes != null && !content.has(bytes.hostBytes())) {
            return failed(FaultHandler.CONTENT);
        }
        if (!objects.prepare(object, page)) {
            return failed(AddressSpace.TABLE_MEMORY);
        }
        reclaim.want(task, object, page);
        int frame = needed ? reclaim.takeFrame(NONE, task) : reclaim.frameToSpare(spare, task);
        int slot = object.slot(page);
        if (frame == NONE) {
            if (slot == NONE) {
                objects.forgotten();
            }
            return failed(reclaim.refusal(task));
        }
        if (file != null) {
            loader.file(task, frame, file, object.id(), page);
            resolution = Fault.Resolution.FILE_READ;
        } else if (slot != NONE) {
            loader.slot(task, frame, slot);
            swap.removeEntry(slot);
            resolution = Fault.Resolution.SWAP_IN;
        } else {
            loader.zeros(task, frame);
            resolution = Fault.Resolution.ZERO_FILL;
        }
        object.loaded(page, frame);
        frames.own(frame, object.id(), page);
        return frame;
    }

    private int failed(String reason) {
        why = reason;
        return NONE;
    }

    /** Reads the pages of a file that follow one just read. */
    void readAhead(Task task, MemoryObject object, long page, int frame) {
        DiskFile file = object.file();
        if (file == null) {
            return;
        }
        long end = Math.min(file.pageCount(), page + ahead.filePages(task));
        ahead.begin(Disk.placeOf(object.id(), page));
        for (long next = page + 1; next < end; next++) {
            if (object.frame(next) == NONE) {
                int brought = bring(task, object, next, false, frame);
                if (brought == NONE) {
                    break;
                }
                ahead.brought(task, brought);
            }
        }
        ahead.end();
    }

    /**
     * Reads pages in [{@code from}, {@code to}) of a file while frames are free. The frame {@code
     * spare}, or {@link #NONE}, stays.
     */
    void bringIn(Task task, MemoryObject object, long from, long to, int spare) {
        DiskFile file = object.file();
        if (file == null) {
            return;
        }
        for (long page = from; page < Math.min(to, file.pageCount()); page++) {
            if (object.frame(page) == NONE
                    && (!reclaim.hasFree(task)
                            || bring(task, object, page, false, spare) == NONE)) {
                return;
            }
        }
    }

    /**
     * A frame of its own for a process that writes to a private page of a file. Where no second
     * frame can be had, the page leaves the page cache and its frame is the copy. Answers {@link
     * #NONE} if it may not leave.
     */
    int copyOf(Task task, long vpn, int source) {
        if (!memory.canCopy(source)) {
            return failed(FaultHandler.CONTENT);
        }
        reclaim.want(task, vpn);
        int copy = reclaim.takeFrame(source, task);
        if (copy != NONE) {
            loader.copy(task, source, copy);
            return copy;
        }
        if (!reclaim.evictable().evictable(source)) {
            return failed(reclaim.refusal(task));
        }
        reclaim.evictor().evict(source, task, Counter.DIRECT_RECLAIMS);
        return loader.keep(source);
    }
}
