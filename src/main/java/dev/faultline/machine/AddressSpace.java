package dev.faultline.machine;

import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.AreaList;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Overcommit;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A process's memory as the kernel sees it: its areas, beside the hardware's page table. Areas are
 * kept in address order, and no two share a page. An area that is added or protected is joined with
 * neighbours that do not differ. Finding an area is O(log areas).
 */
final class AddressSpace {

    static final String TABLE_MEMORY =
            "the machine's page-table memory is used up (limits.tableBytes)";

    /** About how many host bytes an area takes of the machine's table memory. */
    static final long HOST_BYTES_PER_AREA = 64;

    /** Further host bytes of an area: its backing and its name. */
    private static final long AREA_OVERHEAD = 64;

    private static final long NAME_OVERHEAD = 192;

    private final AreaList areas;
    private final PageTable table;
    private final int asid;
    private final MemoryObjects objects;
    private final Overcommit overcommit;
    private final HostBudget tableMemory;
    private final int offsetBits;
    private final long pageSize;
    private final long size;

    /** The bits of an address below its segment number, or all bits. */
    private final int segmentShift;

    /** The areas already charged to {@link #tableMemory}. */
    private int paidAreas;

    /** Whether an area may be locked. */
    private boolean everLocked;

    private long mappedBytes;
    private long residentPages;
    private long swappedPages;

    /** The heap's first address, and the first address after it. */
    private long heapStart;

    private long heapEnd;

    /** An empty space with a table, known by the pid of the process that it is made for. */
    AddressSpace(int asid, Parts parts, PageTable table) {
        this.asid = asid;
        MachineSpec spec = parts.spec();
        objects = parts.objects();
        overcommit = parts.overcommit();
        tableMemory = parts.tableMemory();
        this.table = table;
        areas = new AreaList(spec);
        offsetBits = spec.offsetBits();
        pageSize = spec.pageSize();
        size = 1L << spec.addressBits();
        segmentShift = spec.addressBits() - spec.translation().segmentBits();
    }

    /** The address-space number that its entries have in the TLB and in the reverse map. */
    int asid() {
        return asid;
    }

    /** The number of entries that map a frame. */
    long residentPages() {
        return residentPages;
    }

    void addResident(int pages) {
        residentPages += pages;
    }

    /** The number of entries that name a slot. */
    long swappedPages() {
        return swappedPages;
    }

    void addSwapped(int pages) {
        swappedPages += pages;
    }

    PageTable table() {
        return table;
    }

    List<MemoryArea> areas() {
        return areas.all();
    }

    /** The area that holds a page, or null. Allocates nothing. */
    @Nullable MemoryArea areaAt(long vpn) {
        return areas.areaAt(vpn);
    }

    /** The areas that hold a page of the range. */
    List<MemoryArea> areasIn(long from, long to) {
        return areas.in(from, to);
    }

    /** Whether no page of the range is in an area. */
    boolean isFree(long from, long to) {
        return areas.isFree(from, to);
    }

    /** Whether every page of the range is in an area. */
    boolean isCovered(long from, long to) {
        return areas.isCovered(from, to);
    }

    /** The highest start of {@code bytes} free bytes in whole pages, or -1. */
    long highestGap(long bytes) {
        return areas.highestGap(bytes);
    }

    /** The number of areas after a range is removed. */
    int countWithout(long from, long to) {
        return areas.countWithout(from, to);
    }

    /** The number of areas if areas are split at both ends of a range. */
    int countSplit(long from, long to) {
        return areas.countSplit(from, to);
    }

    /** The stack next above a page that is in no area, or null. */
    @Nullable MemoryArea stackAbove(long vpn) {
        return areas.stackAbove(vpn);
    }

    /** Puts areas into an empty space. The heap begins above the highest. */
    void begin(List<MemoryArea> first, UnaryOperator<MemoryArea> named) {
        first.forEach(area -> enter(named.apply(area).accounted()));
        heapStart = areas.endBelow(size);
        heapEnd = heapStart;
        pay();
    }

    /** Sets where the heap is, if it does not begin after the areas. */
    void setHeap(long start, long end) {
        heapStart = start;
        heapEnd = end;
    }

