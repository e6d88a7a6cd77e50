package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a machine and each of its processes count, declared once: where a counter is shown, what it
 * counts, and its metric. The names are those of the HTTP contract. Costs are in ticks of the
 * machine's clock; everything else is a number of occurrences.
 */
public enum Counter {
    ACCESSES(Group.COMMON, "Accesses; each piece of an access that crosses pages counts."),
    READS(Group.COMMON, "Accesses that read data.", Metric.ACCESSES, "read"),
    WRITES(Group.COMMON, "Accesses that write data.", Metric.ACCESSES, "write"),
    EXECUTES(Group.COMMON, "Instruction fetches.", Metric.ACCESSES, "execute"),
    TLB_HITS(
            Group.COMMON,
            "Accesses whose first look-up found the translation, in either level of the TLB.",
            Metric.TLB_LOOKUPS,
            "hit"),
    TLB_MISSES(
            Group.COMMON,
            "Accesses whose first look-up did not find the translation.",
            Metric.TLB_LOOKUPS,
            "miss"),
    TLB_FLUSHES(Group.COMMON, "Flushes of everything or of one address space."),
    WALK_REFERENCES(Group.COMMON, "Memory references of page-table walks."),
    PAGE_FAULTS(Group.COMMON, "Minor and major page faults that the kernel resolved."),
    MINOR_FAULTS(
            Group.COMMON,
            "Page faults that read nothing from the disk.",
            Metric.PAGE_FAULTS,
            "minor"),
    MAJOR_FAULTS(
            Group.COMMON,
            "Page faults that read the page from the backing store or a file.",
            Metric.PAGE_FAULTS,
            "major"),
    PROTECTION_FAULTS(
            Group.COMMON,
            "Faults on a page that was present, which the kernel resolved.",
            Metric.PROTECTION_FAULTS),
    MAPS(Group.COMMON, "Entries that were made valid."),
    UNMAPS(Group.COMMON, "Entries that were made invalid."),
    ZERO_FILLS(Group.COMMON, "Frames filled with zeros.", Metric.ZERO_FILLS),
    SWAP_INS(Group.COMMON, "Pages read from the backing store.", Metric.SWAP_PAGES, "in"),
    SWAP_OUTS(Group.COMMON, "Pages written to the backing store.", Metric.SWAP_PAGES, "out"),
    FILE_INS(Group.COMMON, "Pages read from files.", Metric.FILE_PAGES, "in"),
    FILE_OUTS(Group.COMMON, "Pages written to files.", Metric.FILE_PAGES, "out"),
    EVICTIONS(Group.COMMON, "Pages that left their frame so that it could be used for another."),
    COW_COPIES(Group.COMMON, "Writes to shared pages that made a copy.", Metric.COW, "copy"),
    COW_REUSES(
            Group.COMMON,
            "Writes to pages shared earlier whose last sharer kept the frame.",
            Metric.COW,
            "reuse"),
    FORKS(Group.COMMON, "Forks.", Metric.FORKS),
    SIGNALS(Group.COMMON, "Signals sent."),
    MAP_ERRORS(Group.COMMON, "Signals for an address in no area.", Metric.SIGNALS, "SEGV_MAPERR"),
    ACCESS_ERRORS(
            Group.COMMON,
            "Signals for an access that the area does not allow.",
            Metric.SIGNALS,
            "SEGV_ACCERR"),
    CONTEXT_SWITCHES(
            Group.COMMON,
            "Context switches, counted for the process that is switched to.",
            Metric.CONTEXT_SWITCHES),
    TICKS(Group.COMMON, "The clock: the time that passed, in ticks.", Metric.TICKS),
    DIRTY_EVICTIONS(
            Group.SUBJECT, "Evictions that had to write the page back.", Metric.EVICTIONS, "true"),
    CLEAN_EVICTIONS(
            Group.SUBJECT,
            "The other evictions: the page was in the store or a file already, or held only zeros.",
            Metric.EVICTIONS,
            "false"),
    BUS_ERRORS(
            Group.SUBJECT,
            "SIGBUS signals: no memory for an access, or a page past the end of its file.",
            Metric.SIGNALS,
            "BUS_ADRERR"),
    KERNEL_KILLS(
            Group.SUBJECT,
            "Signals by which the kernel itself ended a process.",
            Metric.SIGNALS,
            "SI_KERNEL"),
    TLB_SECOND_HITS(Group.SUBJECT, "Look-ups that only the second level of the TLB answered."),
    SHOOTDOWNS(
            Group.SUBJECT, "Shootdowns, counted once for each processor that had to drop entries."),
    WALK_CACHE_HITS(Group.SUBJECT, "Walks that read only the last level."),
    OTHER_INSTRUCTIONS(Group.SUBJECT, "Switches and exits that were instructions of a trace."),
    HUGE_FILLS(
            Group.SUBJECT, "Huge pages whose frames were filled at one fault.", Metric.HUGE_FILLS),
    ASID_ROLLOVERS(Group.SUBJECT, "Times that the address-space numbers were used up."),
    BLOCK_READS(Group.SUBJECT, "Blocks that the disk read."),
    BLOCK_WRITES(Group.SUBJECT, "Blocks that the disk wrote."),
    DAEMON_WAKES(Group.SUBJECT, "Times that the page daemon woke."),
    DAEMON_EVICTIONS(Group.SUBJECT, "Evictions by the page daemon."),
    DIRECT_RECLAIMS(
            Group.SUBJECT,
            "Evictions by a process that needed a frame when fewer than `min` were free, or none, or its group was at its limit."),
    SURPLUS_EVICTIONS(
            Group.SUBJECT,
            "Pages that processes gave up at a fault because they were above their allocation."),
    PROCESS_EVICTIONS(
            Group.SUBJECT, "Pages that left with their whole process, which was swapped out."),
    CLEANED(Group.SUBJECT, "Dirty pages that were written back and stayed."),
    THROTTLED(Group.SUBJECT, "Pages that a writer had to write back because too many were dirty."),
    PREFETCHES(Group.SUBJECT, "Pages read before a process asked for them."),
    PREFETCH_HITS(Group.SUBJECT, "Prefetched pages that were then asked for."),
    PREFETCHES_WASTED(
            Group.SUBJECT, "Prefetched pages that left memory before they were asked for."),
    PUT_OUT(Group.SUBJECT, "Times that load control put a process out."),
    BACKGROUND_DISK(
            Group.SUBJECT, "Ticks of the disk that no process waited for; not part of `ticks`."),
    DATA_TICKS(Group.TICKS, "Ticks for the data themselves."),
    TLB_TICKS(Group.TICKS, "Ticks for TLB look-ups."),
    WALK_TICKS(Group.TICKS, "Ticks for page-table walks."),
    TRAP_TICKS(Group.TICKS, "Ticks for traps into the kernel."),
    FILL_TICKS(Group.TICKS, "Ticks for filling frames with zeros."),
    COPY_TICKS(Group.TICKS, "Ticks for copying pages."),
    MAP_TICKS(Group.TICKS, "Ticks for mapping and unmapping."),
    STORE_TICKS(Group.TICKS, "Ticks for reading and writing the backing store."),
    FILE_TICKS(Group.TICKS, "Ticks for reading and writing files."),
    DISK_WAIT_TICKS(Group.TICKS, "Ticks of waiting until the disk had finished background work."),
    SWITCH_TICKS(Group.TICKS, "Ticks for context switches."),
    SHOOTDOWN_TICKS(Group.TICKS, "Ticks for shootdowns."),
    SIGNAL_TICKS(Group.TICKS, "Ticks for sending signals."),
    THINK_TICKS(Group.TICKS, "Ticks that programs computed between their accesses."),
    EXIT_TICKS(Group.TICKS, "Ticks for ending processes.");

