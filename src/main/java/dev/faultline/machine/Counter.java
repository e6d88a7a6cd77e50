package dev.faultline.machine;

import java.util.Locale;

/** What a machine and each of its processes count. The names are those of the HTTP contract. */
public enum Counter {
    ACCESSES,
    READS,
    WRITES,
    EXECUTES,
    TLB_HITS,
    TLB_MISSES,
    TLB_FLUSHES,
    WALK_REFERENCES,
    PAGE_FAULTS,
    MINOR_FAULTS,
    MAJOR_FAULTS,
    PROTECTION_FAULTS,
    MAPS,
    UNMAPS,
    ZERO_FILLS,
    SWAP_INS,
    SWAP_OUTS,
    FILE_INS,
    FILE_OUTS,
    BLOCK_READS,
    BLOCK_WRITES,
    EVICTIONS,
    COW_COPIES,
    COW_REUSES,
    FORKS,
    SIGNALS,
    MAP_ERRORS,
    ACCESS_ERRORS,
    CONTEXT_SWITCHES,
    TICKS;

    private final String key;

    Counter() {
        StringBuilder camel = new StringBuilder();
        for (String word : name().split("_", -1)) {
            String lower = word.toLowerCase(Locale.ROOT);
            camel.append(
                    camel.isEmpty()
                            ? lower
                            : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
        }
        key = camel.toString();
    }

    /** The name in JSON, such as {@code pageFaults}. */
    public String key() {
        return key;
    }
}
