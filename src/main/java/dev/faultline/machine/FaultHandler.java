package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HierarchicalPageTable;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Overcommit;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.Permissions;
import dev.faultline.machine.tables.Story;

/**
 * What the kernel does at a page or protection fault, in the order of {@link #resolve}: which area
 * holds the address? Is the access allowed? What backs the page? It repairs the page table but does
 * not finish the access: the hardware runs it again (lecture 16, "Virtual Memory Accesses").
 */
final class FaultHandler implements MemoryModel.Faults {

    private static final int NONE = FrameTable.NONE;
    static final String CONTENT = "the machine's memory for stored bytes is used up";

    /** The most faults of one page that are resolved before it is left as it is. */
    private static final int MOST_TOUCHES = 8;

    private final FrameTable frames;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final PageTableFrames tableFrames;
    private final Overcommit overcommit;
    private final Accounting accounting;
    private final Story story;
    private final TablePager tables;
    private final Reclaim reclaim;
    private final Loader loader;
    private final SwapIn swapIn;
    private final CopyOnWrite copyOnWrite;
    private final ObjectPager pager;
    private final ReadAhead ahead;
    private final Permissions permissions;
    private final int offsetBits;
    private final long stackBytes;

    /** The fault that the kernel meets in place of a process. */
    private final PageFault own;

    FaultHandler(
            Parts parts,
            TablePager tables,
            Reclaim reclaim,
            Loader loader,
            SwapIn swapIn,
            CopyOnWrite copyOnWrite,
            ObjectPager pager,
            ReadAhead ahead) {
        this.frames = parts.frames();
        this.cpus = parts.cpus();
        this.objects = parts.objects();
        this.tableFrames = parts.tableFrames();
        this.overcommit = parts.overcommit();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.tables = tables;
        this.reclaim = reclaim;
        this.loader = loader;
        this.swapIn = swapIn;
        this.copyOnWrite = copyOnWrite;
        this.pager = pager;
        this.ahead = ahead;
        this.permissions = new Permissions(parts.spec());
        this.offsetBits = parts.spec().offsetBits();
        this.stackBytes = parts.spec().limits().stackBytes();
        this.own = new PageFault(offsetBits);
    }

    /** Resolves the fault of an access. */
    @Override
    public Fault.Resolution resolve(PageFault fault) {
        Task task = fault.task();
        long vpn = fault.vpn();
        int op = fault.op();
        if (isTableStored(task, vpn)) {
            return bringTableBack(fault);
        }
        if (task.pid() == Tasks.KERNEL) {
            return kernelFault(fault);
        }
        MemoryArea area = task.space().areaAt(vpn);
        story.area(area, vpn, op);
        if (area == null) {
            return growStack(fault);
        }
        long pte = task.table().get(vpn);
        if (isForbidden(fault, area, pte)) {
            return forbid(fault, area, pte);
        }
        if (Pte.allows(pte, op)) {
            return upgrade(fault);
        }
        if (Pte.isValid(pte)) {
            return copyOnWrite.resolve(fault, area, pte);
        }
        if (Pte.isSwapped(pte)) {
            return swapIn(fault, area, pte);
        }
        if (area.hasObject()) {
            return mapObject(fault, area);
        }
        return zeroFill(fault, area);
    }

    /**
     * The kernel has no areas: a page that it has not mapped, or that an eviction took, is not
     * there.
     */
    private static Fault.Resolution kernelFault(PageFault fault) {
        return Pte.isValid(fault.task().table().get(fault.vpn()))
                ? fault.signal(Signal.Code.SEGV_ACCERR, "the kernel's mapping does not allow it")
                : fault.signal(
                        Signal.Code.SEGV_MAPERR, "the kernel maps no frame there, or no longer");
    }

    /**
     * The walk did not reach the entry, because its page of the table is in the store. The access
     * runs again when that page is back, and may then fault on the page itself (row P13).
     */
    private Fault.Resolution bringTableBack(PageFault fault) {
        if (!loadTable(fault)) {
            return fault.noFrame();
        }
        fault.setMajor(true);
        fault.explain("it was the page table's own page that was in the store");
        return accounting.pageFault(fault, Fault.Resolution.SWAP_IN);
    }

    /**
     * Whether the entry of a page is in the store. If it is not, its page of the table stays for
     * now.
     */
    private static boolean isTableStored(Task task, long vpn) {
        PageTable table = task.table();
        table.need(vpn);
        return table.isStored(vpn);
    }

    private boolean loadTable(PageFault fault) {
        Task task = fault.task();
        FrameRequest request = fault.request();
        request.forTable(task);
        int frame = reclaim.takeFrameOrKept(request);
        if (frame == NONE) {
            return false;
        }
        task.table().bringBack(fault.vpn(), frame);
        loader.tablePage(task, frame);
        reclaim.exchange(frame, request);
        return true;
    }

