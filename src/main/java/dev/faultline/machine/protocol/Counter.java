package dev.faultline.machine.protocol;

import java.util.Arrays;
import java.util.List;
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
    EVICTIONS,
    COW_COPIES,
    COW_REUSES,
    FORKS,
    SIGNALS,
    MAP_ERRORS,
    ACCESS_ERRORS,
    CONTEXT_SWITCHES,
    TICKS,

    /** Evictions whose page had been written to and had to be written back. */
    DIRTY_EVICTIONS(false),
    /** The other evictions, whose page was in the store or a file already, or nothing but zeros. */
    CLEAN_EVICTIONS(false),
    /** Signals that no memory could be had for an access. */
    BUS_ERRORS(false),
    /** Signals by which the kernel itself ended a process. */
    KERNEL_KILLS(false),
    /** Look-ups that only the second level of the TLB answered. */
    TLB_SECOND_HITS(false),
    /** Shootdowns: processors that were made to drop entries, each time one was. */
    SHOOTDOWNS(false),
    /** Walks of which only the last level was read. */
    WALK_CACHE_HITS(false),
    /** Switches and exits that were instructions of a trace. */
    OTHER_INSTRUCTIONS(false),
    /** Times that all address-space numbers had been given out. */
    ASID_ROLLOVERS(false),
    /** Blocks that the disk read. */
    BLOCK_READS(false),
    /** Blocks that the disk wrote. */
    BLOCK_WRITES(false),
    /** Times that the page daemon was woken. */
    DAEMON_WAKES(false),
    /** Pages that the page daemon took from their frames. */
    DAEMON_EVICTIONS(false),
    /**
     * Evictions by whoever needed a frame while fewer than {@code min} were free, or none, or its
     * group had no more.
     */
    DIRECT_RECLAIMS(false),
    /** Pages that processes gave up at a fault because they had more than their share. */
    SURPLUS_EVICTIONS(false),
    /** Pages that left with their whole process, which was swapped out. */
    PROCESS_EVICTIONS(false),
    /** Dirty pages that were written and stayed. */
    CLEANED(false),
    /** Pages that a writer had to write because too many were dirty. */
    THROTTLED(false),
    /** Pages that were read before anybody asked for them. */
    PREFETCHES(false),
    /** Pages of these that were then asked for. */
    PREFETCH_HITS(false),
    /** Pages of these that left memory before anybody asked for them. */
    PREFETCHES_WASTED(false),
    /** Times that the load control put a process out. */
    PUT_OUT(false),
    /** Ticks of the disk that nobody waited for as they passed; no part of {@link #TICKS}. */
    BACKGROUND_DISK(false),

    /** Where the ticks went; together these are {@link #TICKS}. First, to the data themselves. */
    DATA_TICKS(false),
    TLB_TICKS(false),
    WALK_TICKS(false),
    TRAP_TICKS(false),
    FILL_TICKS(false),
    COPY_TICKS(false),
    /** Mapping and unmapping. */
    MAP_TICKS(false),
    /** The backing store. */
    STORE_TICKS(false),
    FILE_TICKS(false),
    /** Waiting until the disk has done what it does in the background. */
    DISK_WAIT_TICKS(false),
    SWITCH_TICKS(false),
    SHOOTDOWN_TICKS(false),
    SIGNAL_TICKS(false),
    /** A program's own computing between its accesses. */
    THINK_TICKS(false),
    EXIT_TICKS(false);

    private static final List<Counter> COMMON =
            Arrays.stream(values()).filter(counter -> counter.isCommon).toList();

    private static final List<Counter> BREAKDOWN =
            Arrays.stream(values()).filter(counter -> counter.name().endsWith("_TICKS")).toList();

    private final String key;
    private final boolean isCommon;

    Counter() {
        this(true);
    }

    Counter(boolean isCommon) {
        this.isCommon = isCommon;
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

    /**
     * The counters that every document of counters has. The others are shown with what they belong
     * to.
     */
    public static List<Counter> common() {
        return COMMON;
    }

    /** Where ticks go: the counters that add up to {@link #TICKS}. */
    public static List<Counter> breakdown() {
        return BREAKDOWN;
    }

    /** The name in JSON, such as {@code pageFaults}. */
    public String key() {
        return key;
    }
}
