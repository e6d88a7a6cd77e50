package dev.faultline.machine;

import java.util.List;

/**
 * How addresses are translated.
 *
 * @param levels index bits of each level, root first; empty for a linear table
 * @param memory where the tables themselves are
 */
public record Translation(Kind kind, List<Integer> levels, Memory memory) {

    /** The kind of page table. */
    public enum Kind {
        LINEAR,
        HIERARCHICAL
    }

    /** Where page tables are. */
    public enum Memory {
        /** In a memory of their own that costs the machine nothing. */
        FREE,
        /** In the machine's frames, which they keep. */
        FRAMES,
        /** In the machine's frames, and in the store. */
        PAGEABLE
    }

    /** Tables that take none of the machine's frames. */
    public Translation(Kind kind, List<Integer> levels) {
        this(kind, levels, Memory.FREE);
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
