package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Areas in address order, no two of which share a page. Finding one is O(log areas); finding the
 * same one again is O(1).
 */
public final class AreaList {

    private final List<MemoryArea> areas = new ArrayList<>();
    private final int offsetBits;
    private final long pageSize;
    private final long size;

    /** Whether neighbouring areas may be joined into one; segments may not. */
    private final boolean joins;

    /** Where the last area was found, which is the first place to look next time. */
    private int lastFound;

    /** An empty list for an address space. */
    public AreaList(MachineSpec spec) {
        offsetBits = spec.offsetBits();
        pageSize = spec.pageSize();
        size = 1L << spec.addressBits();
        joins = !spec.translation().isContiguous();
    }

    /** All areas, in address order. */
    public List<MemoryArea> all() {
        return Collections.unmodifiableList(areas);
    }

    /** The first page-aligned address at or above {@code address}, or the end of the space. */
    public long roundedUp(long address) {
        return address + pageSize - 1 & -pageSize;
    }

    /** The first address behind the pages of an area. */
    public long pagesEnd(MemoryArea area) {
        return roundedUp(area.end());
    }

    /** The first address of an area's first page; a segment may begin within it. */
    private long pagesStart(MemoryArea area) {
        return area.start() & -pageSize;
    }

    /** The area that holds a page, or null. Allocates nothing. */
    public @Nullable MemoryArea areaAt(long vpn) {
        MemoryArea again = holding(lastFound, vpn);
        if (again != null) {
            return again;
        }
        int below = countUpTo(vpn << offsetBits);
        MemoryArea found = below == 0 ? null : holding(below - 1, vpn);
        lastFound = found == null ? lastFound : below - 1;
        return found;
    }

    /** The area at a place if there is one and it holds a page, otherwise null. */
    private @Nullable MemoryArea holding(int place, long vpn) {
        if (place >= areas.size()) {
            return null;
        }
        MemoryArea area = areas.get(place);
        boolean holds =
                pagesStart(area) <= vpn << offsetBits && vpn <= (area.end() - 1) >>> offsetBits;
        return holds ? area : null;
    }

    /** Whether no page of the range is in an area. */
    public boolean isFree(long from, long to) {
        int below = countUpTo(to - 1);
        return below == 0 || pagesEnd(areas.get(below - 1)) <= from;
    }

    /** Whether every page of the range is in an area. */
    public boolean isCovered(long from, long to) {
        long next = from;
        for (int i = Math.max(0, countUpTo(from) - 1); next < to; i++) {
            if (i == areas.size() || pagesStart(areas.get(i)) > next) {
                return false;
            }
            next = Math.max(next, pagesEnd(areas.get(i)));
        }
        return true;
    }

    /** The highest start of {@code bytes} free bytes in whole pages, or -1. */
    public long highestGap(long bytes) {
        long end = size;
        for (int i = areas.size() - 1; i >= -1; i--) {
            long below = i < 0 ? 0 : pagesEnd(areas.get(i));
            if (end - below >= bytes) {
                return end - bytes;
            }
            end = i < 0 ? 0 : pagesStart(areas.get(i));
        }
        return -1;
    }

    /** The number of areas after a range is removed. */
    public int countWithout(long from, long to) {
        int begun = countUpTo(to - 1) - countUpTo(from - 1);
        return areas.size() - begun + (isInside(to) ? 1 : 0);
    }

    /** The number of areas if areas are split at both ends of a range. */
    public int countSplit(long from, long to) {
        return areas.size() + (isInside(from) ? 1 : 0) + (isInside(to) ? 1 : 0);
    }

    /** Whether an address lies in an area but is not its first. */
    private boolean isInside(long address) {
        int below = countUpTo(address - 1);
        return below > 0 && pagesEnd(areas.get(below - 1)) > address;
    }

    /** The areas that hold a page of the range. */
    public List<MemoryArea> in(long from, long to) {
        int first = Math.max(0, countUpTo(from) - 1);
        int end = countUpTo(to - 1);
        return areas.subList(first, end).stream().filter(area -> pagesEnd(area) > from).toList();
    }

    /**
     * Splits the area that contains this page-aligned address, if any, so that one begins there.
     */
    public void splitAt(long address) {
        if (isInside(address)) {
            int at = countUpTo(address - 1) - 1;
            MemoryArea area = areas.get(at);
            areas.set(at, area.part(area.start(), address));
            areas.add(at + 1, area.part(address, area.end()));
        }
    }

    /** Joins an area and the next one, if they do not differ. */
    private void join(int at) {
        if (joins && at >= 0 && at + 1 < areas.size()) {
            MemoryArea low = areas.get(at);
            MemoryArea high = areas.get(at + 1);
            if (low.continuesIn(high, pageSize)) {
                areas.set(at, low.part(low.start(), high.end()));
                areas.remove(at + 1);
            }
        }
    }

    /** The number of areas whose first page begins at this address or below. */
    private int countUpTo(long address) {
        int low = 0;
        int high = areas.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pagesStart(areas.get(middle)) <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Inserts an area where no page is taken. */
    public void insert(MemoryArea area) {
        areas.add(countUpTo(area.start()), area);
    }

    /** Removes the areas of a range that was split at both ends, and returns them. */
    public List<MemoryArea> takeOut(long from, long to) {
        List<MemoryArea> range = areas.subList(countUpTo(from - 1), countUpTo(to - 1));
        List<MemoryArea> taken = List.copyOf(range);
        range.clear();
        return taken;
    }

    /** Puts an area in the place of another that starts in the same gap. */
    public void replace(MemoryArea area, MemoryArea by) {
        areas.set(countUpTo(area.start()) - 1, by);
    }

    /** Joins areas that do not differ, within a range and at its two ends. */
    public void joinIn(long from, long to) {
        int first = countUpTo(from - 1);
        for (int at = Math.min(countUpTo(to - 1), areas.size() - 1); at >= first - 1; at--) {
            join(at);
        }
    }

    /**
     * The stack next above a page that is in no area, or the stack that holds only the end of the
     * page; otherwise null.
     */
    public @Nullable MemoryArea stackAbove(long vpn) {
        int above = countUpTo((vpn << offsetBits) - 1);
        return above < areas.size() && areas.get(above).kind() == Backing.Kind.STACK
                ? areas.get(above)
                : null;
    }

    /** The end of the area next below an address, or 0. */
    public long endBelow(long address) {
        int below = countUpTo(address);
        return below == 0 ? 0 : pagesEnd(areas.get(below - 1));
    }

    /** Removes all areas. */
    public void clear() {
        areas.clear();
    }
}
