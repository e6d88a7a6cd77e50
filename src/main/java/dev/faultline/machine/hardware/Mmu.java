package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/**
 * The memory-management unit: what the hardware does with an access. It looks into the TLB, walks
 * the page table, checks permissions, and either sets the accessed and dirty bits or raises a
 * fault. It sees page-table entries and nothing behind them: no areas, no swap, no copy-on-write.
 */
public final class Mmu {

    /** The entry is not valid. */
    public static final int PAGE_FAULT = -1;

    /** The entry is valid but does not allow the access. */
    public static final int PROTECTION_FAULT = -2;

    /** The page is not in the TLB, and the kernel manages the TLB. */
    public static final int TLB_MISS = -3;

    /** A write to a page that is clean in a TLB that the kernel manages. */
    public static final int TLB_MODIFIED = -4;

    /** Set in an answer if this write was the one that set the entry's dirty bit. */
    public static final int FIRST_WRITE = 1 << 30;

    /** If an answer has any of these bits set, it is more than a frame number. */
    public static final int NOT_PLAIN = 1 << 31 | FIRST_WRITE;

    private final Tlbs tlbs;

    /** The TLB for data, and for instructions too unless the TLB is split. */
    private final Tlb tlb;

    private final boolean split;
    private final @Nullable Tlb second;
    private final @Nullable WalkCache walks;
    private final FrameMarks marks;

    /** The number of levels of a table whose walks are cached. */
    private final int levels;

    private final int offsetBits;
    private final boolean software;
    private PageTable table;

    /** The table, if it holds bases and limits instead of pages. */
    private @Nullable SegmentTable limits;

    private int asid;

    /**
     * Counts since the kernel last took them: first look-ups that missed, look-ups that only the
     * second level answered, memory references of walks, and walk-cache hits.
     */
    private long misses;

    private long secondHits;

    private long walkReferences;
    private long walkCacheHits;

    /** An MMU that starts with {@code table} and address-space number 0. */
    public Mmu(Tlbs tlbs, FrameMarks marks, MachineSpec spec, PageTable table) {
        this.marks = marks;
        this.tlbs = tlbs;
        this.tlb = tlbs.first(Op.READ);
        this.split = tlbs.isSplit();
        this.second = tlbs.second();
        this.walks = tlbs.walks();
        this.levels = spec.translation().levels().size();
        this.offsetBits = spec.offsetBits();
        this.software = spec.tlb().isSoftware();
        this.table = table;
    }

    /** Loads the page-table register and the address-space number, as a context switch does. */
    public void use(PageTable table, int asid) {
        this.table = table;
        this.limits = table instanceof SegmentTable segments ? segments : null;
        this.asid = asid;
    }

    /** The address-space number that TLB look-ups use. */
    public int asid() {
        return asid;
    }

    /**
     * Runs a block's accesses from index {@code from} as long as the TLB alone answers them, which
     * is nearly always. It does what {@link #access} does, without the slow branches. Without pages
     * it runs them as long as each is within its limits.
     *
     * @param frames receives the frame of each access, or null; the run stops when it is full
     * @return the index of the first access not run, at most {@code to}
     */
    public int runHits(AccessBlock block, int from, int to, int @Nullable [] frames) {
        long[] words = block.words();
        if (limits != null) {
            int end = limits.run(words, block.sizes(), from, to);
            walkReferences += 1L * (end - from) * limits.references();
            return end;
        }
        if (!tlb.isPresent()) {
            return from;
        }
        int end = frames == null ? to : Math.min(to, from + frames.length);
        return split
                ? runSplitHits(words, from, end, frames)
                : tlb.runHits(words, from, end, asid, offsetBits, frames);
    }

    /** The index that {@link #runHits} would return. Nothing is run. */
    public int hitsEnd(AccessBlock block, int from, int to) {
        long[] words = block.words();
        if (limits != null) {
            return limits.run(words, block.sizes(), from, to);
        }
        if (!tlb.isPresent()) {
            return from;
        }
        if (!split) {
            return tlb.hitsEnd(words, from, to, asid, offsetBits);
        }
        int at = from;
        while (at < to
                && tlbs.first(AccessBlock.op(words[at]))
                                .hitsEnd(words, at, at + 1, asid, offsetBits)
                        > at) {
            at++;
        }
        return at;
    }

    /** Runs hits in a split TLB. It is slower because each access has to choose its TLB. */
    private int runSplitHits(long[] words, int from, int end, int @Nullable [] frames) {
        int at = from;
        for (; at < end; at++) {
            long vpn = AccessBlock.address(words[at]) >>> offsetBits;
            int op = AccessBlock.op(words[at]);
            Tlb first = tlbs.first(op);
            int place = first.hint(vpn);
            long entry = first.entry(place);
            if (!first.holds(place, asid, vpn) || !Tlb.suffices(entry, op)) {
                break;
            }
            first.touch(place);
            if (frames != null) {
                frames[at - from] = Pte.frame(entry);
            }
        }
        return at;
    }

