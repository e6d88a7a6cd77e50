package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/**
 * What the hardware does with an access: look into the TLB, walk the page table, check permission,
 * set the accessed and dirty bits, or raise a fault. It sees page-table entries and nothing behind
 * them: no areas, no swap, no copy-on-write.
 */
public final class Mmu {

    /** The entry is not valid. */
    public static final int PAGE_FAULT = -1;

    /** The entry is valid and does not allow the access. */
    public static final int PROTECTION_FAULT = -2;

    /** The page is not in the TLB, and finding it is the kernel's work. */
    public static final int TLB_MISS = -3;

    /** A write to a page that is clean in the TLB, of which the kernel keeps account. */
    public static final int TLB_MODIFIED = -4;

    /** Set in an answer when this write was the first to set the entry's dirty bit. */
    public static final int FIRST_WRITE = 1 << 30;

    /** An answer with one of these bits set is more than a frame number. */
    public static final int NOT_PLAIN = 1 << 31 | FIRST_WRITE;

    private final Tlbs tlbs;

    /** The TLB of data, and of instructions too if they are not apart. */
    private final Tlb tlb;

    private final boolean split;
    private final @Nullable Tlb second;
    private final @Nullable WalkCache walks;
    private final FrameMarks marks;

    /** Levels of a table whose walks are remembered. */
    private final int levels;

    private final int offsetBits;
    private final boolean software;
    private PageTable table;

    /** The table, where it is of limits and bases instead of pages. */
    private @Nullable SegmentTable limits;

    private int asid;

    /**
     * Since the kernel last took them: first look-ups that missed, those that only the second level
     * answered, and references of walks.
     */
    private long misses;

    private long secondHits;

    private long walkReferences;
    private long walkCacheHits;

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

    /** The address-space number under which it looks into the TLB. */
    public int asid() {
        return asid;
    }

    /**
     * Runs a block's accesses from a place on for as long as the TLB alone answers them, which is
     * nearly always: the way of {@link #access} without its turns. Answers the place of the first
     * access that is not run, at most {@code to}. Notes the frames, if wanted, and stops when they
     * are full. Without pages, it runs them for as long as each is within limits.
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

    /** How far {@link #runHits} would come; nothing is run. */
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

    /** Runs hits where each access has to choose its TLB, which is slower by that choice. */
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
     * Translates an access of so many bytes of a page, {@code op} being one of {@link Op}. Answers
     * the frame, perhaps with {@link #FIRST_WRITE}, or {@link #PAGE_FAULT} or {@link
     * #PROTECTION_FAULT}; where the kernel manages the TLB, {@link #TLB_MISS} or {@link
     * #TLB_MODIFIED}.
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

    /** Through an entry of a huge page, which names the frame of its first page. */
    private int accessHuge(Tlb first, int place, long vpn, int op) {
        long entry = first.entry(place);
        int frame = Pte.frame(entry) + tlbs.inHuge(vpn);
        if (!Tlb.suffices(entry, op)) {
            return Pte.allows(entry, op) ? firstWrite(vpn, frame) : PROTECTION_FAULT;
        }
        first.touch(place);
        return frame;
    }

    /** Brings a page's entry from the second level into the first, if it is there. */
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
     * Runs an access again after its fault was resolved; its look-up is not counted. After a page
     * fault it would miss, for nothing loads an entry but a walk, or the kernel if that is its
     * work.
     *
     * @param fault what it answered before
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
     * A write through a TLB entry that does not know of one: set the dirty bit in the table too. If
     * the table no longer says what the entry says, that is dropped and the table walked.
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

    public long takeMisses() {
        long taken = misses;
        misses = 0;
        return taken;
    }

    public long takeSecondHits() {
        long taken = secondHits;
        secondHits = 0;
        return taken;
    }

    public long takeWalkCacheHits() {
        long taken = walkCacheHits;
        walkCacheHits = 0;
        return taken;
    }

    public long takeWalkReferences() {
        long taken = walkReferences;
        walkReferences = 0;
        return taken;
    }
}
