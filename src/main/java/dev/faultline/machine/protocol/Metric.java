package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/** The metrics of counters: their names in Prometheus, without {@code _total}. */
public enum Metric {
    ACCESSES("faultline_accesses", "Accesses issued.", "op"),
    PAGE_FAULTS(
            "faultline_page_faults",
            "Page faults; a major one read the page from the backing store or a file.",
            "type"),
    PROTECTION_FAULTS(
            "faultline_protection_faults",
            "Faults on a page that was present, such as a write to one shared by copy-on-write."),
    TLB_LOOKUPS("faultline_tlb_lookups", "First TLB look-ups of accesses.", "result"),
    SWAP_PAGES(
            "faultline_swap_pages",
            "Pages read from and written to the backing store.",
            "direction"),
    FILE_PAGES("faultline_file_pages", "Pages read from and written to files.", "direction"),
    ZERO_FILLS("faultline_zero_fills", "Frames filled with zeros for a page."),
    HUGE_FILLS("faultline_huge_fills", "Huge pages filled with zeros at one fault."),
    COW("faultline_cow", "Writes to shared pages: copied, or kept by the last sharer.", "outcome"),
    FORKS("faultline_forks", "Processes forked."),
    SIGNALS("faultline_signals", "Signals sent to processes, by their POSIX code.", "code"),
    CONTEXT_SWITCHES("faultline_context_switches", "Switches from one process to another."),
    TICKS("faultline_ticks", "Ticks of the simulated clock."),
    EVICTIONS(
            "faultline_evictions",
            "Pages evicted; dirty ones were written back as they left.",
            "dirty",
            true);

    private final String key;
    private final String words;
    private final @Nullable String label;
    private final boolean byPolicy;

    Metric(String key, String words) {
        this(key, words, null, false);
    }

    Metric(String key, String words, String label) {
        this(key, words, label, false);
    }

    Metric(String key, String words, @Nullable String label, boolean byPolicy) {
        this.key = key;
        this.words = words;
        this.label = label;
        this.byPolicy = byPolicy;
    }

    /** Its name. */
    public String key() {
        return key;
    }

    /** What it counts, in words. */
    public String words() {
        return words;
    }

    /** The label that tells its counters apart; null if it has one counter. */
    public @Nullable String label() {
        return label;
    }

    /** Whether it is also told apart by the machines' replacement policies. */
    public boolean isByPolicy() {
        return byPolicy;
    }
}
