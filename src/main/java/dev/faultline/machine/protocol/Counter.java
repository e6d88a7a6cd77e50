package dev.faultline.machine.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a machine and each of its processes count. The names are those of the HTTP contract. Costs
 * are in ticks of the machine's clock; everything else is a number of occurrences.
 */
public enum Counter {
    /** Accesses; each piece of an access that crosses pages counts. */
    ACCESSES,
    /** Accesses that read data. */
    READS,
    /** Accesses that write data. */
    WRITES,
    /** Instruction fetches. */
    EXECUTES,
    /** Accesses whose first look-up found the translation, in either level of the TLB. */
    TLB_HITS,
    /** Accesses whose first look-up did not find the translation. */
    TLB_MISSES,
    /** Flushes of everything or of one address space. */
    TLB_FLUSHES,
    /** Memory references of page-table walks. */
    WALK_REFERENCES,
    /** Minor and major page faults that the kernel resolved. */
    PAGE_FAULTS,
    /** Page faults that read nothing from the disk. */
    MINOR_FAULTS,
    /** Page faults that read the page from the backing store or a file. */
    MAJOR_FAULTS,
    /** Faults on a page that was present, which the kernel resolved. */
    PROTECTION_FAULTS,
    /** Entries that were made valid. */
    MAPS,
    /** Entries that were made invalid. */
    UNMAPS,
    /** Frames filled with zeros. */
    ZERO_FILLS,
    /** Pages read from the backing store. */
    SWAP_INS,
    /** Pages written to the backing store. */
    SWAP_OUTS,
    /** Pages read from files. */
    FILE_INS,
    /** Pages written to files. */
    FILE_OUTS,
    /** Pages that left their frame so that it could be used for another. */
    EVICTIONS,
    /** Writes to shared pages that made a copy. */
    COW_COPIES,
    /** Writes to pages shared earlier whose last sharer kept the frame. */
    COW_REUSES,
    /** Forks. */
    FORKS,
    /** Signals sent. */
    SIGNALS,
    /** Signals for an address in no area. */
    MAP_ERRORS,
    /** Signals for an access that the area does not allow. */
    ACCESS_ERRORS,
    /** Context switches, counted for the process that is switched to. */
    CONTEXT_SWITCHES,
    /** The clock: the time that passed, in ticks. */
    TICKS,

    /** Evictions that had to write the page back. */
    DIRTY_EVICTIONS(false),
    /** The other evictions: the page was in the store or a file already, or held only zeros. */
    CLEAN_EVICTIONS(false),
    /** SIGBUS signals: no memory for an access, or a page past the end of its file. */
    BUS_ERRORS(false),
    /** Signals by which the kernel itself ended a process. */
    KERNEL_KILLS(false),
    /** Look-ups that only the second level of the TLB answered. */
    TLB_SECOND_HITS(false),
    /** Shootdowns, counted once for each processor that had to drop entries. */
    SHOOTDOWNS(false),
    /** Walks that read only the last level. */
    WALK_CACHE_HITS(false),
    /** Switches and exits that were instructions of a trace. */
    OTHER_INSTRUCTIONS(false),
    /** Times that the address-space numbers were used up. */
    ASID_ROLLOVERS(false),
    /** Blocks that the disk read. */
    BLOCK_READS(false),
    /** Blocks that the disk wrote. */
    BLOCK_WRITES(false),
    /** Times that the page daemon woke. */
    DAEMON_WAKES(false),
    /** Evictions by the page daemon. */
    DAEMON_EVICTIONS(false),
    /**
     * Evictions by a process that needed a frame when fewer than {@code min} were free, or none, or
     * its group was at its limit.
     */
    DIRECT_RECLAIMS(false),
    /** Pages that processes gave up at a fault because they were above their allocation. */
    SURPLUS_EVICTIONS(false),
    /** Pages that left with their whole process, which was swapped out. */
    PROCESS_EVICTIONS(false),
    /** Dirty pages that were written back and stayed. */
    CLEANED(false),
    /** Pages that a writer had to write back because too many were dirty. */
    THROTTLED(false),
    /** Pages read before a process asked for them. */
    PREFETCHES(false),
    /** Prefetched pages that were then asked for. */
    PREFETCH_HITS(false),
    /** Prefetched pages that left memory before they were asked for. */
    PREFETCHES_WASTED(false),
    /** Times that load control put a process out. */
    PUT_OUT(false),
    /** Ticks of the disk that no process waited for; not part of {@link #TICKS}. */
    BACKGROUND_DISK(false),

    /** Ticks for the data themselves. This and the following add up to {@link #TICKS}. */
    DATA_TICKS(false),
    /** Ticks for TLB look-ups. */
    TLB_TICKS(false),
    /** Ticks for page-table walks. */
    WALK_TICKS(false),
    /** Ticks for traps into the kernel. */
    TRAP_TICKS(false),
    /** Ticks for filling frames with zeros. */
    FILL_TICKS(false),
    /** Ticks for copying pages. */
    COPY_TICKS(false),
    /** Ticks for mapping and unmapping. */
    MAP_TICKS(false),
    /** Ticks for reading and writing the backing store. */
    STORE_TICKS(false),
    /** Ticks for reading and writing files. */
    FILE_TICKS(false),
    /** Ticks of waiting until the disk had finished background work. */
    DISK_WAIT_TICKS(false),
    /** Ticks for context switches. */
    SWITCH_TICKS(false),
    /** Ticks for shootdowns. */
    SHOOTDOWN_TICKS(false),
    /** Ticks for sending signals. */
    SIGNAL_TICKS(false),
    /** Ticks that programs computed between their accesses. */
    THINK_TICKS(false),
    /** Ticks for ending processes. */
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
     * The counters in every document of counters. The others are shown with the subject they belong
     * to.
     */
    public static List<Counter> common() {
        return COMMON;
    }

    /** The counters that add up to {@link #TICKS}. */
    public static List<Counter> breakdown() {
        return BREAKDOWN;
    }

    /** Its name in JSON, such as {@code pageFaults}. */
    public String key() {
        return key;
    }
}
