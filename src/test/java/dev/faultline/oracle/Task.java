package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A process: its number, which is its ASID too, its areas and its page table. */
final class Task {

    final int pid;
    final List<Area> areas;
    final PageTable table;
    boolean terminated;

    Task(int pid, List<Area> areas, List<Integer> levels) {
        this.pid = pid;
        this.areas = List.copyOf(areas);
        this.table = new PageTable(pid, levels);
    }

    /** The area a page lies in, or null. */
    @Nullable Area areaOf(long vpn) {
        for (Area area : areas) {
            if (area.contains(vpn)) {
                return area;
            }
        }
        return null;
    }
}