    /** A page in no area may be just below a stack, which then grows (row C17, "growing down"). */
    private Fault.Resolution growStack(PageFault fault) {
        AddressSpace space = fault.task().space();
        long vpn = fault.vpn();
        MemoryArea stack = space.stackAbove(vpn);
        if (stack == null || !space.mayGrowStack(vpn, stackBytes)) {
            return fault.signal(
                    Signal.Code.SEGV_MAPERR,
                    stack == null
                            ? "the address is in no area of the process"
                            : "the stack above may not grow down to the address");
        }
        if (!permissions.allow(stack, fault.op())) {
            return forbidden(fault, "stack", stack);
        }
        long more = (stack.start() >>> offsetBits) - vpn;
        String refusal = overcommit.refusal(more);
        if (refusal != null) {
            return fault.signal(Signal.Code.SEGV_MAPERR, "the stack may not grow: " + refusal);
        }
        space.growStack(stack, vpn);
        story.stackGrows(stack, vpn);
        Fault.Resolution filled = zeroFill(fault, stack);
        return filled == Fault.Resolution.SIGNAL
                ? filled
                : fault.resolve(Fault.Resolution.STACK_GROWTH);
    }

    /** The table allows the access; the TLB's copy of the entry was stale. */
    private Fault.Resolution upgrade(PageFault fault) {
        story.stale(fault.vpn());
        cpus.drop(fault.task().asid(), fault.vpn());
        return accounting.protectionFault(fault, Fault.Resolution.UPGRADE);
    }

    /** A page that holds nothing yet gets a frame of zeros. */
    private Fault.Resolution zeroFill(PageFault fault, MemoryArea area) {
        Task task = fault.task();
        if (!tables.prepare(fault)) {
            return noTable(fault);
        }
        if (area.has(MemoryArea.HUGE) && fillHuge(fault, area)) {
            return accounting.pageFault(fault, Fault.Resolution.ZERO_FILL);
        }
        FrameRequest request = fault.request();
        request.forPage(task, fault.vpn());
        int frame = reclaim.takeFrame(request);
        if (frame == NONE) {
            return fault.noFrame();
        }
        loader.zeros(task, frame);
        loader.map(task, fault.vpn(), frame, permissions.of(area));
        return accounting.pageFault(fault, Fault.Resolution.ZERO_FILL);
    }

    /**
     * Fills all pages of a huge page with zeros in consecutive frames, if the area holds all of
     * them, none holds anything yet, and such frames are free.
     */
    private boolean fillHuge(PageFault fault, MemoryArea area) {
        Task task = fault.task();
        long vpn = fault.vpn();
        if (!(task.table() instanceof HierarchicalPageTable table)) {
            return false;
        }
        int pages = table.pagesOfHuge();
        long first = vpn & -(long) pages;
        boolean inside =
                area.start() <= first << offsetBits && first + pages << offsetBits <= area.end();
        boolean room = reclaim.hasFree(pages) && frames.groups().hasRoom(task.group(), pages);
        int run = inside && room ? frames.alignedRun(pages) : NONE;
        if (run == NONE || !table.isLeafEmpty(vpn)) {
            return false;
        }
        frames.allocate(run, pages);
        story.allocatesRun(run, pages, frames.freeCount());
        for (int i = 0; i < pages; i++) {
            fault.request().forPage(task, first + i);
            reclaim.announce(fault.request());
            loader.zeros(task, run + i);
            frames.groups().charge(run + i, task.group());
        }
        loader.mapHuge(task, table, first, run, permissions.of(area));
        story.tellTogether(false);
        return true;
    }

    /** A page in the backing store comes back. */
    private Fault.Resolution swapIn(PageFault fault, MemoryArea area, long pte) {
        if (!swapIn.load(fault, area, pte)) {
            return fault.noFrame();
        }
        boolean read = fault.isMajor();
        ahead.swappedIn(fault.task(), area, fault.vpn(), Pte.slot(pte), read);
        return accounting.pageFault(fault, read ? Fault.Resolution.SWAP_IN : Fault.Resolution.MAP);
    }

    /** Brings a page back from the store before it is touched. */
    void bringIn(Task task, long vpn) {
        own.begin(task, vpn << offsetBits, 1, Op.READ);
        MemoryArea area = task.space().areaAt(vpn);
        long pte = task.table().peek(vpn);
        if (area != null && Pte.isSwapped(pte) && (!isTableStored(task, vpn) || loadTable(own))) {
            swapIn.load(own, area, pte);
        }
    }

