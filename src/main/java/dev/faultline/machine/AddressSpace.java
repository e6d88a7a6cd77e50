package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A process's memory as the kernel sees it: its areas, beside the page table of the hardware. */
final class AddressSpace {

    /** In the order of their addresses. */
    private final List<MemoryArea> areas = new ArrayList<>();

    private final PageTable table;
    private final int offsetBits;

    AddressSpace(MachineSpec spec, Quota tableMemory) {
        table = spec.translation().newTable(spec.vpnBits(), tableMemory);
        offsetBits = spec.offsetBits();
    }

    PageTable table() {
        return table;
    }

    Collection<MemoryArea> areas() {
        return areas;
    }

    /** Adds an area, which may not share a page with another. */
    void add(MemoryArea area) {
        areas.add(countUpTo(area.start()), area);
    }

    /** The area that holds a page, or null; O(log areas), and it allocates nothing. */
    @Nullable MemoryArea areaAt(long vpn) {
        int below = countUpTo(vpn << offsetBits);
        if (below == 0) {
            return null;
        }
        MemoryArea area = areas.get(below - 1);
        return vpn <= (area.end() - 1) >>> offsetBits ? area : null;
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

    /** The process has ended: no areas, no table. */
    void release() {
        areas.clear();
        table.release();
    }

    void save(StateWriter out) {
        out.writeInt(areas.size());
        areas.forEach(area -> area.save(out));
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
            add(MemoryArea.load(in));
        }
        in.readLong();
        for (long vpn = in.readLong(); vpn >= 0; vpn = in.readLong()) {
            if (!table.prepare(vpn)) {
                throw new IllegalStateException("AddressSpace: saved table exceeds its quota");
            }
            table.set(vpn, in.readLong());
        }
    }
}
