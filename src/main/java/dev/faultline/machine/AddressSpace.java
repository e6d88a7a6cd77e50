package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A process's memory as the kernel sees it: its areas, beside the page table of the hardware. Areas
 * lie in the order of their addresses and no two share a page; what is added or protected is joined
 * with neighbours that differ in nothing. Finding one is O(log areas).
 */
final class AddressSpace {

    /** Bytes of the host's memory that an area takes of the machine's table memory, about. */
    static final long HOST_BYTES_PER_AREA = 64;

    private final List<MemoryArea> areas = new ArrayList<>();
    private final PageTable table;
    private final Quota tableMemory;
    private final int offsetBits;
    private final long pageSize;
    private final long size;

    /** The areas that were paid for to {@link #tableMemory}. */
    private int paidAreas;

    /** Where the heap begins, and the first address after it. */
    private long heapStart;

    private long heapEnd;

    AddressSpace(MachineSpec spec, Quota tableMemory) {
        this.tableMemory = tableMemory;
        table = spec.translation().newTable(spec.vpnBits(), tableMemory);
        offsetBits = spec.offsetBits();
        pageSize = spec.pageSize();
        size = 1L << spec.addressBits();
    }

    PageTable table() {
        return table;
    }

    List<MemoryArea> areas() {
        return Collections.unmodifiableList(areas);
    }

    /** Puts areas into an empty space; the heap begins above the highest. */
    void begin(List<MemoryArea> first) {
        first.forEach(this::insert);
        heapStart = areas.isEmpty() ? 0 : pagesEnd(areas.getLast());
        heapEnd = heapStart;
        pay();
    }

    /** Becomes, but for the table, a copy of another space. */
    void copy(AddressSpace other) {
        areas.addAll(other.areas);
        heapStart = other.heapStart;
        heapEnd = other.heapEnd;
        pay();
    }

    long heapStart() {
        return heapStart;
    }

    long heapEnd() {
        return heapEnd;
    }

    /** The first address of a page, or the end of the space, at or above an address. */
    long roundedUp(long address) {
        return address + pageSize - 1 & -pageSize;
    }

    private long pagesEnd(MemoryArea area) {
        return roundedUp(area.end());
    }

    /** The area that holds a page, or null; it allocates nothing. */
    @Nullable MemoryArea areaAt(long vpn) {
        int below = countUpTo(vpn << offsetBits);
        if (below == 0) {
            return null;
        }
        MemoryArea area = areas.get(below - 1);
        return vpn <= (area.end() - 1) >>> offsetBits ? area : null;
    }

    /** Whether no page of a range is in an area. */
    boolean isFree(long from, long to) {
        int below = countUpTo(to - 1);
        return below == 0 || pagesEnd(areas.get(below - 1)) <= from;
    }

    /** Whether every page of a range is in an area. */
    boolean isCovered(long from, long to) {
        long next = from;
        for (int i = Math.max(0, countUpTo(from) - 1); next < to; i++) {
            if (i == areas.size() || areas.get(i).start() > next) {
                return false;
            }
            next = Math.max(next, pagesEnd(areas.get(i)));
        }
        return true;
    }

    /** The highest start of so many free bytes in whole pages, or -1. */
    long highestGap(long bytes) {
        long end = size;
        for (int i = areas.size() - 1; i >= -1; i--) {
            long below = i < 0 ? 0 : pagesEnd(areas.get(i));
            if (end - below >= bytes) {
                return end - bytes;
            }
            end = i < 0 ? 0 : areas.get(i).start();
        }
        return -1;
    }

    /** How many areas there would be once a range was taken out of them. */
    int countWithout(long from, long to) {
        int begun = countUpTo(to - 1) - countUpTo(from - 1);
        return areas.size() - begun + (isInside(to) ? 1 : 0);
    }

    /** How many areas there would be if areas ended at both ends of a range. */
    int countSplit(long from, long to) {
        return areas.size() + (isInside(from) ? 1 : 0) + (isInside(to) ? 1 : 0);
    }

    /** Whether an address lies in an area and is not its first. */
    private boolean isInside(long address) {
        int below = countUpTo(address - 1);
        return below > 0 && pagesEnd(areas.get(below - 1)) > address;
    }

    /** Adds an area where no page is taken, and joins it with its neighbours if it can. */
    void add(MemoryArea area) {
        insert(area);
        int at = countUpTo(area.start()) - 1;
        join(at);
        join(at - 1);
        pay();
    }

    /** Takes the pages of a range out of all areas. */
    void remove(long from, long to) {
        split(from);
        split(to);
        areas.subList(countUpTo(from - 1), countUpTo(to - 1)).clear();
        pay();
    }