    /** Brings a page in as the process's own access would, for a page that is to stay. */
    void touch(Task task, long vpn) {
        MemoryArea area = task.space().areaAt(vpn);
        if (area == null) {
            return;
        }
        boolean write = !area.isShared() && permissions.allow(area, Op.WRITE);
        int op = write ? Op.WRITE : permissions.allow(area, Op.READ) ? Op.READ : Op.EXECUTE;
        if (!permissions.allow(area, op) || Pte.allows(task.table().get(vpn), op)) {
            return;
        }
        Fault.Resolution resolution;
        int met = 0;
        do { // the page of the table may have to come first
            own.begin(task, vpn << offsetBits, 1, op);
            resolution = meet(own);
            met++;
        } while (resolution != Fault.Resolution.SIGNAL
                && !Pte.isValid(task.table().get(vpn))
                && met < MOST_TOUCHES);
    }

    /**
     * Resolves a fault that the kernel meets in place of the process, whose access does not run
     * again by itself, and enters it into the events.
     */
    Fault.Resolution meet(PageFault fault) {
        Task task = fault.task();
        long vpn = fault.vpn();
        Fault.Type type =
                Pte.isValid(task.table().get(vpn)) ? Fault.Type.PROTECTION : Fault.Type.PAGE;
        story.met(type, vpn);
        Fault.Resolution resolution = resolve(fault);
        if (resolution != Fault.Resolution.SIGNAL) {
            long pte = task.table().get(vpn);
            int frame = Pte.isValid(pte) ? Pte.frame(pte) : NONE;
            accounting.note(fault, type, resolution, accounting.now(), frame);
        }
        return resolution;
    }

    /**
     * Maps a page of a file or of shared memory: the frame that holds it, or one filled now.
     * Everyone who shares it maps that frame and writes to it in place. With a private mapping, a
     * reader maps the frame until it writes, and a writer gets a copy at once.
     */
    private Fault.Resolution mapObject(PageFault fault, MemoryArea area) {
        Task task = fault.task();
        MemoryObject object = objects.of(area);
        long page = area.objectPage(fault.vpn(), offsetBits);
        DiskFile file = object.file();
        if (file != null && page >= file.pageCount()) {
            return fault.signal(
                    Signal.Code.BUS_ADRERR,
                    "the page is past the end of the file, which has " + file.size() + " bytes");
        }
        if (!tables.prepare(fault)) {
            return noTable(fault);
        }
        int frame = pager.frame(fault, object, page);
        if (frame == NONE) {
            return fault.noFrame();
        }
        Fault.Resolution resolution = fault.resolution();
        long bits = permissions.of(area);
        if (!area.isShared() && fault.op() == Op.WRITE) {
            frame = pager.copyOf(fault, frame);
            if (frame == NONE) {
                return fault.noFrame();
            }
            resolution =
                    resolution == Fault.Resolution.MAP ? Fault.Resolution.COW_COPY : resolution;
        } else if (!area.isShared()) {
            bits = Pte.copyOnWrite(bits);
        }
        loader.map(task, fault.vpn(), frame, bits);
        fault.setMajor(
                resolution == Fault.Resolution.SWAP_IN || resolution == Fault.Resolution.FILE_READ);
        if (fault.isMajor()) {
            pager.readAhead(task, object, page, frame);
        }
        if (fault.isMajor() && area.has(MemoryArea.SEQUENTIAL)) {
            pager.bringIn(task, object, page + 1, page + ObjectPager.READ_AHEAD, frame);
        }
        return accounting.pageFault(fault, resolution);
    }

    private Fault.Resolution noTable(PageFault fault) {
        fault.request()
                .refuse(
                        tableFrames.isFramed()
                                ? "no frame can be had for the page table that the page needs"
                                : AddressSpace.TABLE_MEMORY);
        return fault.noFrame();
    }

    /** Whether the area forbids the access, and the process hears of that before a load. */
    private boolean isForbidden(PageFault fault, MemoryArea area, long pte) {
        return !permissions.allow(area, fault.op())
                && (Pte.isValid(pte) || !fault.task().manner().loadsBeforeCheck());
    }

    private Fault.Resolution forbid(PageFault fault, MemoryArea area, long pte) {
        if (fault.task().manner().loadsBeforeCheck()) {
            fault.task().table().set(fault.vpn(), pte | Pte.ACCESSED);
            frames.marks().forget(Pte.frame(pte));
        }
        return forbidden(fault, "area", area);
    }

    private static Fault.Resolution forbidden(PageFault fault, String what, MemoryArea area) {
        return fault.signal(
                Signal.Code.SEGV_ACCERR,
                "the " + what + " is " + Protection.format(area.protection()));
    }
}