    /** Where a counter is shown. */
    public enum Group {
        /** In every document of counters. */
        COMMON,
        /** With the subject that it belongs to. */
        SUBJECT,
        /** Among the parts of {@link #TICKS}, which add up to it. */
        TICKS
    }

    private static final List<Counter> COMMON = in(Group.COMMON);

    private static final List<Counter> BREAKDOWN = in(Group.TICKS);

    private final Group group;
    private final String words;
    private final @Nullable Metric metric;
    private final @Nullable String label;
    private final String key;

    Counter(Group group, String words) {
        this(group, words, null, null);
    }

    Counter(Group group, String words, Metric metric) {
        this(group, words, metric, null);
    }

    Counter(Group group, String words, @Nullable Metric metric, @Nullable String label) {
        this.group = group;
        this.words = words;
        this.metric = metric;
        this.label = label;
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

    private static List<Counter> in(Group group) {
        return Arrays.stream(values()).filter(counter -> counter.group == group).toList();
    }

    /** The counters in every document of counters. */
    public static List<Counter> common() {
        return COMMON;
    }

    /** The counters that add up to {@link #TICKS}. */
    public static List<Counter> breakdown() {
        return BREAKDOWN;
    }

    /** The counters that a metric shows, in their order here. */
    public static List<Counter> of(Metric metric) {
        return Arrays.stream(values()).filter(counter -> counter.metric == metric).toList();
    }

    /** Its name in JSON, such as {@code pageFaults}. */
    public String key() {
        return key;
    }

    /** What it counts, in words. */
    public String words() {
        return words;
    }

    /** What tells it from the other counters of its metric; null if it is the only one. */
    public @Nullable String label() {
        return label;
    }
}
