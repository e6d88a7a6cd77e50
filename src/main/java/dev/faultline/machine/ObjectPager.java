package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep.Supply;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

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
    private final Story story;
    private final Reclaim reclaim;
    private final Loader loader;
    private final ReadAhead ahead;
    private final EvictableFrames evictable;
    private final Evictor evictor;

    /** For pages that are read before anybody asks for them. */
    private final PageFault early;

    ObjectPager(
            Parts parts,
            Reclaim reclaim,
            EvictableFrames evictable,
            Evictor evictor,
            Loader loader,
            ReadAhead ahead) {
        this.ahead = ahead;
        this.evictable = evictable;
        this.evictor = evictor;
        this.early = new PageFault(parts.spec().offsetBits());
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.objects = parts.objects();
        this.content = parts.content();
        this.story = parts.story();
        this.reclaim = reclaim;
        this.loader = loader;
    }

    /**
     * The frame that holds a page, filled now if need be, or {@link FrameTable#NONE}. The fault is
     * resolved by what it took to bring the page in, or its request says why it could not be.
     */
    int frame(PageFault fault, MemoryObject object, long page) {
        fault.resolve(Fault.Resolution.MAP);
        int cached = object.frame(page);
        if (cached == NONE) {
            return bring(fault, object, page, true, NONE);
        }
        story.allocates(Supply.CACHED, cached, frames.freeCount());
        ahead.used(fault.task(), cached);
        return cached;
    }

    /**
     * Fills a frame for a page. For one that is not needed yet no process is ended, and the frame
     * {@code spare} stays.
     */
    private int bring(PageFault fault, MemoryObject object, long page, boolean needed, int spare) {
        Task task = fault.task();
        FrameRequest request = fault.request();
        DiskFile file = object.file();
        PageBytes bytes = file == null ? null : file.page(page);
        if (bytes != null && !content.has(bytes.hostBytes())) {
            return request.refuse(FaultHandler.CONTENT);
        }
        if (!objects.prepare(object, page)) {
            return request.refuse(AddressSpace.TABLE_MEMORY);
        }
        request.forObject(task, object, page);
        request.sparing(spare);
        int frame = needed ? reclaim.takeFrame(request) : reclaim.takeFrameIfAny(request);
        int slot = object.slot(page);
        if (frame == NONE) {
            if (slot == NONE) {
                objects.forgotten();
            }
            return NONE;
        }
        if (file != null) {
            loader.file(task, frame, file, object, page);
            fault.resolve(Fault.Resolution.FILE_READ);
        } else if (slot != NONE) {
            loader.slot(task, frame, slot);
            swap.removeEntry(slot);
            fault.resolve(Fault.Resolution.SWAP_IN);
        } else {
            loader.zeros(task, frame);
            fault.resolve(Fault.Resolution.ZERO_FILL);
        }
        object.loaded(page, frame);
        frames.own(frame, object.id(), page);
        return frame;
    }

    private int bringEarly(Task task, MemoryObject object, long page, int spare) {
        early.begin(task, 0, 1, Op.READ);
        return bring(early, object, page, false, spare);
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
                int brought = bringEarly(task, object, next, frame);
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
                    && (!reclaim.hasFree(task) || bringEarly(task, object, page, spare) == NONE)) {
                return;
            }
        }
    }

    /**
     * A frame of its own for a process that writes to a private page of a file. Where no second
     * frame can be had, the page leaves the page cache and its frame is the copy. Answers {@link
     * #NONE} if it may not leave.
     */
    int copyOf(PageFault fault, int source) {
        FrameRequest request = fault.request();
        if (!memory.canCopy(source)) {
            return request.refuse(FaultHandler.CONTENT);
        }
        request.forPage(fault.task(), fault.vpn());
        int copy = reclaim.takeFrame(request.sparing(source));
        if (copy != NONE) {
            loader.copy(fault.task(), source, copy);
            return copy;
        }
        if (!evictable.evictable(source)) {
            return NONE;
        }
        evictor.evict(source, request, Counter.DIRECT_RECLAIMS);
        return loader.keep(source);
    }
}
