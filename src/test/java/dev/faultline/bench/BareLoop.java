package dev.faultline.bench;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.PolicySpec;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * The machine as somebody would write it who wants the counters, nothing else, and fast: arrays,
 * one class, one process, one area over a 48-bit space of 4 KiB pages, a TLB of 16 sets and 4 ways
 * with LRU, a page table of four levels, or one, or chains, and FIFO, Clock or LRU of its own; or
 * with any other policy, which is the machine's and sees the bits at arrays' speed.
 *
 * <p>It is written to be hard to beat: the inner loop of {@link #run} handles the accesses that hit
 * the TLB where a hint says, calls nothing and keeps its counts in registers.
 */
final class BareLoop implements Frames {

    private static final int PAGE_SHIFT = 12;
    private static final int ADDRESS_BITS = 48;
    private static final long ADDRESS_MASK = (1L << 62) - 1;
    private static final int SETS = 16;
    private static final int WAYS = 4;
    private static final int HINT_MASK = 255;
    private static final int LEVEL_BITS = 9;
    private static final int LEVEL_MASK = (1 << LEVEL_BITS) - 1;
    private static final int ROOT_SHIFT = 3 * LEVEL_BITS;
    private static final int PIECE_BITS = 18;
    private static final int PIECE_MASK = (1 << PIECE_BITS) - 1;
    private static final int TABLE = 1 << 16;
    private static final int NONE = -1;
    private static final int FAULT = -1;
    private static final int WRITE_OP = 1;

    private static final long VALID = 1;
    private static final long READ = 1 << 1;
    private static final long WRITE = 1 << 2;
    private static final long EXECUTE = 1 << 3;
    private static final long ACCESSED = 1 << 6;
    private static final long DIRTY = 1 << 7;
    private static final long SWAPPED = 1 << 9;
    private static final int NUMBER_SHIFT = 10;
    private static final long[] PERMISSION = {VALID | READ, VALID | WRITE, VALID | EXECUTE};
    private static final long[] NEEDED = {VALID | READ, VALID | WRITE | DIRTY, VALID | EXECUTE};

    private final boolean lru;
    private final boolean clock;
    private final boolean radix;

    private final long[] tlbPage = new long[SETS * WAYS];
    private final long[] tlbEntry = new long[SETS * WAYS];
    private final long[] tlbUsed = new long[SETS * WAYS];
    private final int[] hints = new int[HINT_MASK + 1];
    private long moment;

    /** The radix table: 512 entries a node, the root first; 0 is no child. */
    private long[][] nodes = {new long[1 << LEVEL_BITS]};

    private int nodeCount = 1;

    /** The hashed table: chains of elements, the newest in front; no heads, no such table. */
    private final int[] heads;

    private int[] elementNext = new int[64];
    private long[] elementPage = new long[64];
    private long[] elements = new long[64];
    private int elementCount;
    private int freeElement = NONE;
    private int found;

    /** The linear table, in pieces that are made when they are needed. */
    private final long[] @Nullable [] pieces;

    private final int frames;
    private int usedFrames;
    private final long[] pageOf;
    private final int[] slotOf;

    /** FIFO and LRU: a list from the head, which is no frame, over the oldest to the youngest. */
    private final int[] next;

    private final int[] previous;
    private final int head;
    private int youngest;

    private int hand;

    /** A policy that is not of this loop, whether it hears of every access, and its free frames. */
    private final @Nullable ReplacementPolicy other;

    private final boolean watched;
    private final boolean needsFuture;
    private final boolean[] present;
    private int[] free = {};
    private int freeHead;
    private int freeCount;
    private long instruction;

    /** Where the entry of the page in a frame is, of a radix table. */
    private final long[][] leafOf;

    private final int[] freeSlots;
    private int freeSlotCount;

    private long accesses;
    private long writes;
    private long executes;
    private long misses;
    private long walkReferences;
    private long zeroFills;
    private long swapIns;
    private long swapOuts;
    private long evictions;
    private long reclaims;

    BareLoop(String policy, boolean radix, int frames, int swapSlots) {
        this(policy, radix, 0, frames, swapSlots);
    }

    /** With so many buckets the table is a hashed one. */
    BareLoop(String policy, boolean radix, int buckets, int frames, int swapSlots) {
        heads = new int[buckets];
        Arrays.fill(heads, NONE);
        lru = policy.equals("lru");
        clock = policy.equals("clock");
        boolean own = lru || clock || policy.equals("fifo");
        other = own ? null : Policies.make(policy, frames, PolicySpec.of(policy));
        watched = other != null && other.watchesReferences();
        needsFuture = Policies.entry(policy).is(PolicyEntry.Trait.NEEDS_FUTURE);
        leafOf = new long[frames][];
        present = new boolean[frames];
        if (other != null) {
            other.attach(other.view(this));
            free = new int[frames];
            Arrays.setAll(free, frame -> frame);
            freeCount = frames;
        }
        this.radix = radix;
        this.frames = frames;
        Arrays.fill(tlbPage, NONE);
        pieces = new long[radix ? 0 : 1 << ADDRESS_BITS - PAGE_SHIFT - PIECE_BITS][];
        pageOf = new long[frames];
        slotOf = new int[frames];
        Arrays.fill(slotOf, NONE);
        next = new int[frames + 1];
        previous = new int[frames + 1];
        head = frames;
        youngest = head;
        freeSlots = new int[swapSlots];
        Arrays.setAll(freeSlots, slot -> slot);
        freeSlotCount = swapSlots;
    }

    /** Lets a policy know what is to come, if it wants to: packed accesses that are run next. */
    void foresee(long[] words) {
        if (other == null || !needsFuture) {
            return;
        }
        long[] pages = new long[TABLE];
        int[] uses = new int[TABLE];
        Arrays.fill(pages, NONE);
        int[] nextUses = new int[words.length];
        for (int at = words.length - 1; at >= 0; at--) {
            long page = (words[at] & ADDRESS_MASK) >>> PAGE_SHIFT;
            int place = place(pages, page);
            if (pages[place] == NONE) {
                pages[place] = page;
                uses[place] = ReplacementPolicy.NEVER;
            }
            nextUses[at] = uses[place];
            uses[place] = at;
        }
        int[] firstUses = new int[frames];
        for (int frame = 0; frame < frames; frame++) {
            int place = present[frame] ? place(pages, pageOf[frame]) : 0;
            boolean used = present[frame] && pages[place] != NONE;
            firstUses[frame] = used ? uses[place] : ReplacementPolicy.NEVER;
        }
        other.forgetFuture();
        other.foresee(ReplacementPolicy.ANYBODY, nextUses, firstUses);
    }

    /** Where a page is in the table, or would be; there must be fewer pages than places. */
    private static int place(long[] pages, long page) {
        int place = (int) (page * 0x9E3779B97F4A7C15L >>> 48);
        while (pages[place] != page && pages[place] != NONE) {
            place = place + 1 & TABLE - 1;
        }
        return place;
    }

    /** Runs packed accesses: the address in the low 62 bits, the operation in the top 2. */
    void run(long[] words, int count) {
        int[] hints = this.hints;
        long[] tlbPage = this.tlbPage;
        long[] tlbEntry = this.tlbEntry;
        long[] tlbUsed = this.tlbUsed;
        int[] next = this.next;
        int[] previous = this.previous;
        boolean lru = this.lru;
        ReplacementPolicy hearing = watched ? other : null;
        int youngest = this.youngest;
        long now = moment;
        long writes = 0;
        long executes = 0;
        int i = 0;
        while (true) {
            for (; i < count; i++) {
                long word = words[i];
                int op = (int) (word >>> 62);
                long page = (word & ADDRESS_MASK) >>> PAGE_SHIFT;
                int way = hints[(int) page & HINT_MASK];
                if (tlbPage[way] != page) {
                    break;
                }
                long entry = tlbEntry[way];
                if ((entry & NEEDED[op]) != NEEDED[op]) {
                    break;
                }
                tlbUsed[way] = ++now;
                writes += op & 1;
                executes += op >> 1;
                if (lru) {
                    int frame = (int) (entry >>> NUMBER_SHIFT);
                    if (frame != youngest) {
                        int before = previous[frame];
                        int after = next[frame];
                        next[before] = after;
                        previous[after] = before;
                        next[youngest] = frame;
                        previous[frame] = youngest;
                        youngest = frame;
                    }
                } else if (hearing != null) {
                    hearing.onAccess((int) (entry >>> NUMBER_SHIFT));
                }
            }
            if (i == count) {
                break;
            }
            this.youngest = youngest;
            long word = words[i++];
            int op = (int) (word >>> 62);
            writes += op & 1;
            executes += op >> 1;
            instruction = accesses + i;
            int frame = access((word & ADDRESS_MASK) >>> PAGE_SHIFT, op, ++now);
            if (lru && frame != this.youngest) {
                unlink(frame);
                append(frame);
            }
            if (hearing != null) {
                hearing.onAccess(frame);
            }
            youngest = this.youngest;
        }
        this.youngest = youngest;
        moment = now;
        accesses += count;
        this.writes += writes;
        this.executes += executes;
    }

    /** An access that is more than a hit where the hint says. */
    private int access(long page, int op, long now) {
        int way = find(page);
        if (way != NONE) {
            if ((tlbEntry[way] & NEEDED[op]) != NEEDED[op]) {
                long[] leaf = leaf(page);
                leaf[index(page)] |= DIRTY;
                tlbEntry[way] |= DIRTY;
                dirtied((int) (tlbEntry[way] >>> NUMBER_SHIFT));
            }
            tlbUsed[way] = now;
            return (int) (tlbEntry[way] >>> NUMBER_SHIFT);
        }
        misses++;
        int frame = walk(page, op, now);
        if (frame == FAULT) {
            fault(page);
            frame = walk(page, op, now);
        }
        return frame;
    }

    private int find(long page) {
        int first = ((int) page & SETS - 1) * WAYS;
        for (int way = first; way < first + WAYS; way++) {
            if (tlbPage[way] == page) {
                hints[(int) page & HINT_MASK] = way;
                return way;
            }
        }
        return NONE;
    }

    private int walk(long page, int op, long now) {
        long[] leaf = read(page);
        if (leaf == null) {
            return FAULT;
        }
        int at = index(page);
        long pte = leaf[at];
        if ((pte & PERMISSION[op]) != PERMISSION[op]) {
            return FAULT;
        }
        long marked = pte | ACCESSED | (op == WRITE_OP ? DIRTY : 0);
        leaf[at] = marked;
        int frame = (int) (pte >>> NUMBER_SHIFT);
        if (((marked ^ pte) & DIRTY) != 0) {
            dirtied(frame);
        }
        int way = oldestWay(page);
        tlbPage[way] = page;
        tlbEntry[way] = marked;
        tlbUsed[way] = now;
        hints[(int) page & HINT_MASK] = way;
        return frame;
    }

    private int oldestWay(long page) {
        int first = ((int) page & SETS - 1) * WAYS;
        int oldest = first;
        for (int way = first; way < first + WAYS; way++) {
            if (tlbPage[way] == NONE) {
                return way;
            }
            if (tlbUsed[way] < tlbUsed[oldest]) {
                oldest = way;
            }
        }
        return oldest;
    }

    /** A frame that is written to is no longer the same as its slot. */
    private void dirtied(int frame) {
        if (slotOf[frame] != NONE) {
            freeSlots[freeSlotCount++] = slotOf[frame];
            slotOf[frame] = NONE;
        }
    }

    /** Walks to the leaf of a page, or null, and counts the references. */
    private long @Nullable [] read(long page) {
        if (heads.length > 0) {
            return readChain(page) ? elements : null;
        }
        if (!radix) {
            walkReferences++;
            return pieces[(int) (page >>> PIECE_BITS)];
        }
        long[] node = nodes[0];
        for (int shift = ROOT_SHIFT; shift > 0; shift -= LEVEL_BITS) {
            walkReferences++;
            int child = (int) node[(int) (page >>> shift) & LEVEL_MASK];
            if (child == 0) {
                return null;
            }
            node = nodes[child];
        }
        walkReferences++;
        return node;
    }

    private boolean readChain(long page) {
        walkReferences++;
        int element = heads[(int) (page % heads.length)];
        while (element != NONE) {
            walkReferences++;
            if (elementPage[element] == page) {
                break;
            }
            element = elementNext[element];
        }
        found = element;
        return element != NONE;
    }

    private void removeElement(long page) {
        int bucket = (int) (page % heads.length);
        if (heads[bucket] == found) {
            heads[bucket] = elementNext[found];
        } else {
            int before = heads[bucket];
            while (elementNext[before] != found) {
                before = elementNext[before];
            }
            elementNext[before] = elementNext[found];
        }
        elementNext[found] = freeElement;
        freeElement = found;
    }

    private void addElement(long page) {
        int element = freeElement;
        if (element != NONE) {
            freeElement = elementNext[element];
        } else {
            element = newElement();
        }
        int bucket = (int) (page % heads.length);
        elementPage[element] = page;
        elementNext[element] = heads[bucket];
        heads[bucket] = element;
        found = element;
    }

    private int newElement() {
        if (elementCount == elements.length) {
            elements = Arrays.copyOf(elements, 2 * elementCount);
            elementPage = Arrays.copyOf(elementPage, 2 * elementCount);
            elementNext = Arrays.copyOf(elementNext, 2 * elementCount);
        }
        return elementCount++;
    }

    /** The leaf of a page, made now if need be. */
    private long[] leaf(long page) {
        if (heads.length > 0) {
            long before = walkReferences;
            if (!readChain(page)) {
                addElement(page);
            }
            walkReferences = before;
            return elements;
        }
        if (!radix) {
            long[] piece = pieces[(int) (page >>> PIECE_BITS)];
            if (piece == null) {
                piece = new long[1 << PIECE_BITS];
                pieces[(int) (page >>> PIECE_BITS)] = piece;
            }
            return piece;
        }
        long[] node = nodes[0];
        for (int shift = ROOT_SHIFT; shift > 0; shift -= LEVEL_BITS) {
            int at = (int) (page >>> shift) & LEVEL_MASK;
            if (node[at] == 0) {
                if (nodeCount == nodes.length) {
                    nodes = Arrays.copyOf(nodes, 2 * nodeCount);
                }
                nodes[nodeCount] = new long[1 << LEVEL_BITS];
                node[at] = nodeCount++;
            }
            node = nodes[(int) node[at]];
        }
        return node;
    }

    /** Where a page is in the leaf that was found for it just now. */
    private int index(long page) {
        if (heads.length > 0) {
            return found;
        }
        return (int) page & (radix ? LEVEL_MASK : PIECE_MASK);
    }

    private void fault(long page) {
        if (page >>> ADDRESS_BITS - PAGE_SHIFT != 0) {
            throw new IllegalStateException("a signal, which this loop does not do");
        }
        int frame = other == null ? ownFrame() : frameFor(page, other);
        long[] leaf = leaf(page);
        int at = index(page);
        if ((leaf[at] & SWAPPED) != 0) {
            slotOf[frame] = (int) (leaf[at] >>> NUMBER_SHIFT);
            swapIns++;
        } else {
            zeroFills++;
        }
        pageOf[frame] = page;
        leaf[at] = (long) frame << NUMBER_SHIFT | VALID | READ | WRITE | EXECUTE;
        if (other != null) {
            leafOf[frame] = leaf;
            present[frame] = true;
            other.onLoad(frame);
        } else if (!clock) {
            append(frame);
        }
    }

    private int ownFrame() {
        if (usedFrames < frames) {
            return usedFrames++;
        }
        reclaims++;
        return evict(victim());
    }

    /** A frame by another's policy, which may also give some up that nobody needs. */
    private int frameFor(long page, ReplacementPolicy policy) {
        policy.onFault(1, 1, page);
        Frames view = policy.view(this);
        for (int given = policy.surplus(view); given != NONE; given = policy.surplus(view)) {
            free[(freeHead + freeCount++) % frames] = evict(given);
        }
        if (freeCount == 0) {
            reclaims++;
            return evict(policy.victim(view));
        }
        int frame = free[freeHead];
        freeHead = (freeHead + 1) % frames;
        freeCount--;
        return frame;
    }

    @Override
    public boolean referenced(int frame) {
        return (leafOf[frame][index(pageOf[frame])] & ACCESSED) != 0;
    }

    @Override
    public boolean dirty(int frame) {
        return (leafOf[frame][index(pageOf[frame])] & DIRTY) != 0;
    }

    @Override
    public void clearReferenced(int frame) {
        if (present[frame] && referenced(frame)) {
            leafOf[frame][index(pageOf[frame])] &= ~ACCESSED;
            drop(pageOf[frame]);
        }
    }

    @Override
    public boolean evictable(int frame) {
        return present[frame];
    }

    @Override
    public long now() {
        return instruction;
    }

    @Override
    public long time(int owner) {
        return instruction;
    }

    @Override
    public int owner(int frame) {
        return 1;
    }

    @Override
    public int share(int owner) {
        return frames;
    }

    private int victim() {
        if (!clock) {
            return next[head];
        }
        while (true) {
            int frame = hand;
            hand = frame + 1 == frames ? 0 : frame + 1;
            long[] leaf = leaf(pageOf[frame]);
            int at = index(pageOf[frame]);
            if ((leaf[at] & ACCESSED) == 0) {
                return frame;
            }
            leaf[at] &= ~ACCESSED;
            drop(pageOf[frame]);
        }
    }

    private int evict(int frame) {
        long page = pageOf[frame];
        long[] leaf = leaf(page);
        int at = index(page);
        if ((leaf[at] & DIRTY) != 0) {
            if (freeSlotCount == 0) {
                throw new IllegalStateException("swap is full, which this loop does not do");
            }
            slotOf[frame] = freeSlots[--freeSlotCount];
            swapOuts++;
        }
        int slot = slotOf[frame];
        leaf[at] = slot == NONE ? 0 : (long) slot << NUMBER_SHIFT | SWAPPED;
        if (slot == NONE && heads.length > 0) {
            removeElement(page);
        }
        slotOf[frame] = NONE;
        drop(page);
        if (other != null) {
            present[frame] = false;
            other.onFree(frame);
        } else if (!clock) {
            unlink(frame);
        }
        evictions++;
        return frame;
    }

    private void drop(long page) {
        int way = find(page);
        if (way != NONE) {
            tlbPage[way] = NONE;
        }
    }

    private void unlink(int frame) {
        if (frame == youngest) {
            youngest = previous[frame];
        } else {
            next[previous[frame]] = next[frame];
            previous[next[frame]] = previous[frame];
        }
    }

    private void append(int frame) {
        next[youngest] = frame;
        previous[frame] = youngest;
        youngest = frame;
    }

    /** What a machine of these costs counts for the same accesses; other counters are 0. */
    Map<Counter, Long> counters(Costs costs) {
        long faults = zeroFills + swapIns;
        long ticks =
                accesses * (costs.tlbLookup() + costs.memoryReference())
                        + walkReferences * costs.memoryReference()
                        + faults * costs.trap()
                        + zeroFills * costs.zeroFill()
                        + swapIns * costs.swapIn()
                        + swapOuts * costs.swapOut();
        Map<Counter, Long> counters = new EnumMap<>(Counter.class);
        counters.put(Counter.ACCESSES, accesses);
        counters.put(Counter.READS, accesses - writes - executes);
        counters.put(Counter.WRITES, writes);
        counters.put(Counter.EXECUTES, executes);
        counters.put(Counter.TLB_HITS, accesses - misses);
        counters.put(Counter.TLB_MISSES, misses);
        counters.put(Counter.WALK_REFERENCES, walkReferences);
        counters.put(Counter.PAGE_FAULTS, faults);
        counters.put(Counter.MINOR_FAULTS, zeroFills);
        counters.put(Counter.MAJOR_FAULTS, swapIns);
        counters.put(Counter.MAPS, faults);
        counters.put(Counter.UNMAPS, evictions);
        counters.put(Counter.ZERO_FILLS, zeroFills);
        counters.put(Counter.SWAP_INS, swapIns);
        counters.put(Counter.SWAP_OUTS, swapOuts);
        counters.put(Counter.BLOCK_READS, swapIns);
        counters.put(Counter.BLOCK_WRITES, swapOuts);
        counters.put(Counter.EVICTIONS, evictions);
        counters.put(Counter.DIRTY_EVICTIONS, swapOuts);
        counters.put(Counter.CLEAN_EVICTIONS, evictions - swapOuts);
        counters.put(Counter.DIRECT_RECLAIMS, reclaims);
        counters.put(Counter.TICKS, ticks);
        counters.put(Counter.DATA_TICKS, accesses * costs.memoryReference());
        counters.put(Counter.WALK_TICKS, walkReferences * costs.memoryReference());
        counters.put(Counter.STORE_TICKS, swapIns * costs.swapIn() + swapOuts * costs.swapOut());
        return counters;
    }
}
