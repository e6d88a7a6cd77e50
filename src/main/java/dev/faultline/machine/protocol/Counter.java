package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

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
    @Numbered(1)
    ACCESSES(Group.COMMON, "Accesses; each piece of an access that crosses pages counts."),
    @Numbered(2)
    READS(Group.COMMON, "Accesses that read data.", Metric.ACCESSES, "read"),
    @Numbered(3)
    WRITES(Group.COMMON, "Accesses that write data.", Metric.ACCESSES, "write"),
    @Numbered(4)
    EXECUTES(Group.COMMON, "Instruction fetches.", Metric.ACCESSES, "execute"),
    @Numbered(5)
    TLB_HITS(
            Group.COMMON,
            "Accesses whose first look-up found the translation, in either level of the TLB.",
            Metric.TLB_LOOKUPS,
            "hit"),
    @Numbered(6)
    TLB_MISSES(
            Group.COMMON,
            "Accesses whose first look-up did not find the translation.",
            Metric.TLB_LOOKUPS,
            "miss"),
    @Numbered(7)
    TLB_FLUSHES(Group.COMMON, "Flushes of everything or of one address space."),
    @Numbered(8)
    WALK_REFERENCES(Group.COMMON, "Memory references of page-table walks."),
    @Numbered(9)
    PAGE_FAULTS(Group.COMMON, "Minor and major page faults that the kernel resolved."),
    @Numbered(10)
    MINOR_FAULTS(
            Group.COMMON,
            "Page faults that read nothing from the disk.",
            Metric.PAGE_FAULTS,
            "minor"),
    @Numbered(11)
    MAJOR_FAULTS(
            Group.COMMON,
            "Page faults that read the page from the backing store or a file.",
            Metric.PAGE_FAULTS,
            "major"),
    @Numbered(12)
    PROTECTION_FAULTS(
            Group.COMMON,
            "Faults on a page that was present, which the kernel resolved.",
            Metric.PROTECTION_FAULTS),
    @Numbered(13)
    MAPS(Group.COMMON, "Entries that were made valid."),
    @Numbered(14)
    UNMAPS(Group.COMMON, "Entries that were made invalid."),
    @Numbered(15)
    ZERO_FILLS(Group.COMMON, "Frames filled with zeros.", Metric.ZERO_FILLS),
    @Numbered(16)
    SWAP_INS(Group.COMMON, "Pages read from the backing store.", Metric.SWAP_PAGES, "in"),
    @Numbered(17)
    SWAP_OUTS(Group.COMMON, "Pages written to the backing store.", Metric.SWAP_PAGES, "out"),
    @Numbered(18)
    FILE_INS(Group.COMMON, "Pages read from files.", Metric.FILE_PAGES, "in"),
    @Numbered(19)
    FILE_OUTS(Group.COMMON, "Pages written to files.", Metric.FILE_PAGES, "out"),
    @Numbered(20)
    EVICTIONS(Group.COMMON, "Pages that left their frame so that it could be used for another."),
    @Numbered(21)
    COW_COPIES(Group.COMMON, "Writes to shared pages that made a copy.", Metric.COW, "copy"),
    @Numbered(22)
    COW_REUSES(
            Group.COMMON,
            "Writes to pages shared earlier whose last sharer kept the frame.",
            Metric.COW,
            "reuse"),
    @Numbered(23)
    FORKS(Group.COMMON, "Forks.", Metric.FORKS),
    @Numbered(24)
    SIGNALS(Group.COMMON, "Signals sent."),
    @Numbered(25)
    MAP_ERRORS(Group.COMMON, "Signals for an address in no area.", Metric.SIGNALS, "SEGV_MAPERR"),
    @Numbered(26)
    ACCESS_ERRORS(
            Group.COMMON,
            "Signals for an access that the area does not allow.",
            Metric.SIGNALS,
            "SEGV_ACCERR"),
    @Numbered(27)
    CONTEXT_SWITCHES(
            Group.COMMON,
            "Context switches, counted for the process that is switched to.",
            Metric.CONTEXT_SWITCHES),
    @Numbered(28)
    TICKS(Group.COMMON, "The clock: the time that passed, in ticks.", Metric.TICKS),
    @Numbered(29)
    DIRTY_EVICTIONS(
            Group.SUBJECT, "Evictions that had to write the page back.", Metric.EVICTIONS, "true"),
    @Numbered(30)
    CLEAN_EVICTIONS(
            Group.SUBJECT,
            "The other evictions: the page was in the store or a file already, or held only zeros.",
            Metric.EVICTIONS,
            "false"),
    @Numbered(31)
    BUS_ERRORS(
            Group.SUBJECT,
            "SIGBUS signals: no memory for an access, or a page past the end of its file.",
            Metric.SIGNALS,
            "BUS_ADRERR"),
    @Numbered(32)
    KERNEL_KILLS(
            Group.SUBJECT,
            "Signals by which the kernel itself ended a process.",
            Metric.SIGNALS,
            "SI_KERNEL"),
    @Numbered(33)
    TLB_SECOND_HITS(Group.SUBJECT, "Look-ups that only the second level of the TLB answered."),
    @Numbered(34)
    SHOOTDOWNS(
            Group.SUBJECT, "Shootdowns, counted once for each processor that had to drop entries."),
    @Numbered(35)
    WALK_CACHE_HITS(Group.SUBJECT, "Walks that read only the last level."),
    @Numbered(36)
    OTHER_INSTRUCTIONS(Group.SUBJECT, "Switches and exits that were instructions of a trace."),
    @Numbered(37)
    HUGE_FILLS(
            Group.SUBJECT, "Huge pages whose frames were filled at one fault.", Metric.HUGE_FILLS),
    @Numbered(38)
    ASID_ROLLOVERS(Group.SUBJECT, "Times that the address-space numbers were used up."),
    @Numbered(39)
    BLOCK_READS(Group.SUBJECT, "Blocks that the disk read."),
    @Numbered(40)
    BLOCK_WRITES(Group.SUBJECT, "Blocks that the disk wrote."),
    @Numbered(41)
    DAEMON_WAKES(Group.SUBJECT, "Times that the page daemon woke."),
    @Numbered(42)
    DAEMON_EVICTIONS(Group.SUBJECT, "Evictions by the page daemon."),
    @Numbered(43)
    DIRECT_RECLAIMS(
            Group.SUBJECT,
            "Evictions by a process that needed a frame when fewer than `min` were free, or none, or its group was at its limit."),
    @Numbered(44)
    SURPLUS_EVICTIONS(
            Group.SUBJECT,
            "Pages that processes gave up at a fault because they were above their allocation."),
    @Numbered(45)
    PROCESS_EVICTIONS(
            Group.SUBJECT, "Pages that left with their whole process, which was swapped out."),
    @Numbered(46)
    CLEANED(Group.SUBJECT, "Dirty pages that were written back and stayed."),
    @Numbered(47)
    THROTTLED(Group.SUBJECT, "Pages that a writer had to write back because too many were dirty."),
    @Numbered(48)
    PREFETCHES(Group.SUBJECT, "Pages read before a process asked for them."),
    @Numbered(49)
    PREFETCH_HITS(Group.SUBJECT, "Prefetched pages that were then asked for."),
    @Numbered(50)
    PREFETCHES_WASTED(
            Group.SUBJECT, "Prefetched pages that left memory before they were asked for."),
    @Numbered(51)
    PUT_OUT(Group.SUBJECT, "Times that load control put a process out."),
    @Numbered(52)
    BACKGROUND_DISK(
            Group.SUBJECT, "Ticks of the disk that no process waited for; not part of `ticks`."),
    @Numbered(53)
    DATA_TICKS(Group.TICKS, "Ticks for the data themselves."),
    @Numbered(54)
    TLB_TICKS(Group.TICKS, "Ticks for TLB look-ups."),
    @Numbered(55)
    WALK_TICKS(Group.TICKS, "Ticks for page-table walks."),
    @Numbered(56)
    TRAP_TICKS(Group.TICKS, "Ticks for traps into the kernel."),
    @Numbered(57)
    FILL_TICKS(Group.TICKS, "Ticks for filling frames with zeros."),
    @Numbered(58)
    COPY_TICKS(Group.TICKS, "Ticks for copying pages."),
    @Numbered(59)
    MAP_TICKS(Group.TICKS, "Ticks for mapping and unmapping."),
    @Numbered(60)
    STORE_TICKS(Group.TICKS, "Ticks for reading and writing the backing store."),
    @Numbered(61)
    FILE_TICKS(Group.TICKS, "Ticks for reading and writing files."),
    @Numbered(62)
    DISK_WAIT_TICKS(Group.TICKS, "Ticks of waiting until the disk had finished background work."),
    @Numbered(63)
    SWITCH_TICKS(Group.TICKS, "Ticks for context switches."),
    @Numbered(64)
    SHOOTDOWN_TICKS(Group.TICKS, "Ticks for shootdowns."),
    @Numbered(65)
    SIGNAL_TICKS(Group.TICKS, "Ticks for sending signals."),
    @Numbered(66)
    THINK_TICKS(Group.TICKS, "Ticks that programs computed between their accesses."),
    @Numbered(67)
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
