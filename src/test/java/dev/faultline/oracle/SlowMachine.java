package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A computer with paging, told as plainly as possible.
 *
 * <p>An access looks in the TLB, walks the page table, raises a fault when it must, and is run
 * again from the start once the fault is resolved. All memory is anonymous and private.
 */
public final class SlowMachine {

    private final Config config;
    private final Counters counters = new Counters();
    private final Map<Integer, Task> tasks = new TreeMap<>();
    private final SwapSpace swap;
    private final SlowTlb tlb;
    private final Memory memory;

    /** The process that ran last, which may have ended; null before the first access. */
    private @Nullable Task current;

    /** Makes a machine without processes. */
    public SlowMachine(Config config) {
        this.config = config;
        swap = new SwapSpace(config.swapSlots());
        tlb = new SlowTlb(config);
        memory = new Memory(config, swap, tlb, counters);
    }

    // ---- processes

    /** Makes a process with one {@code rwx} area over the whole space; answers its pid, from 1. */
    public int createProcess() {
        return createProcess(List.of(new Area(0, config.spacePages(), "rwx")));
    }

    /** Makes a process with these areas, which must not overlap; answers its pid. */
    public int createProcess(List<Area> areas) {
        Task task = new Task(tasks.size() + 1, areas, config.levels());
        tasks.put(task.pid, task);
        return task.pid;
    }

    /** Makes a copy-on-write copy of a process; answers the child's pid. */
    public int fork(int pid) {
        Task parent = running(pid);
        Task child = running(createProcess(parent.areas));
        counters.count("forks");
        for (PageEntry entry : parent.table.inPageOrder()) {
            if (!entry.hasContents()) {
                continue;
            }
            PageEntry copy = child.table.make(entry.vpn);
            entry.copyOnWrite = true;
            copy.copyOnWrite = true;
            if (entry.frame != null) {
                entry.writable = false;
                memory.map(child, copy, entry.frame);
            } else if (entry.slot != null) {
                swap.name(copy, entry.slot);
            }
        }
        flushTlbOf(parent);
        return child.pid;
    }

    /** Ends a process and gives back all it had. */
    public void exit(int pid) {
        Task task = running(pid);
        for (PageEntry entry : task.table.inPageOrder()) {
            Frame frame = entry.frame;
            if (frame != null) {
                memory.unmap(entry);
                if (frame.mappings.isEmpty()) {
                    memory.free(frame);
                }
            }
            swap.unname(entry);
        }
        flushTlbOf(task);
        task.terminated = true;
    }

    // ---- accesses

    /** The clock interrupt: no page counts as used until it is used again. */
    public void tick() {
        memory.forgetUse();
    }

    /**
     * Makes one access that touches no byte's value.
     *
     * @param op {@code r}, {@code w} or {@code x}
     * @param address a byte address within the space
     * @return the physical address, or -1 if the access ended in a signal
     */
    public long access(int pid, char op, long address) {
        Frame frame = run(pid, op, address);
        return frame == null ? -1 : physicalAddress(frame, address);
    }

    /**
     * Makes one write access and stores the low bytes of a value, the lowest first.
     *
     * @param size 1 to 8 bytes, all in one page
     * @return the physical address, or -1 if the access ended in a signal
     */
    public long write(int pid, long address, int size, long value) {
        int offset = offsetOf(address, size);
        Frame frame = run(pid, 'w', address);
        if (frame == null) {
            return -1;
        }
        for (int i = 0; i < size; i++) {
            frame.bytes[offset + i] = (byte) (value >>> (8 * i));
        }
        return physicalAddress(frame, address);
    }

