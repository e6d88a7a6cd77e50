package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.HierarchicalPageTable;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the kernel does at a fault, read from top to bottom in {@link #resolve}: which area? is the
 * access allowed? what backs the page? It mends the page table and does not finish the access: the
 * hardware runs it again.
 */
final class FaultHandler {

    /** Who makes the segment of a stack longer. */
    interface StackGrowth {

        /** Makes a stack reach down to a page. Answers whether there was room. */
        boolean growStack(Task task, MemoryArea stack, long vpn);
    }

    private static final int NONE = FrameTable.NONE;
    private static final String OUT_OF_MEMORY =
            "out of memory, and of all processes this one holds most pages";
    static final String CONTENT = "the machine's memory for stored bytes is used up";

    /** The most faults of one page that are resolved before it is left as it is. */
    private static final int MOST_TOUCHES = 8;

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final Cpus cpus;
    private final Reclaim reclaim;
    private final MemoryObjects objects;
    private final PageTableFrames tables;
    private final Overcommit overcommit;
    private final Loader loader;
    private final ObjectPager pager;
    private final ReadAhead ahead;
    private final @Nullable Segments segments;
    private final @Nullable StackGrowth segmentStacks;
    private final Tasks tasks;
    private final Accounting accounting;
    private final MachineSpec spec;
    private final Costs costs;
    private final int offsetBits;
    private final long stackBytes;

    /** What the last fault came to, beside its resolution. */
    private boolean major;

    private Signal.Code code = Signal.Code.SEGV_MAPERR;
    private @Nullable String why;

    FaultHandler(
            Parts parts,
            Reclaim reclaim,
            Loader loader,
            ObjectPager pager,
            ReadAhead ahead,
            @Nullable Segments segments,
            @Nullable StackGrowth segmentStacks,
            Tasks tasks,
            Accounting accounting) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.cpus = parts.cpus();
        this.reclaim = reclaim;
        this.objects = parts.objects();
        this.tables = parts.tables();
        this.overcommit = parts.overcommit();
        this.loader = loader;
        this.pager = pager;
        this.ahead = ahead;
        this.segments = segments;
        this.segmentStacks = segmentStacks;
        this.tasks = tasks;
        this.accounting = accounting;
        this.spec = parts.spec();
        this.offsetBits = parts.spec().offsetBits();
        this.costs = parts.spec().costs();
        this.stackBytes = parts.spec().limits().stackBytes();
    }

    /** Whether the last page fault read the page's own contents from the store or a file. */
    boolean wasMajor() {
        return major;
    }

    /** The signal of a fault that was resolved by one. */
    Signal.Code code() {
        return code;
    }

    /** Says more of the signal that the last fault ended in. */
    void explain(String reason) {
        why = reason;
    }

    /** Why the last fault ended in a signal, in words, or null. */
    @Nullable String why() {
        return why;
    }

    /** Resolves the fault of an access. */
    Fault.Resolution resolve(Task task, long address, int op) {
        major = false;
        why = null;
        reclaim.takeCondemned(); // what an earlier call was refused is over
        long vpn = address >>> offsetBits;
        if (isTableStored(task, vpn)) {
            return bringTableBack(task, vpn);
        }
        if (task.pid() == Tasks.KERNEL) {
            return kernelFault(task, vpn);
        }
        MemoryArea area = task.space().areaAt(vpn);
        if (area == null) {
            return growStack(task, vpn, op);
        }
        long pte = task.table().get(vpn);
        if (!allows(area, op) && (!task.isOfLab() || Pte.isValid(pte))) {
            if (task.isOfLab()) {
                task.table().set(vpn, pte | Pte.ACCESSED);
                frames.marks().forget(Pte.frame(pte));
            }
            return forbidden("area", area);
        }
        if (Pte.allows(pte, op)) {
            return upgrade(task, vpn);
        }
        if (Pte.isValid(pte)) {
            return breakSharing(task, area, vpn, pte);
        }
        if (Pte.isSwapped(pte)) {
            return swapIn(task, area, vpn, pte);
        }
        if (area.hasObject()) {
            return mapObject(task, area, vpn, op);
        }
        return zeroFill(task, area, vpn);
    }

    /**
     * Resolves the fault of an access to a process whose segments are in memory whole: is there
     * one, and is the access within its limit? is it allowed? then the segment is brought in.
     */
    Fault.Resolution resolveSegment(Task task, long address, int size, int op) {
        major = false;
        why = null;
        MemoryArea area = task.space().areaAt(address >>> offsetBits);
        if (area == null || address < area.start()) {
            return growSegment(task, address, op);
        }
        if (address + size > area.end()) {
            return signal(
                    Signal.Code.SEGV_MAPERR,
                    "the limit is " + area.length() + " bytes, and the access ends beyond it");
        }
        if (!allows(area, op)) {
            return forbidden("area", area);
        }
        Segment segment = Segments.table(task).at(address);
        if (segments == null || segment == null || !segments.bringIn(task, segment)) {
            return signal(
                    Signal.Code.BUS_ADRERR,
                    "no hole is large enough for the segment, nor can one be made");
        }
        major = segments.wasStored();
        return pageFault(task, major ? Fault.Resolution.SWAP_IN : Fault.Resolution.ZERO_FILL);
    }

    private Fault.Resolution growSegment(Task task, long address, int op) {
        long vpn = address >>> offsetBits;
        MemoryArea stack = task.space().stackAbove(vpn);
        if (stack == null || segmentStacks == null || !task.space().mayGrowStack(vpn, stackBytes)) {
            return signal(Signal.Code.SEGV_MAPERR, "the address is beyond every limit");
        }
        if (!allows(stack, op)) {
            return forbidden("stack", stack);
        }
        if (!segmentStacks.growStack(task, stack, vpn)) {
            return signal(Signal.Code.SEGV_MAPERR, "there is no room for the stack to grow");
        }
        return pageFault(task, Fault.Resolution.STACK_GROWTH);
    }

    /** The kernel has no areas: what it has not mapped, or what an eviction took, is not there. */
    private Fault.Resolution kernelFault(Task kernel, long vpn) {
        return Pte.isValid(kernel.table().get(vpn))
                ? signal(Signal.Code.SEGV_ACCERR, "the kernel's mapping does not allow it")
                : signal(Signal.Code.SEGV_MAPERR, "the kernel maps no frame there, or no longer");
    }

    /**
     * The walk did not reach the entry, because its page of the table is in the store. The access
     * runs again when that page is back, and may then fault on the page itself (row P13).
     */
    private Fault.Resolution bringTableBack(Task task, long vpn) {
        if (!loadTable(task, vpn)) {
            return noFrame(reclaim.refusal(task));
        }
        major = true;
        why = "it was the page table's own page that was in the store";
        return pageFault(task, Fault.Resolution.SWAP_IN);
    }

    /** Whether the entry of a page is in the store; if not, its page of the table stays for now. */
    private static boolean isTableStored(Task task, long vpn) {
        PageTable table = task.table();
        table.need(vpn);
        return table.isStored(vpn);
    }

    private boolean loadTable(Task task, long vpn) {
        reclaim.wantTable(task.asid());
        int frame = reclaim.takeFrameToSwapIn(task);
        if (frame == NONE) {
            return false;
        }
        task.table().bringBack(vpn, frame);
        loader.tablePage(task, frame);
        reclaim.exchange(frame, task);
        return true;
    }

    /** A page in no area may be just below a stack, which grows then (row C17, "growing down"). */
    private Fault.Resolution growStack(Task task, long vpn, int op) {
        MemoryArea stack = task.space().stackAbove(vpn);
        if (stack == null || !task.space().mayGrowStack(vpn, stackBytes)) {
            return signal(
                    Signal.Code.SEGV_MAPERR,
                    stack == null
                            ? "the address is in no area of the process"
                            : "the stack above may not grow down to the address");
        }
        if (!allows(stack, op)) {
            return forbidden("stack", stack);
        }
        long more = (stack.start() >>> offsetBits) - vpn;
        String refusal = overcommit.refusal(more);
        if (refusal != null) {
            return signal(Signal.Code.SEGV_MAPERR, "the stack may not grow: " + refusal);
        }
        task.space().growStack(stack, vpn);
        Fault.Resolution filled = zeroFill(task, stack, vpn);
        return filled == Fault.Resolution.SIGNAL ? filled : Fault.Resolution.STACK_GROWTH;
    }

    /** The table allows the access: it was the TLB's copy of the entry that was stale. */
    private Fault.Resolution upgrade(Task task, long vpn) {
        cpus.drop(task.asid(), vpn);
        accounting.count(task, Counter.PROTECTION_FAULTS);
        return Fault.Resolution.UPGRADE;
    }

    /** A page that holds nothing yet gets a frame of zeros. */
    private Fault.Resolution zeroFill(Task task, MemoryArea area, long vpn) {
        if (!task.table().prepare(vpn)) {
            return noTable();
        }
        if (area.has(MemoryArea.HUGE) && fillHuge(task, area, vpn)) {
            return pageFault(task, Fault.Resolution.ZERO_FILL);
        }
        reclaim.want(task, vpn);
        int frame = reclaim.takeFrame(NONE, task);
        if (frame == NONE) {
            return noFrame(reclaim.refusal(task));
        }
        loader.zeros(task, frame);
        loader.map(task, vpn, frame, permissions(area));
        return pageFault(task, Fault.Resolution.ZERO_FILL);
    }

    /**
     * Fills all pages of a huge page with zeros in consecutive frames, if the area holds all of
     * them, none holds anything yet, and such frames are free.
     */
    private boolean fillHuge(Task task, MemoryArea area, long vpn) {
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
        for (int i = 0; i < pages; i++) {
            reclaim.want(task, first + i);
            loader.zeros(task, run + i);
            frames.groups().charge(run + i, task.group());
            frames.map(run + i, task.asid(), first + i);
        }
        table.setHuge(vpn, run, permissions(area));
        task.addResident(pages);
        accounting.count(task, Counter.MAPS, pages);
        accounting.spend(task, Counter.MAP_TICKS, pages * costs.map());
        return true;
    }

    /** A page in the backing store comes back. */
    private Fault.Resolution swapIn(Task task, MemoryArea area, long vpn, long pte) {
        if (!load(task, area, vpn, pte)) {
            return noFrame(reclaim.refusal(task));
        }
        ahead.swappedIn(task, area, vpn, Pte.slot(pte), major);
        return pageFault(task, major ? Fault.Resolution.SWAP_IN : Fault.Resolution.MAP);
    }

    /** Brings a page back from the store before it is touched. */
    void bringIn(Task task, long vpn) {
        MemoryArea area = task.space().areaAt(vpn);
        long pte = task.table().peek(vpn);
        if (area != null
                && Pte.isSwapped(pte)
                && (!isTableStored(task, vpn) || loadTable(task, vpn))) {
            load(task, area, vpn, pte);
        }
    }

    /** Brings a page in as the process's own access would, for a page that is to stay. */
    void touch(Task task, long vpn) {
        MemoryArea area = task.space().areaAt(vpn);
        if (area == null) {
            return;
        }
        boolean write = !area.isShared() && allows(area, Op.WRITE);
        int op = write ? Op.WRITE : allows(area, Op.READ) ? Op.READ : Op.EXECUTE;
        if (!allows(area, op) || Pte.allows(task.table().get(vpn), op)) {
            return;
        }
        Fault.Resolution resolution;
        int met = 0;
        do { // the page of the table may have to come first
            resolution = meet(task, vpn << offsetBits, op);
            met++;
        } while (resolution != Fault.Resolution.SIGNAL
                && !Pte.isValid(task.table().get(vpn))
                && met < MOST_TOUCHES);
    }

    /**
     * Resolves a fault that the kernel meets in place of the process, whose access does not run
     * again by itself, and enters it into the events.
     */
    Fault.Resolution meet(Task task, long address, int op) {
        long vpn = address >>> offsetBits;
        Fault.Type type =
                Pte.isValid(task.table().get(vpn)) ? Fault.Type.PROTECTION : Fault.Type.PAGE;
        Fault.Resolution resolution = resolve(task, address, op);
        if (resolution != Fault.Resolution.SIGNAL) {
            long pte = task.table().get(vpn);
            int frame = Pte.isValid(pte) ? Pte.frame(pte) : NONE;
            accounting
                    .events()
                    .fault(
                            accounting.now(),
                            task.pid(),
                            address,
                            op,
                            type,
                            resolution,
                            major,
                            frame);
        }
        return resolution;
    }

    /**
     * A page in the backing store is read into a frame, unless a process that shares its slot has
     * brought it in already. While others share it, it may not be written in place. Answers false
     * if there is no frame.
     */
    private boolean load(Task task, MemoryArea area, long vpn, long pte) {
        int slot = Pte.slot(pte);
        int frame = swap.frame(slot);
        major = frame == NONE;
        if (major) {
            reclaim.want(task, vpn);
            frame = reclaim.takeFrameToSwapIn(task);
            if (frame == NONE) {
                return false;
            }
            loader.slot(task, frame, slot);
        }
        ahead.used(task, frame);
        swap.removeEntry(slot);
        task.addSwapped(-1);
        boolean shared = swap.entries(slot) > 0 || frames.users(frame) > 0;
        long permissions = permissions(area);
        loader.map(task, vpn, frame, shared ? Pte.copyOnWrite(permissions) : permissions);
        if (reclaim.lacksSpareFrame()) {
            mapSharers(slot, frame);
        }
        reclaim.exchange(frame, task);
        return true;
    }

    /**
     * All who share a slot map the frame that has its page, so that the slot can be given up; none
     * does if one of them cannot.
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
        loader.map(sharer, vpn, frame, Pte.copyOnWrite(permissions(area)));
    }

    /**
     * A page of a file or of shared memory: the frame that it is in, or one that is filled for it
     * now. All who share it map that frame and write to it in place; of a private mapping, a reader
     * maps it until it writes, and a writer gets a copy at once.
     */
    private Fault.Resolution mapObject(Task task, MemoryArea area, long vpn, int op) {
        MemoryObject object = objects.of(area);
        long page = area.objectPage(vpn, offsetBits);
        DiskFile file = object.file();
        if (file != null && page >= file.pageCount()) {
            return signal(
                    Signal.Code.BUS_ADRERR,
                    "the page is past the end of the file, which has " + file.size() + " bytes");
        }
        if (!task.table().prepare(vpn)) {
            return noTable();
        }
        int frame = pager.frame(task, object, page);
        Fault.Resolution resolution = pager.resolution();
        if (frame == NONE) {
            return noFrame(pager.why());
        }
        long permissions = permissions(area);
        if (!area.isShared() && op == Op.WRITE) {
            frame = pager.copyOf(task, vpn, frame);
            if (frame == NONE) {
                return noFrame(pager.why());
            }
            resolution =
                    resolution == Fault.Resolution.MAP ? Fault.Resolution.COW_COPY : resolution;
        } else if (!area.isShared()) {
            permissions = Pte.copyOnWrite(permissions);
        }
        loader.map(task, vpn, frame, permissions);
        major = resolution == Fault.Resolution.SWAP_IN || resolution == Fault.Resolution.FILE_READ;
        if (major) {
            pager.readAhead(task, object, page, frame);
        }
        if (major && area.has(MemoryArea.SEQUENTIAL)) {
            pager.bringIn(task, object, page + 1, page + ObjectPager.READ_AHEAD, frame);
        }
        return pageFault(task, resolution);
    }

    private Fault.Resolution pageFault(Task task, Fault.Resolution resolution) {
        accounting.count(task, Counter.PAGE_FAULTS);
        accounting.count(task, major ? Counter.MAJOR_FAULTS : Counter.MINOR_FAULTS);
        return resolution;
    }

    /**
     * A write to a page that was shared at a fork, or is a file's. If other pages still map the
     * frame, or it is the file's, the writer gets a copy; else it keeps the frame (lecture 16,
     * "Copy-On-Write (2)").
     */
    private Fault.Resolution breakSharing(Task task, MemoryArea area, long vpn, long pte) {
        int source = Pte.frame(pte);
        long permissions = permissions(area);
        if (isOnlyMapping(source)) {
            return reuse(task, vpn, pte, permissions);
        }
        if (!memory.canCopy(source)) {
            return signal(Signal.Code.BUS_ADRERR, CONTENT);
        }
        reclaim.want(task, vpn);
        int copy = reclaim.takeFrameToCopy(source, task);
        if (copy == NONE) {
            return makeRoomFromSource(task, source);
        }
        if (isOnlyMapping(source)) { // the others were ended to find the frame
            frames.free(copy);
            return reuse(task, vpn, pte, permissions);
        }
        loader.copy(task, source, copy);
        unmap(task, vpn, source, pte);
        loader.map(task, vpn, copy, permissions);
        reclaim.exchange(copy, task);
        accounting.count(task, Counter.PROTECTION_FAULTS);
        return Fault.Resolution.COW_COPY;
    }

    private boolean isOnlyMapping(int frame) {
        return frames.users(frame) == 1 && frames.object(frame) == NONE;
    }

    private Fault.Resolution reuse(Task task, long vpn, long pte, long permissions) {
        task.table().set(vpn, pte & ~Pte.COW | permissions);
        cpus.refresh(task.asid(), vpn);
        accounting.count(task, Counter.PROTECTION_FAULTS);
        accounting.count(task, Counter.COW_REUSES);
        return Fault.Resolution.COW_REUSE;
    }

    /**
     * No frame but the shared one can be had, as when there is only one: the page goes to the
     * store, which is the copy. The access runs again and reads it from there.
     */
    private Fault.Resolution makeRoomFromSource(Task task, int source) {
        if (reclaim.takeCondemned()) {
            return signal(Signal.Code.SI_KERNEL, OUT_OF_MEMORY);
        }
        if (reclaim.keepsSpareFrame() || !reclaim.evictable().evictable(source)) {
            return noFrame(reclaim.refusal(task));
        }
        reclaim.evictor().evictAndFree(source, task, Counter.DIRECT_RECLAIMS);
        accounting.count(task, Counter.PROTECTION_FAULTS);
        return Fault.Resolution.COW_COPY;
    }

    /** Takes one entry of several from a frame, which remembers if that entry was written to. */
    private void unmap(Task task, long vpn, int frame, long pte) {
        frames.unmap(frame, task.asid(), vpn);
        if (Pte.isDirty(pte)) {
            frames.setDirty(frame, true);
        }
        task.table().set(vpn, 0);
        cpus.invalidate(task.asid(), vpn);
        task.addResident(-1);
        accounting.count(task, Counter.UNMAPS);
        accounting.spend(task, Counter.MAP_TICKS, costs.unmap());
    }

    /** An access wants to store bytes that the machine has no room for. */
    Fault.Resolution outOfContent() {
        return signal(Signal.Code.BUS_ADRERR, CONTENT);
    }

    /** Whether the entries of an area's pages can allow an access. */
    private boolean allows(MemoryArea area, int op) {
        return Protection.allows(
                EntryWords.granted(spec.translation().layout(), area.protection()), op);
    }

    private long permissions(MemoryArea area) {
        return Pte.permissions(EntryWords.granted(spec.translation().layout(), area.protection()));
    }

    private Fault.Resolution noTable() {
        return noFrame(
                tables.isFramed()
                        ? "no frame can be had for the page table that the page needs"
                        : AddressSpace.TABLE_MEMORY);
    }

    /** No frame could be had: the process is the one that has to end for it, or gets SIGBUS. */
    private Fault.Resolution noFrame(String reason) {
        return reclaim.takeCondemned()
                ? signal(Signal.Code.SI_KERNEL, OUT_OF_MEMORY)
                : signal(Signal.Code.BUS_ADRERR, reason);
    }

    private Fault.Resolution forbidden(String what, MemoryArea area) {
        return signal(
                Signal.Code.SEGV_ACCERR,
                "the " + what + " is " + Protection.format(area.protection()));
    }

    private Fault.Resolution signal(Signal.Code newCode, String reason) {
        code = newCode;
        why = reason;
        major = false;
        return Fault.Resolution.SIGNAL;
    }
}
