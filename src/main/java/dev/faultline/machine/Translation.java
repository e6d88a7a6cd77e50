package dev.faultline.machine;

import java.util.List;

/**
 * How addresses are translated.
 *
 * @param levels index bits of each level, root first; empty for a linear table
 */
public record Translation(Kind kind, List<Integer> levels) {

    /** The kind of page table. */
    public enum Kind {
        LINEAR,
        HIERARCHICAL
    }

    public Translation {
        levels = List.copyOf(levels);
    }

    PageTable newTable(int vpnBits, Quota tableMemory) {
        return switch (kind) {
            case LINEAR -> new LinearPageTable(vpnBits, tableMemory);
            case HIERARCHICAL ->
                    new HierarchicalPageTable(
                            levels.stream().mapToInt(Integer::intValue).toArray(), tableMemory);
        };
    }
}