    /** Gives the pages of a range another protection. */
    void protect(long from, long to, int protection) {
        split(from);
        split(to);
        int first = countUpTo(from - 1);
        int end = countUpTo(to - 1);
        areas.subList(first, end).replaceAll(area -> area.with(protection));
        for (int at = Math.min(end, areas.size() - 1); at >= first - 1; at--) {
            join(at);
        }
        pay();
    }

    /**
     * Moves the end of the heap to an address, in whose way there is nothing. The pages below that
     * the process unmapped itself stay unmapped.
     */
    void moveHeapEnd(long end) {
        if (end < heapEnd) {
            remove(roundedUp(end), roundedUp(heapEnd));
            MemoryArea last = end == heapStart ? null : areaAt(end - 1 >>> offsetBits);
            if (last != null && last.kind() == MemoryArea.Kind.HEAP && last.end() > end) {
                replace(last, last.part(last.start(), end));
            }
        } else if (end > heapEnd) {
            MemoryArea last = heapEnd == heapStart ? null : areaAt(heapEnd - 1 >>> offsetBits);
            if (last != null && last.kind() == MemoryArea.Kind.HEAP && last.end() == heapEnd) {
                long filled = Math.min(end, roundedUp(heapEnd));
                replace(last, last.part(last.start(), filled));
            }
            long from = roundedUp(heapEnd);
            if (end > from) {
                int readWrite = Protection.READ | Protection.WRITE;
                add(new MemoryArea(from, end - from, readWrite, MemoryArea.Kind.HEAP));
            }
        }
        heapEnd = end;
    }

    /** The stack that is next above a page in no area, or null. */
    @Nullable MemoryArea stackAbove(long vpn) {
        int above = countUpTo(vpn << offsetBits);
        return above < areas.size() && areas.get(above).kind() == MemoryArea.Kind.STACK
                ? areas.get(above)
                : null;
    }

    /**
     * Lowers the stack that is next above a page so that it holds it, if it stays within so many
     * bytes, and a page is left between it and the area below, as a guard.
     */
    boolean growStack(long vpn, long mostBytes) {
        long start = vpn << offsetBits;
        int above = countUpTo(start);
        MemoryArea stack = areas.get(above);
        boolean guarded = above == 0 || start - pagesEnd(areas.get(above - 1)) >= pageSize;
        if (!guarded || stack.end() - start > mostBytes) {
            return false;
        }
        replace(stack, stack.part(start, stack.end()));
        return true;
    }

    private void replace(MemoryArea area, MemoryArea by) {
        areas.set(countUpTo(area.start()) - 1, by);
    }

    private void insert(MemoryArea area) {
        areas.add(countUpTo(area.start()), area);
    }

    /** Lets an area end, and another begin, at the start of a page. */
    private void split(long address) {
        if (isInside(address)) {
            int at = countUpTo(address - 1) - 1;
            MemoryArea area = areas.get(at);
            areas.set(at, area.part(area.start(), address));
            areas.add(at + 1, area.part(address, area.end()));
        }
    }

    /** Makes an area and the next one into one, if they differ in nothing. */
    private void join(int at) {
        if (at >= 0 && at + 1 < areas.size()) {
            MemoryArea low = areas.get(at);
            MemoryArea high = areas.get(at + 1);
            if (low.continuesIn(high, pageSize)) {
                areas.set(at, low.part(low.start(), high.end()));
                areas.remove(at + 1);
            }
        }
    }

    /** How many areas start at an address or below it. */
    private int countUpTo(long address) {
        int low = 0;
        int high = areas.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (areas.get(middle).start() <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void pay() {
        tableMemory.charge((areas.size() - paidAreas) * HOST_BYTES_PER_AREA);
        paidAreas = areas.size();
    }

    /** Bytes of the host's memory that a fork of this space would take. */
    long hostBytes() {
        return table.hostBytes() + areas.size() * HOST_BYTES_PER_AREA;
    }

    /** The process has ended: no areas, no table. */
    void release() {
        areas.clear();
        pay();
        table.release();
    }

    void save(StateWriter out) {
        out.writeInt(areas.size());
        areas.forEach(area -> area.save(out));
        out.writeLong(heapStart);
        out.writeLong(heapEnd);
        out.writeLong(table.bytes());
        table.forEach(
                (vpn, pte) -> {
                    out.writeLong(vpn);
                    out.writeLong(pte);
                });
        out.writeLong(-1);
    }

    void load(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            insert(MemoryArea.load(in));
        }
        pay();
        heapStart = in.readLong();
        heapEnd = in.readLong();
        in.readLong();
        for (long vpn = in.readLong(); vpn >= 0; vpn = in.readLong()) {
            if (!table.prepare(vpn)) {
                throw new IllegalStateException("AddressSpace: saved table exceeds its quota");
            }
            table.set(vpn, in.readLong());
        }
    }
}
