package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A page table that is stored in the machine's own frames. A page of entries gets a frame when its
 * first entry is set; inner nodes keep their frames until the table is released.
 *
 * <p>The entries of a page that was swapped out exist only in the store. A walk finds nothing there
 * and faults. The kernel, which knows where they are, reads and writes them in the store.
 */
public final class PageTableInFrames implements PageTable {

    /** Stands for no frame, and for no slot. */
    private static final int NONE = -1;

    /** Host bytes of the bookkeeping for one page of a table. */
    public static final long HOST_BYTES = 256;

    /** The frames and slots that tables take; the kernel provides them. */
    public interface Frames {

        /** Takes a frame for a page of this address space's table; -1 if there is none. */
        int take(int asid);

        /** Records that a frame holds a page of a table. */
        void own(int frame, TablePage unit);

        /** Frees a frame that held a page of a table. */
        void free(int frame);

        /** Frees a slot whose page of a table was brought back or released. */
        void leaveSlot(int slot);

        /** Records that a page of this address space's table was read from the store. */
        void readBack(int asid);

        /** Keeps a page of a table in memory until another one is needed. */
        void need(TablePage unit);

        /** Whether this page of a table is the one that has to stay. */
        boolean isNeeded(TablePage unit);

        /** Records that a page of a table no longer exists. */
        void forget(TablePage unit);

        /** Records that there are {@code pages} more pages of tables, or fewer if negative. */
        void hold(long pages);
    }

    private final int asid;
    private final PageTable table;
    private final Frames memory;
    private final BackingStore store;
    private final long pageSize;

    /** The bits of a page number that select an entry within a page of entries. */
    private final int unitBits;

    private final NavigableMap<Long, TablePage> units = new TreeMap<>();

    /** The frames of inner nodes. */
    private final List<Integer> innerFrames = new ArrayList<>();

    private boolean hitStored;

    /**
     * Puts {@code table}, an empty one, into frames.
     *
     * @param asid its address space
     * @param memory gives the frames
     * @param store where pages of entries are swapped to
     */
    public PageTableInFrames(
            int asid, PageTable table, MachineSpec spec, Frames memory, BackingStore store) {
        this.asid = asid;
        this.table = table;
        this.memory = memory;
        this.store = store;
        pageSize = spec.pageSize();
        unitBits = Math.min(table.leafBits(), spec.offsetBits() - 3);
    }

    private @Nullable TablePage unit(long vpn) {
        return units.get(vpn >>> unitBits);
    }

    @Override
    public boolean isStored(long vpn) {
        TablePage unit = unit(vpn);
        return unit != null && unit.isStored();
    }

    @Override
    public void need(long vpn) {
        TablePage unit = unit(vpn);
        if (unit != null) {
            memory.need(unit);
        }
    }

    /** The slots of pages of entries, for tests of the invariants. */
    public List<Integer> storedSlots() {
        return units.values().stream()
                .filter(TablePage::isStored)
                .map(unit -> unit.slot())
                .toList();
    }

    @Override
    public void bringBack(long vpn, int frame) {
        TablePage unit = unit(vpn);
        if (unit != null) {
            comeBack(unit, frame);
            memory.need(unit);
        }
    }

    private TablePage newPage(long number) {
        return new TablePage(asid, number, table, store, unitBits, pageSize);
    }

    private void comeBack(TablePage unit, int frame) {
        int from = unit.comeBack(frame);
        memory.own(frame, unit);
        memory.leaveSlot(from);
    }

    private boolean bringBack(TablePage unit) {
        int frame = memory.take(asid);
        if (frame == NONE) {
            return false;
        }
        comeBack(unit, frame);
        memory.need(unit);
        memory.readBack(asid);
        return true;
    }

    @Override
    public int framesToPrepare(long[] vpns) {
        long frames = innerFrames.isEmpty() ? table.roots() * innerPages() : 0;
        long last = -1;
        for (long vpn : vpns) {
            if (vpn >>> unitBits == last) {
                continue;
            }
            last = vpn >>> unitBits;
            TablePage unit = unit(vpn);
            if (unit == null) {
                frames += 1 + table.missingInnerNodes(vpn) * innerPages();
            } else if (unit.isStored()) {
                frames++;
            }
        }
        return (int) frames;
    }

    @Override
    public int storage() {
        return units.size() + innerFrames.size();
    }

    @Override
    public long get(long vpn) {
        hitStored = isStored(vpn);
        return table.get(vpn);
    }

    @Override
    public long peek(long vpn) {
        TablePage unit = unit(vpn);
        return unit != null && unit.isStored() ? unit.entryInStore(vpn) : table.get(vpn);
    }

    @Override
    public int references() {
        return hitStored ? table.references() - 1 : table.references();
    }

    @Override
    public List<TableReference> path(long vpn) {
        List<TableReference> path = new ArrayList<>();
        for (TableReference reference : table.path(vpn).reversed()) {
            boolean leaf = reference.kind() == TableReference.Kind.ENTRY;
            if (leaf && isStored(vpn)) {
                continue;
            }
            Long next = path.isEmpty() ? null : path.getFirst().address();
            long below = next == null ? 0 : next & -pageSize;
            path.addFirst(
                    reference.at(
                            leaf ? leafAddress(vpn) : innerAddress(reference),
                            leaf ? reference.word() : below));
        }
        return path;
    }

