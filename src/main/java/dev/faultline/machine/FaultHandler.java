package dev.faultline.machine;

import dev.faultline.machine.replacement.ReplacementPolicy;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel does at a fault, read from top to bottom in {@link #resolve}: which area? is the
 * access allowed? what backs the page? It mends the page table and does not finish the access: the
 * hardware runs it again.
 */
final class FaultHandler {

    private static final int NONE = FrameTable.NONE;
    private static final String SWAP_FULL =
            "swap is full: every page that could leave is dirty and no slot is free";
    private static final String TABLE_MEMORY = "the machine's page-table memory is used up";
    private static final String CONTENT = "the machine's memory for stored bytes is used up";

    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final Tlb tlb;
    private final Reclaim reclaim;
    private final SharedMemory shared;
    private final ReplacementPolicy policy;
    private final Books books;
    private final Costs costs;
    private final int offsetBits;
    private final long stackBytes;

    /** What the last fault came to, beside its resolution. */
    private boolean major;

    private Signal.Code code = Signal.Code.SEGV_MAPERR;
    private @Nullable String why;

    FaultHandler(Parts parts, Reclaim reclaim, ReplacementPolicy policy, Books books) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.tlb = parts.tlb();
        this.reclaim = reclaim;
        this.shared = parts.shared();
        this.policy = policy;
        this.books = books;
        this.costs = parts.spec().costs();
        this.offsetBits = parts.spec().offsetBits();
        this.stackBytes = parts.spec().limits().stackBytes();
    }

    /** Whether the last page fault read the page's own contents from the backing store. */
    boolean wasMajor() {
        return major;
    }

    /** The signal of a fault that was resolved by one. */
    Signal.Code code() {
        return code;
    }

    /** Why the last fault ended in a signal, in words, or null. */
    @Nullable String why() {
        return why;
    }

    /** Resolves the fault of an access. */
    Fault.Resolution resolve(Task task, long address, int op) {
        major = false;
        why = null;
        long vpn = address >>> offsetBits;
        MemoryArea area = task.space().areaAt(vpn);
        if (area == null) {
            return growStack(task, vpn, op);
        }
        if (!area.allows(op)) {
            return signal(
                    Signal.Code.SEGV_ACCERR, "the area is " + Protection.format(area.protection()));
        }
        long pte = task.table().get(vpn);
        if (Pte.isValid(pte)) {
            return breakSharing(task, area, address, op, pte);
        }
        if (area.name() != null) {
            return mapShared(task, area, area.name(), vpn);
        }
        if (Pte.isSwapped(pte)) {
            return swapIn(task, area, vpn, pte);
        }
        return zeroFill(task, area, vpn);
    }

    /** A page in no area may be just below a stack, which grows then (row C17, "growing down"). */
    private Fault.Resolution growStack(Task task, long vpn, int op) {
        MemoryArea stack = task.space().stackAbove(vpn);
        if (stack == null || !task.space().growStack(vpn, stackBytes)) {
            return signal(
                    Signal.Code.SEGV_MAPERR,
                    stack == null
                            ? "the address is in no area of the process"
                            : "the stack above may not grow down to the address");
        }
        if (!stack.allows(op)) {
            return signal(
                    Signal.Code.SEGV_ACCERR,
                    "the stack is " + Protection.format(stack.protection()));
        }
        Fault.Resolution filled = zeroFill(task, stack, vpn);
        return filled == Fault.Resolution.SIGNAL ? filled : Fault.Resolution.STACK_GROWTH;
    }

    /** A page that holds nothing yet gets a frame of zeros. */
    private Fault.Resolution zeroFill(Task task, MemoryArea area, long vpn) {
        if (!task.table().prepare(vpn)) {
            return signal(Signal.Code.BUS_ADRERR, TABLE_MEMORY);
        }
        int frame = reclaim.takeFrame(NONE, task);
        if (frame == NONE) {
            return signal(Signal.Code.BUS_ADRERR, SWAP_FULL);
        }
        fillWithZeros(task, frame);
        map(task, vpn, frame, Pte.permissions(area.protection()));
        return pageFault(task, Fault.Resolution.ZERO_FILL);
    }

    private void fillWithZeros(Task task, int frame) {
        memory.zero(frame);
        policy.loaded(frame);
        books.count(task, Counter.ZERO_FILLS);
        books.count(task, Counter.TICKS, costs.zeroFill());
    }

    /** Reads a slot into a frame, which is a clean copy of it from now on. */
    private void fillFromSlot(Task task, int frame, int slot) {
        memory.fill(frame, store.page(slot));
        policy.loaded(frame);
        swap.bindFrame(slot, frame);
        frames.bindSlot(frame, slot);
        books.count(task, Counter.SWAP_INS);
        books.count(task, Counter.TICKS, costs.swapIn());
    }

    /** A page in the backing store comes back. */
    private Fault.Resolution swapIn(Task task, MemoryArea area, long vpn, long pte) {
        if (!load(task, area, vpn, pte)) {
            return signal(Signal.Code.BUS_ADRERR, SWAP_FULL);
        }
        return pageFault(task, major ? Fault.Resolution.SWAP_IN : Fault.Resolution.MAP);
    }

    /** Brings a page back before it is touched, if it is in the store. */
    void bringIn(Task task, long vpn) {
        MemoryArea area = task.space().areaAt(vpn);
        long pte = task.table().get(vpn);
        if (area != null && Pte.isSwapped(pte)) {
            load(task, area, vpn, pte);
        }
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
            frame = reclaim.takeFrame(NONE, task);
            if (frame == NONE) {
                return false;
            }
            fillFromSlot(task, frame, slot);
        }
        swap.removeEntry(slot);
        task.addSwapped(-1);
        boolean shared = swap.entries(slot) > 0 || frames.mappings(frame) > 0;
        long permissions = Pte.permissions(area.protection());
        map(task, vpn, frame, shared ? Pte.copyOnWrite(permissions) : permissions);
        return true;
    }

    /**
     * A page of shared memory: the frame that it is in, or one that is filled for it now. All who
     * map it may write to it in place.
     */
    private Fault.Resolution mapShared(Task task, MemoryArea area, String name, long vpn) {
        SharedMemory.Segment segment = shared.open(name);
        long page = area.sharedPage(vpn, offsetBits);
        if (segment == null || !task.table().prepare(vpn)) {
            return signal(Signal.Code.BUS_ADRERR, TABLE_MEMORY);
        }
        Fault.Resolution resolution = Fault.Resolution.MAP;
        int frame = segment.frame(page);
        if (frame == NONE) {
            if (!shared.prepare(segment, page)) {
                return signal(Signal.Code.BUS_ADRERR, TABLE_MEMORY);
            }
            frame = reclaim.takeFrame(NONE, task);
            int slot = segment.slot(page);
            if (frame == NONE) {
                if (slot == NONE) {
                    shared.forgotten();
                }
                return signal(Signal.Code.BUS_ADRERR, SWAP_FULL);
            }
            resolution = fillShared(task, segment, page, frame, slot);
        }
        map(task, vpn, frame, Pte.permissions(area.protection()));
        major = resolution == Fault.Resolution.SWAP_IN;
        return pageFault(task, resolution);
    }

    private Fault.Resolution fillShared(
            Task task, SharedMemory.Segment segment, long page, int frame, int slot) {
        boolean stored = slot != NONE;
        if (stored) {
            fillFromSlot(task, frame, slot);
            swap.removeEntry(slot);
        } else {
            fillWithZeros(task, frame);
        }
        segment.loaded(page, frame);
        frames.own(frame, segment.id(), page);
        return stored ? Fault.Resolution.SWAP_IN : Fault.Resolution.ZERO_FILL;
    }

    private Fault.Resolution pageFault(Task task, Fault.Resolution resolution) {
        books.count(task, Counter.PAGE_FAULTS);
        books.count(task, major ? Counter.MAJOR_FAULTS : Counter.MINOR_FAULTS);
        return resolution;
    }

    /**
     * A write to a page that was shared at a fork. If other pages still map the frame the writer
     * gets a copy; if none does, it keeps the frame (lecture 16, "Copy-On-Write (2)").
     */
    private Fault.Resolution breakSharing(
            Task task, MemoryArea area, long address, int op, long pte) {
        long vpn = address >>> offsetBits;
        int source = Pte.frame(pte);
        long permissions = Pte.permissions(area.protection());
        if (frames.mappings(source) == 1) {
            task.table().set(vpn, pte & ~Pte.COW | permissions);
            tlb.invalidate(task.pid(), vpn);
            books.count(task, Counter.PROTECTION_FAULTS);
            books.count(task, Counter.COW_REUSES);
            return Fault.Resolution.COW_REUSE;
        }
        if (!memory.canCopy(source)) {
            return signal(Signal.Code.BUS_ADRERR, CONTENT);
        }
        int copy = reclaim.takeFrame(source, task);
        if (copy == NONE) {
            return makeRoomFromSource(task, address, op, source);
        }
        memory.copy(source, copy);
        policy.loaded(copy);
        unmap(task, vpn, source, pte);
        map(task, vpn, copy, permissions);
        books.count(task, Counter.PROTECTION_FAULTS);
        books.count(task, Counter.COW_COPIES);
        books.count(task, Counter.TICKS, costs.pageCopy());
        return Fault.Resolution.COW_COPY;
    }

    /**
     * No frame but the shared one can be had, as when there is only one: the page goes to the
     * store, and the access finds it there.
     */
    private Fault.Resolution makeRoomFromSource(Task task, long address, int op, int source) {
        if (!reclaim.evictable(source)) {
            return signal(Signal.Code.BUS_ADRERR, SWAP_FULL);
        }
        reclaim.evict(source, task);
        frames.free(source);
        books.count(task, Counter.PROTECTION_FAULTS);
        return resolve(task, address, op);
    }

    /** Lets an entry name a frame. */
    private void map(Task task, long vpn, int frame, long permissions) {
        frames.map(frame, task.pid(), vpn);
        task.table().set(vpn, Pte.resident(frame, permissions));
        task.addResident(1);
        books.count(task, Counter.MAPS);
    }

    /** Takes one entry of several from a frame, which remembers if that entry was written to. */
    private void unmap(Task task, long vpn, int frame, long pte) {
        frames.unmap(frame, task.pid(), vpn);
        if (Pte.isDirty(pte)) {
            frames.setDirty(frame, true);
        }
        task.table().set(vpn, 0);
        tlb.invalidate(task.pid(), vpn);
        task.addResident(-1);
        books.count(task, Counter.UNMAPS);
    }

    /** An access wants to store bytes that the machine has no room for. */
    Fault.Resolution outOfContent() {
        return signal(Signal.Code.BUS_ADRERR, CONTENT);
    }

    private Fault.Resolution signal(Signal.Code newCode, String reason) {
        code = newCode;
        why = reason;
        return Fault.Resolution.SIGNAL;
    }
}