    /** Copies another space, except its table and its locks. */
    void copy(AddressSpace other) {
        other.areas().forEach(area -> enter(area.withFlags(area.flags() & ~MemoryArea.LOCKED)));
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

    /** The first page-aligned address at or above {@code address}, or the end of the space. */
    long roundedUp(long address) {
        return areas.roundedUp(address);
    }

    /** Adds an area where no page is taken, and joins it with its neighbours if possible. */
    void add(MemoryArea area) {
        enter(area.accounted());
        areas.joinIn(area.start(), areas.pagesEnd(area));
        pay();
    }

    /** The number of locked pages. */
    long lockedPages() {
        return everLocked ? lockedPages(0, size) : 0;
    }

    /** The number of locked pages in a range. */
    long lockedPages(long from, long to) {
        long pages = 0;
        for (MemoryArea area : areasIn(from, to)) {
            if (area.has(MemoryArea.LOCKED)) {
                pages +=
                        (Math.min(to, areas.pagesEnd(area)) - Math.max(from, area.start()))
                                / pageSize;
            }
        }
        return pages;
    }

    /** Whether a page is locked in memory. */
    boolean isLocked(long vpn) {
        MemoryArea area = everLocked ? areaAt(vpn) : null;
        return area != null && area.has(MemoryArea.LOCKED);
    }

    /** Removes the pages of a range from all areas. */
    void remove(long from, long to) {
        areas.splitAt(from);
        areas.splitAt(to);
        areas.takeOut(from, to).forEach(this::leave);
        pay();
    }

    /** Changes the protection or flags of the pages of a range. */
    void change(long from, long to, UnaryOperator<MemoryArea> changed) {
        areas.splitAt(from);
        areas.splitAt(to);
        for (MemoryArea area : areas.in(from, to)) {
            replace(area, changed.apply(area).accounted());
        }
        areas.joinIn(from, to);
        pay();
    }

    /**
     * Moves the end of the heap to an address; nothing may be in the way. Pages of the heap that
     * the process unmapped itself stay unmapped.
     */
    void moveHeapEnd(long end) {
        if (end < heapEnd) {
            remove(roundedUp(end), roundedUp(heapEnd));
            MemoryArea last = end == heapStart ? null : areaAt(end - 1 >>> offsetBits);
            if (last != null && last.kind() == Backing.Kind.HEAP && last.end() > end) {
                replace(last, last.part(last.start(), end));
            }
        } else if (end > heapEnd) {
            MemoryArea last = heapEnd == heapStart ? null : areaAt(heapEnd - 1 >>> offsetBits);
            if (last != null && last.kind() == Backing.Kind.HEAP && last.end() == heapEnd) {
                long filled = Math.min(end, roundedUp(heapEnd));
                replace(last, last.at(last.start(), filled - last.start()));
            }
            long from = roundedUp(heapEnd);
            if (end > from) {
                int readWrite = Protection.READ | Protection.WRITE;
                add(new MemoryArea(from, end - from, readWrite, Backing.of(Backing.Kind.HEAP)));
            }
        }
        heapEnd = end;
    }

    /**
     * Whether the stack next above a page can grow down to it. The stack must stay within {@code
     * mostBytes} and in its segment, and one page must stay free between it and the area below, as
     * a guard.
     */
    boolean mayGrowStack(long vpn, long mostBytes) {
        MemoryArea stack = stackAbove(vpn);
        long start = vpn << offsetBits;
        long below = areas.endBelow(start - 1);
        boolean guarded = below == 0 || start - below >= pageSize;
        return stack != null
                && guarded
                && stack.end() - start <= mostBytes
                && (start ^ stack.start()) >>> segmentShift == 0;
    }

    /** Lowers the start of the stack so that it holds the page. */
    void growStack(MemoryArea stack, long vpn) {
        long start = vpn << offsetBits;
        replace(stack, stack.at(start, stack.end() - start));
    }

    /** Replaces an area by another, for which there is room. */
    void replace(MemoryArea area, MemoryArea by) {
        everLocked |= by.has(MemoryArea.LOCKED);
        areas.replace(area, by);
        overcommit.add(by.promisedPages(pageSize) - area.promisedPages(pageSize));
        mappedBytes += by.length() - area.length();
    }

    /** Adds an area where no page is taken. */
    private void enter(MemoryArea area) {
        areas.insert(area);
        tableMemory.needMore(nameBytes(area));
        everLocked |= area.has(MemoryArea.LOCKED);
        objects.mapped(area);
        overcommit.add(area.promisedPages(pageSize));
        mappedBytes += area.length();
    }

    /** Prepares for the removal of an area. */
    private void leave(MemoryArea area) {
        tableMemory.needMore(-nameBytes(area));
        objects.unmapped(area);
        overcommit.add(-area.promisedPages(pageSize));
        mappedBytes -= area.length();
    }

    private static long nameBytes(MemoryArea area) {
        return area.backing().name() == null ? 0 : NAME_OVERHEAD;
    }

    /** Bytes in areas. */
    long mappedBytes() {
        return mappedBytes;
    }

    /** The number of pages that count against overcommit. */
    long promisedPages() {
        return promisedPages(0, size);
    }

    /** The number of pages of a range that count against overcommit. */
    long promisedPages(long from, long to) {
        long pages = 0;
        for (MemoryArea area : areasIn(from, to)) {
            long first = Math.max(from, area.start());
            pages += area.part(first, Math.min(to, area.end())).promisedPages(pageSize);
        }
        return pages;
    }

    private void pay() {
        long more = (long) areas().size() - paidAreas;
        tableMemory.charge(more * HOST_BYTES_PER_AREA);
        tableMemory.needMore(more * AREA_OVERHEAD);
        paidAreas = areas().size();
    }

    /** Host bytes that a fork of this space takes. */
    long hostBytes() {
        return table.hostBytes() + areas().size() * HOST_BYTES_PER_AREA;
    }

    /** The most host memory, in bytes, that this many more areas need. */
    static long growth(long areas) {
        return areas * (HOST_BYTES_PER_AREA + AREA_OVERHEAD + NAME_OVERHEAD);
    }

    /** Releases areas and table when the process has ended. */
    void release() {
        areas().forEach(this::leave);
        areas.clear();
        pay();
        table.release();
    }

    void save(StateWriter out) {
        out.writeInt(areas().size());
        areas().forEach(area -> area.save(out));
        out.writeLong(residentPages);
        out.writeLong(swappedPages);
        out.writeLong(heapStart);
        out.writeLong(heapEnd);
        table.saveMemory(out);
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
            enter(MemoryArea.load(in));
        }
        if (table instanceof SegmentTable segments) {
            areas().forEach(segments::add);
        }
        pay();
        residentPages = in.readLong();
        swappedPages = in.readLong();
        heapStart = in.readLong();
        heapEnd = in.readLong();
        table.loadMemory(in);
        in.readLong();
        for (long vpn = in.readLong(); vpn >= 0; vpn = in.readLong()) {
            table.restore(vpn, in.readLong());
        }
    }
}