    private @Nullable Long leafAddress(long vpn) {
        TablePage unit = unit(vpn);
        return unit == null
                ? null
                : Long.valueOf(unit.frame() * pageSize + 8 * (vpn & (1L << unitBits) - 1));
    }

    /**
     * The address of an entry of an inner node; {@link #innerFrames} has these nodes in the order
     * in which they were made.
     */
    private @Nullable Long innerAddress(TableReference reference) {
        long inTable = Objects.requireNonNull(reference.address());
        long offset = 8 * reference.index();
        int at = (int) (table.innerNodesBefore(inTable) * innerPages() + offset / pageSize);
        return at >= innerFrames.size()
                ? null
                : Long.valueOf(innerFrames.get(at) * pageSize + offset % pageSize);
    }

    @Override
    public boolean prepare(long vpn) {
        TablePage known = unit(vpn);
        if (known != null) {
            return !known.isStored() || bringBack(known);
        }
        int missing = table.missingInnerNodes(vpn) + (innerFrames.isEmpty() ? table.roots() : 0);
        for (long more = missing * innerPages(); more > 0; more--) {
            int frame = memory.take(asid);
            if (frame == NONE) {
                return false;
            }
            innerFrames.add(frame);
            memory.own(frame, inner);
            memory.hold(1);
        }
        int frame = memory.take(asid);
        if (frame == NONE) {
            return false;
        }
        if (!table.prepare(vpn)) {
            memory.own(frame, inner);
            memory.free(frame);
            return false;
        }
        TablePage unit = newPage(vpn >>> unitBits).at(frame, NONE);
        units.put(unit.number(), unit);
        memory.hold(1);
        memory.own(frame, unit);
        memory.need(unit);
        return true;
    }

    /** Stands for the inner nodes, which are never swapped out. */
    private final TablePage inner = fixed();

    private TablePage fixed() {
        TablePage unit = newPage(-1);
        unit.entryChanges(0, Pte.VALID);
        return unit;
    }

    /** The number of frames that one inner node takes. */
    private long innerPages() {
        return (table.innerNodeBytes() + pageSize - 1) / pageSize;
    }

    @Override
    public void set(long vpn, long pte) {
        TablePage unit = unit(vpn);
        if (unit == null) {
            throw new IllegalStateException("PageTableInFrames: page " + vpn + " was not prepared");
        }
        if (unit.isStored()) {
            unit.writeInStore(vpn, pte);
            return;
        }
        unit.entryChanges(table.get(vpn), pte);
        table.set(vpn, pte);
    }

    @Override
    public void restore(long vpn, long pte) {
        if (!isStored(vpn)) { // else the store has it
            set(vpn, pte);
        }
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        for (TablePage unit : List.copyOf(units.tailMap(from >>> unitBits, true).values())) {
            long first = unit.firstVpn();
            if (first >= to) {
                return;
            }
            long begin = Math.max(first, from);
            long end = Math.min(unit.endVpn(), to);
            if (!unit.isStored()) {
                table.forEach(begin, end, visitor);
                continue;
            }
            for (long vpn = begin; vpn < end; vpn++) {
                long pte = unit.entryInStore(vpn);
                if (pte != 0) {
                    visitor.entry(vpn, pte);
                }
            }
        }
    }

    @Override
    public long bytes() {
        return storage() * pageSize;
    }

    @Override
    public long hostBytes() {
        return table.hostBytes();
    }

    @Override
    public long copyBytes() {
        return table.copyBytes() + HOST_BYTES * storage();
    }

    @Override
    public int leafBits() {
        return table.leafBits();
    }

    @Override
    public void release() {
        memory.hold(-storage());
        for (TablePage unit : units.values()) {
            if (unit.isStored()) {
                memory.leaveSlot(unit.slot());
            } else {
                memory.free(unit.frame());
            }
            memory.forget(unit);
        }
        units.clear();
        innerFrames.forEach(memory::free);
        innerFrames.clear();
        table.release();
    }

    @Override
    public void saveMemory(StateWriter out) {
        table.saveMemory(out);
        out.writeInt(innerFrames.size());
        innerFrames.forEach(out::writeInt);
        out.writeInt(units.size());
        for (TablePage unit : units.values()) {
            out.writeLong(unit.number());
            out.writeInt(unit.frame());
            out.writeInt(unit.slot());
            out.writeBoolean(memory.isNeeded(unit));
        }
    }

    @Override
    public void loadMemory(StateReader in) {
        table.loadMemory(in);
        for (int left = in.readInt(); left > 0; left--) {
            int frame = in.readInt();
            innerFrames.add(frame);
            memory.own(frame, inner);
        }
        memory.hold(innerFrames.size());
        for (int left = in.readInt(); left > 0; left--) {
            TablePage unit = newPage(in.readLong()).at(in.readInt(), in.readInt());
            units.put(unit.number(), unit);
            memory.hold(1);
            if (unit.frame() != NONE) {
                memory.own(unit.frame(), unit);
            }
            if (in.readBoolean()) {
                memory.need(unit);
            }
        }
    }
}
