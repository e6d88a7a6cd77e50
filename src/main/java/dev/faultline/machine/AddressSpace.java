package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** A process's memory as the kernel sees it: its areas, beside the page table of the hardware. */
final class AddressSpace {

    private final TreeMap<Long, MemoryArea> areas = new TreeMap<>();
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
        return areas.values();
    }

    /** Adds an area, which may not share a page with another. */
    void add(MemoryArea area) {
        areas.put(area.start(), area);
    }

    /** The area that holds a page, or null; O(log areas). */
    @Nullable MemoryArea areaAt(long vpn) {
        Map.Entry<Long, MemoryArea> below = areas.floorEntry(vpn << offsetBits);
        if (below == null) {
            return null;
        }
        MemoryArea area = below.getValue();
        return vpn <= (area.end() - 1) >>> offsetBits ? area : null;
    }

    /** The process has ended: no areas, no table. */
    void release() {
        areas.clear();
        table.release();
    }

    void save(StateWriter out) {
        out.writeInt(areas.size());
        areas.values().forEach(area -> area.save(out));
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