    /**
     * Makes one read access and answers the bytes, the lowest first, as an unsigned number.
     *
     * @param size 1 to 8 bytes, all in one page
     * @return the value, or 0 if the access ended in a signal; see {@link #terminated}
     */
    public long read(int pid, long address, int size) {
        int offset = offsetOf(address, size);
        Frame frame = run(pid, 'r', address);
        if (frame == null) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (frame.bytes[offset + i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    /** Runs an access until it completes or the process is ended; answers its frame or null. */
    private @Nullable Frame run(int pid, char op, long address) {
        if (address < 0 || address / config.pageSize() >= config.spacePages()) {
            throw new IllegalArgumentException("address beyond the space: " + address);
        }
        Task task = running(pid);
        String kind =
                switch (op) {
                    case 'r' -> "reads";
                    case 'w' -> "writes";
                    case 'x' -> "executes";
                    default -> throw new IllegalArgumentException("operation " + op);
                };
        dispatch(task);
        counters.count("accesses");
        counters.count(kind);
        long vpn = address / config.pageSize();
        Frame frame = attempt(task, op, vpn, true);
        while (frame == null && !task.terminated) {
            frame = attempt(task, op, vpn, false);
        }
        if (frame != null) {
            counters.add("ticks", config.memoryReference());
            memory.use(frame);
        }
        return frame;
    }

    private void dispatch(Task task) {
        if (current != null && current != task) {
            counters.count("contextSwitches");
            if (tlb.isPresent() && !config.tlbTagged()) {
                tlb.dropAll();
                counters.count("tlbFlushes");
            }
        }
        current = task;
    }

    /** What the hardware does once. Answers the frame, or null after a fault. */
    private @Nullable Frame attempt(Task task, char op, long vpn, boolean first) {
        SlowTlb.Way hit = tlb.lookUp(task.pid, vpn);
        if (tlb.isPresent() && first) {
            counters.count(hit == null ? "tlbMisses" : "tlbHits");
        }
        if (hit != null) {
            if (!hit.allows(op)) {
                protectionFault(task, op, vpn);
                return null;
            }
            if (op == 'w' && !hit.dirty) {
                hit.dirty = true;
                setDirty(Objects.requireNonNull(task.table.find(vpn)));
            }
            return memory.frame(hit.frame);
        }

        PageTable.Walk walk = task.table.walk(vpn);
        counters.add("walkReferences", walk.references());
        counters.add("ticks", walk.references() * config.memoryReference());
        PageEntry entry = walk.entry();
        if (entry == null || entry.frame == null) {
            pageFault(task, op, vpn);
            return null;
        }
        if (!entry.allows(op)) {
            protectionFault(task, op, vpn);
            return null;
        }
        entry.accessed = true;
        if (op == 'w') {
            setDirty(entry);
        }
        tlb.fill(entry, entry.frame);
        return entry.frame;
    }

    /** Sets a dirty bit. When it was clear, the copy in the store is no longer good. */
    private void setDirty(PageEntry entry) {
        if (!entry.dirty) {
            entry.dirty = true;
            swap.unbind(Objects.requireNonNull(entry.frame));
        }
    }

    // ---- faults

    private void pageFault(Task task, char op, long vpn) {
        if (!areaAllows(task, op, vpn)) {
            return;
        }
        PageEntry entry = task.table.make(vpn);
        Slot slot = entry.slot;
        if (slot != null) {
            Frame copy = slot.boundTo;
            // Who is alone with a page may write to it; who shares its slot or its frame may not.
            entry.copyOnWrite =
                    slot.namedBy.size() > 1 || (copy != null && !copy.mappings.isEmpty());
        }
        if (slot != null && slot.boundTo != null) {
            memory.map(task, entry, slot.boundTo);
            counters.count("minorFaults");
            counters.count("pageFaults");
            return;
        }
        Frame frame = memory.obtain(null);
        if (frame == null) {
            noFrame(task);
            return;
        }
        if (slot == null) {
            frame.bytes = new byte[config.pageSize()];
            counters.count("zeroFills");
            counters.count("minorFaults");
        } else {
            frame.bytes = slot.bytes.clone();
            swap.bind(frame, slot);
            counters.count("swapIns");
            counters.add("ticks", config.swapIn());
            counters.count("majorFaults");
        }
        counters.count("pageFaults");
        memory.map(task, entry, frame);
    }

    private void protectionFault(Task task, char op, long vpn) {
        if (!areaAllows(task, op, vpn)) {
            return;
        }
        PageEntry entry = Objects.requireNonNull(task.table.find(vpn));
        Frame source = Objects.requireNonNull(entry.frame);
        if (op != 'w' || !entry.copyOnWrite) {
            throw new IllegalStateException("only copy-on-write forbids what the area allows");
        }
        if (source.mappings.size() > 1) {
            Frame copy = memory.obtain(source);
            if (copy == null) {
                // No frame but the shared one: the page goes to the store, which is the copy.
                if (memory.makeRoom(source)) {
                    counters.count("protectionFaults");
                } else {
                    noFrame(task);
                }
                return;
            }
            counters.count("protectionFaults");
            counters.count("cowCopies");
            copy.bytes = source.bytes.clone();
            memory.unmap(entry);
            entry.copyOnWrite = false;
            memory.map(task, entry, copy);
        } else {
            counters.count("protectionFaults");
            counters.count("cowReuses");
            entry.copyOnWrite = false;
            entry.writable = true;
            tlb.drop(entry.pid, entry.vpn);
        }
    }

    /** SIGBUS: a frame was needed and none could be given up. */
    private void noFrame(Task task) {
        counters.count("signals");
        exit(task.pid);
    }

    /** Checks the areas. If they forbid the access, sends SIGSEGV, which ends the process. */
    private boolean areaAllows(Task task, char op, long vpn) {
        Area area = task.areaOf(vpn);
        if (area != null && area.allows(op)) {
            return true;
        }
        counters.count(area == null ? "mapErrors" : "accessErrors");
        counters.count("signals");
        exit(task.pid);
        return false;
    }

    // ---- the rest

    /** Flushes what the TLB holds of a process, and counts it, after a fork or an exit. */
    private void flushTlbOf(Task task) {
        if (!tlb.isPresent()) {
            return;
        }
        if (config.tlbTagged()) {
            tlb.dropAsid(task.pid);
            counters.count("tlbFlushes");
        } else if (current == task) {
            tlb.dropAll();
            counters.count("tlbFlushes");
        }
    }

    private Task task(int pid) {
        Task task = tasks.get(pid);
        if (task == null) {
            throw new IllegalArgumentException("no process " + pid);
        }
        return task;
    }

    private Task running(int pid) {
        Task task = task(pid);
        if (task.terminated) {
            throw new IllegalStateException("process " + pid + " has ended");
        }
        return task;
    }

    private int offsetOf(long address, int size) {
        int offset = (int) (address % config.pageSize());
        if (size < 1 || size > 8 || offset + size > config.pageSize()) {
            throw new IllegalArgumentException("an access has 1 to 8 bytes of one page");
        }
        return offset;
    }

    private long physicalAddress(Frame frame, long address) {
        return (long) frame.number * config.pageSize() + address % config.pageSize();
    }

    // ---- what a test may look at

    /** All counters of the machine by name, as a copy. */
    public Map<String, Long> counters() {
        return counters.copy();
    }

    /** The state of a page: {@code unallocated}, {@code resident} or {@code swapped}. */
    public String pageState(int pid, long vpn) {
        PageEntry entry = task(pid).table.find(vpn);
        if (entry == null || !entry.hasContents()) {
            return "unallocated";
        }
        return entry.frame != null ? "resident" : "swapped";
    }

    /** The number of the frame that holds a page, or -1. */
    public int frameOf(int pid, long vpn) {
        PageEntry entry = task(pid).table.find(vpn);
        return entry == null || entry.frame == null ? -1 : entry.frame.number;
    }

    /** How many swap slots are named by an entry or bound to a frame. */
    public int usedSlots() {
        return swap.usedSlots();
    }

    /** How many frames are free. */
    public int freeFrames() {
        return memory.freeFrames();
    }

    /** Says whether a process has ended, by its own exit or by a signal. */
    public boolean terminated(int pid) {
        return task(pid).terminated;
    }
}