    /**
     * Translates an access of {@code size} bytes within one page.
     *
     * @param op one of {@link Op}
     * @return the frame, possibly with {@link #FIRST_WRITE}; or {@link #PAGE_FAULT} or {@link
     *     #PROTECTION_FAULT}; or, if the kernel manages the TLB, {@link #TLB_MISS} or {@link
     *     #TLB_MODIFIED}
     */
    public int access(long address, int size, int op) {
        if (limits != null) {
            walkReferences += limits.references();
            return limits.access(address, size, op);
        }
        long vpn = address >>> offsetBits;
        Tlb first = tlbs.first(op);
        int place = first.find(asid, vpn);
        if (place == Tlb.MISS && second != null) {
            place = promote(second, first, vpn);
        }
        if (place == Tlb.MISS && tlbs.hasHuge()) {
            place = first.find(asid, tlbs.hugeKey(vpn));
            if (place != Tlb.MISS) {
                return accessHuge(first, place, vpn, op);
            }
        }
        if (place == Tlb.MISS) {
            misses++;
            return software ? TLB_MISS : walk(vpn, op);
        }
        long entry = first.entry(place);
        if (!Tlb.suffices(entry, op)) {
            return !Pte.allows(entry, op)
                    ? PROTECTION_FAULT
                    : software ? TLB_MODIFIED : firstWrite(vpn, Pte.frame(entry));
        }
        first.touch(place);
        return Pte.frame(entry);
    }

    /** Translates through a huge page's entry, which names the frame of its first page. */
    private int accessHuge(Tlb first, int place, long vpn, int op) {
        long entry = first.entry(place);
        int frame = Pte.frame(entry) + tlbs.inHuge(vpn);
        if (!Tlb.suffices(entry, op)) {
            return Pte.allows(entry, op) ? firstWrite(vpn, frame) : PROTECTION_FAULT;
        }
        first.touch(place);
        return frame;
    }

    /** Loads a page's entry from the second level into the first, if it is there. */
    private int promote(Tlb from, Tlb first, long vpn) {
        int place = from.find(asid, vpn);
        if (place == Tlb.MISS) {
            return Tlb.MISS;
        }
        secondHits++;
        from.touch(place);
        first.fill(asid, vpn, from.entry(place));
        return first.find(asid, vpn);
    }

    /**
     * Runs an access again after its fault was resolved. Its look-up is not counted. After a page
     * fault the look-up would miss, because only a walk loads an entry (or the kernel, if it
     * manages the TLB).
     *
     * @param fault what {@link #access} returned before
     */
    public int rerun(long address, int size, int op, int fault) {
        if (fault == PAGE_FAULT && limits == null && !software) {
            return walk(address >>> offsetBits, op);
        }
        long missesBefore = misses;
        long hitsBefore = secondHits;
        int answer = access(address, size, op);
        misses = missesBefore;
        secondHits = hitsBefore;
        return answer;
    }

    /**
     * A write through a TLB entry that is still clean: sets the dirty bit in the table too. If the
     * table no longer agrees with the TLB entry, drops that entry and walks.
     */
    private int firstWrite(long vpn, int frame) {
        long pte = table.get(vpn);
        if (!Pte.allows(pte, Op.WRITE) || Pte.frame(pte) != frame) {
            tlbs.invalidate(asid, vpn);
            return walk(vpn, Op.WRITE);
        }
        table.set(vpn, pte | Pte.DIRTY);
        boolean huge = table.isHuge(vpn);
        if (!huge) {
            marks.set(frame, Pte.DIRTY);
        }
        long key = huge ? tlbs.hugeKey(vpn) : vpn;
        tlbs.setDirty(asid, key);
        tlb.touch(tlb.find(asid, key));
        return Pte.frame(pte) | FIRST_WRITE;
    }

    private int walk(long vpn, int op) {
        long pte = table.get(vpn);
        int references = table.references();
        if (walks != null && references == levels && walks.find(asid, vpn >>> table.leafBits())) {
            walkCacheHits++;
            references = 1;
        }
        walkReferences += references;
        if (!Pte.isValid(pte)) {
            return PAGE_FAULT;
        }
        if (!Pte.allows(pte, op)) {
            return PROTECTION_FAULT;
        }
        long marked = pte | Pte.ACCESSED | (op == Op.WRITE ? Pte.DIRTY : 0);
        if (marked != pte) {
            table.set(vpn, marked);
        }
        if (table.isHuge(vpn)) {
            tlbs.fillHuge(op, asid, vpn, table.get(vpn - tlbs.inHuge(vpn)));
        } else {
            tlbs.fill(op, asid, vpn, marked);
            marks.set(Pte.frame(pte), marked);
        }
        boolean firstWrite = op == Op.WRITE && !Pte.isDirty(pte);
        return firstWrite ? Pte.frame(pte) | FIRST_WRITE : Pte.frame(pte);
    }

    long misses() {
        return misses;
    }

    Tlbs tlbs() {
        return tlbs;
    }

    PageTable table() {
        return table;
    }

    long walkReferences() {
        return walkReferences;
    }

    /** First look-ups that missed since this was last called. */
    public long takeMisses() {
        long taken = misses;
        misses = 0;
        return taken;
    }

    /** Look-ups that only the second level answered since this was last called. */
    public long takeSecondHits() {
        long taken = secondHits;
        secondHits = 0;
        return taken;
    }

    /** Walks that the walk cache shortened since this was last called. */
    public long takeWalkCacheHits() {
        long taken = walkCacheHits;
        walkCacheHits = 0;
        return taken;
    }

    /** Memory references of walks since this was last called. */
    public long takeWalkReferences() {
        long taken = walkReferences;
        walkReferences = 0;
        return taken;
    }
}
