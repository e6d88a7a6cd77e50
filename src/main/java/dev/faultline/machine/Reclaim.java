package dev.faultline.machine;

import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.replacement.WatchedFrames;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a frame for a page: a free one, else the one that the policy names, taken from every page
 * that maps it.
 *
 * <p>A frame can have several entries (aliases), and the hardware marks only the one that was used:
 * the frame is referenced or dirty if any of them says so, and all of them are made invalid
 * (lecture 16, "Page Tables and Dirty Flags").
 */
final class Reclaim implements Frames {

    static final int NONE = ReplacementPolicy.NONE;

    static final String SWAP_FULL =
            "swap is full: every page that could leave is dirty and no slot is free";

    private final FrameTable frames;
    private final ControlGroups groups;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final TableMemory tables;
    private final ReplacementPolicy policy;

    /** The frames as the policy sees them. */
    private final Frames view;

    private final Tasks tasks;
    private final Disk disk;
    private final Books books;
    private final int offsetBits;
    private final Costs costs;
    private final Allotments allotments;

    /** The frame that may not be taken just now, or {@link #NONE}. */
    private int spared = NONE;

    /** Frames that are kept free. */
    private final int keptFree;

    /** Frames that nobody gets as long as another can be freed. */
    private final int reserve;

    /** Whether any process has ever locked a page. */
    private boolean locksExpected;

    private @Nullable OomKiller killer;

    /** For whose group a victim is looked for, and whether it must be one of the group's own. */
    private int group;

    private boolean ownGroupOnly;
    private @Nullable WorkingSetMeter meter;
    private boolean explaining;

    /** Candidates that may still be shown of the choices of this command. */
    private int candidatesLeft;

    private Fault.@Nullable Eviction lastEviction;

    /** How the victim was chosen that is evicted next. */
    private Fault.@Nullable Choice lastChoice;

    Reclaim(Parts parts, ReplacementPolicy policy, Tasks tasks, Disk disk, Books books) {
        this.frames = parts.frames();
        this.groups = frames.groups();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.store = parts.store();
        this.cpus = parts.cpus();
        this.objects = parts.objects();
        this.tables = parts.tables();
        this.policy = policy;
        this.costs = parts.spec().costs();
        this.allotments = new Allotments(parts.spec(), tasks);
        this.view = policy.view(this);
        policy.use(view);
        this.tasks = tasks;
        this.disk = disk;
        this.books = books;
        this.offsetBits = parts.spec().offsetBits();
        this.keptFree = parts.spec().swap().spareFrame() ? 1 : 0;
        this.reserve = keptFree + parts.spec().paging().watermarks().min();
    }

    /** Whether evictions should be kept for {@link #takeEviction}. */
    void explain(boolean wanted) {
        explaining = wanted;
        lastEviction = null;
        lastChoice = null;
        candidatesLeft = wanted ? Fault.Choice.MOST_CANDIDATES : 0;
    }

    /** The last eviction since this was asked, or null. */
    Fault.@Nullable Eviction takeEviction() {
        Fault.Eviction taken = lastEviction;
        lastEviction = null;
        return taken;
    }

    /**
     * Answers a frame that nothing maps, or {@link #NONE} if none can be had. {@code spare} is a
     * frame that must stay, or {@link #NONE}; an eviction of a frame that nobody maps is counted to
     * {@code asking}.
     */
    int takeFrame(int spare, Task asking) {
        int frame = tryFrame(spare, asking);
        OomKiller last = killer;
        while (frame == NONE && last != null && last.makeRoom(asking)) {
            frame = tryFrame(spare, asking);
        }
        return frame;
    }

    /** Says for which page of a process a frame is to be found next. */
    void want(Task task, long vpn) {
        policy.wanted(task.asid(), task.asid(), vpn);
    }

    /** Says for which page of a file or of shared memory a frame is to be found next. */
    void want(Task asking, MemoryObject object, long page) {
        policy.wanted(asking.asid(), -1 - object.id(), page);
    }

    /** Says that a frame is to be found for no page of a process, but for its table. */
    void wantTable(int asid) {
        policy.wanted(asid, ReplacementPolicy.NOBODY, 0);
    }

    /** Frees what a process has to give up, whether or not frames are needed. */
    private void releaseSurplus(int spare, Task asking) {
        spared = spare;
        int frame = policy.surplus(view);
        while (frame != NONE) {
            evict(frame, asking);
            frames.free(frame);
            frame = policy.surplus(view);
        }
        spared = NONE;
    }

    private int tryFrame(int spare, Task asking) {
        releaseSurplus(spare, asking);
        group = asking.group();
        ownGroupOnly = groups.hitsLimit(group);
        int frame = freeOrVictim(spare, asking);
        while (frame != NONE && groups.isOver(group)) { // its limit was lowered
            int surplus = victim(frame);
            if (surplus == NONE) {
                break;
            }
            evict(surplus, asking);
            frames.free(surplus);
        }
        if (frame != NONE) {
            groups.charge(frame, group);
        }
        ownGroupOnly = false;
        return frame;
    }

    private int freeOrVictim(int spare, Task asking) {
        if (!ownGroupOnly && hasFree() && policy.mayTakeFree(view)) {
            return frames.allocate();
        }
        int victim = victim(spare);
        if (victim == NONE && !ownGroupOnly && frames.freeCount() > keptFree) {
            return frames.allocate();
        }
        if (victim == NONE && !ownGroupOnly && group != ControlGroups.ROOT) {
            ownGroupOnly = true; // all others' are protected
            victim = victim(spare);
        }
        if (victim != NONE) {
            books.count(asking, Counter.DIRECT_RECLAIMS);
            evict(victim, asking);
        }
        return victim;
    }

    private int victim(int spare) {
        spared = spare;
        int victim = candidatesLeft > 0 ? explainedVictim() : policy.victim(view);
        spared = NONE;
        return victim;
    }

    private int explainedVictim() {
        int handBefore = policy.hand();
        WatchedFrames watched = new WatchedFrames(view, candidatesLeft);
        int victim = policy.victim(watched);
        List<Fault.Candidate> candidates = new ArrayList<>();
        watched.forEach(
                (frame, evictable, referenced, dirty, cleared) ->
                        candidates.add(
                                new Fault.Candidate(
                                        frame,
                                        evictable,
                                        referenced,
                                        dirty,
                                        remembered(frame),
                                        cleared)));
        candidatesLeft -= candidates.size();
        lastChoice =
                new Fault.Choice(
                        policy.rule(),
                        List.copyOf(candidates),
                        handBefore == NONE ? null : handBefore,
                        policy.hand() == NONE ? null : policy.hand());
        return victim;
    }

    /** What the policy remembers of a frame, or null. */
    @Nullable Long remembered(int frame) {
        long value = policy.remembered(frame);
        return value == NONE ? null : value;
    }

    /**
     * Answers a frame for a page that is in the store. When no other can be had it is the one that
     * is kept free; {@link #exchange} frees another for it.
     */
    int takeFrameToSwapIn(Task asking) {
        int frame = keptFree > 0 && frames.freeCount() > 0 ? tryFrame(NONE, asking) : NONE;
        if (frame == NONE && keptFree > 0) {
            frame = frames.allocate();
            if (frame != NONE) {
                groups.charge(frame, asking.group());
            }
        }
        return frame == NONE ? takeFrame(NONE, asking) : frame;
    }

    /**
     * Frees a frame again after the one that is kept free was filled from a slot: the slot is given
     * up, if nobody else needs it, for the page that has to leave (paging notes, "not if always
     * keep one page frame free").
     */
    void exchange(int filled, Task asking) {
        if (frames.freeCount() >= keptFree) {
            return;
        }
        int slot = frames.slot(filled);
        if (swap.isFull() && slot != NONE && swap.entries(slot) == 0) {
            frames.bindSlot(filled, NONE);
            frames.setDirty(filled, true);
            swap.unbindFrame(slot);
            store.discard(slot);
        }
        group = asking.group();
        ownGroupOnly = groups.isOver(group);
        int victim = victim(filled);
        ownGroupOnly = false;
        if (victim != NONE) {
            evict(victim, asking);
            frames.free(victim);
        }
    }

    /** Whether so many frames could be free together, others' pages leaving for it. */
    boolean canFree(int count) {
        long free = 1L * frames.freeCount() - keptFree;
        long dirty = 0;
        for (int frame = 0; frame < frames.size() && free < count; frame++) {
            if (evictable(frame)) {
                free += needsSlot(frame) ? 0 : 1;
                dirty += needsSlot(frame) ? 1 : 0;
            }
        }
        return free + Math.min(dirty, swap.size() - swap.used()) >= count;
    }

    /** Frees frames until so many are; {@link #canFree} has said that it can be done. */
    void makeFree(int count, Task asking) {
        group = asking.group();
        wantTable(asking.asid());
        while (frames.freeCount() - keptFree < count) {
            int victim = victim(NONE);
            if (victim == NONE) {
                throw new IllegalStateException("Reclaim: fewer frames than were counted");
            }
            evict(victim, asking);
            frames.free(victim);
        }
    }

    /** Whether a frame can be had without taking it from anybody. */
    boolean hasFree() {
        return frames.freeCount() > reserve;
    }

    /** Whether so many frames can be had without taking one from anybody. */
    boolean hasFree(int count) {
        return frames.freeCount() - reserve >= count;
    }

    /** Who wants to hear of pages that leave. */
    void use(@Nullable WorkingSetMeter newMeter) {
        meter = newMeter;
    }

    /** Whom to ask for room when there is none. */
    void use(OomKiller last) {
        killer = last;
    }

    /** Whether the process that was last refused a frame has to end for that. */
    boolean takeCondemned() {
        return killer != null && killer.takeCondemned();
    }

    /** A frame that can be had without anybody being ended for it, or {@link #NONE}. */
    int frameToSpare(int spare, Task asking) {
        return tryFrame(spare, asking);
    }

    /** Frames that are free and not kept for an exchange. */
    int freeCount() {
        return frames.freeCount() - keptFree;
    }

    /**
     * Frees a frame that the policy names, though nobody needs it yet. Answers false if there is
     * none.
     */
    boolean freeOne(Task asking) {
        wantTable(asking.asid());
        group = ControlGroups.ROOT;
        int victim = victim(NONE);
        if (victim == NONE) {
            return false;
        }
        books.count(asking, Counter.DAEMON_EVICTIONS);
        evict(victim, asking);
        takeEviction(); // it is of no access
        frames.free(victim);
        return true;
    }

    /**
     * Writes a dirty page that stays where it is and is clean after that. Answers false if there is
     * no slot for it.
     */
    boolean writeBack(int frame, Task asking) {
        Task owner = frames.users(frame) == 0 ? asking : task(frames.firstUser(frame));
        if (fileOf(frame) != null) {
            writeToFile(frame, owner);
        } else {
            int slot = swap.take();
            if (slot == NONE) {
                return false;
            }
            store.writePage(slot, memory.page(frame));
            disk.swapOut(owner, slot);
            frames.bindSlot(frame, slot);
            swap.bindFrame(slot, frame);
        }
        forgetWrites(frame);
        books.count(owner, Counter.CLEANED);
        books.events().frame(Event.Kind.CLEAN, books.now(), owner.pid(), frame);
        return true;
    }

    /** Takes the frame from every page that maps it, writing it back first if it is dirty. */
    void evict(int frame, Task asking) {
        if (tables.owns(frame)) {
            evictTablePage(frame);
            return;
        }
        boolean dirty = isDirty(frame);
        int slot = frames.slot(frame);
        Task owner = frames.users(frame) == 0 ? asking : task(frames.firstUser(frame));
        if (dirty && fileOf(frame) != null) {
            writeToFile(frame, owner);
        } else if (dirty) {
            slot = swap.take();
            store.writePage(slot, memory.page(frame));
            disk.swapOut(owner, slot);
        } else if (slot != NONE) {
            swap.bindFrame(slot, NONE);
            frames.bindSlot(frame, NONE);
        }
        Fault.Choice choice = takeChoice();
        if (explaining) {
            lastEviction =
                    new Fault.Eviction(frame, frames.mappingsOf(frame), dirty, dirty, choice);
        }
        int mappings = frames.mappings(frame);
        leave(frame, slot);
        books.count(owner, Counter.EVICTIONS);
        books.events()
                .eviction(books.now(), owner.pid(), frame, slot, mappings, dirty, dirty, choice);
    }

    private Fault.@Nullable Choice takeChoice() {
        Fault.Choice taken = lastChoice;
        lastChoice = null;
        return taken;
    }

    /** A page of a page table goes to the store. */
    private void evictTablePage(int frame) {
        Task owner = task(tables.asid(frame));
        int slot = swap.take();
        tables.evict(frame, slot);
        disk.swapOut(owner, slot);
        books.count(owner, Counter.EVICTIONS);
        policy.freed(frame);
        Fault.Choice choice = takeChoice();
        if (explaining) {
            lastEviction = new Fault.Eviction(frame, List.of(), true, true, choice);
        }
        books.events().eviction(books.now(), owner.pid(), frame, slot, 0, true, true, choice);
    }

    /** Takes a frame from all who map it; its page is in a slot, or nowhere, from now on. */
    private void leave(int frame, int slot) {
        if (meter != null) {
            meter.left(frame);
        }
        int named = frames.object(frame) == FrameTable.NONE ? slot : NONE;
        while (frames.mappings(frame) > 0) {
            int node = frames.firstNode(frame);
            unmap(frame, task(frames.pid(node)), frames.vpn(node), named);
        }
        if (frames.object(frame) != FrameTable.NONE) {
            leaveObject(frame, slot);
        }
        frames.setDirty(frame, false);
        frames.setPrefetched(frame, false);
        policy.freed(frame);
    }

    /** Frees a frame whose page is not wanted any more. */
    void drop(int frame) {
        leave(frame, NONE);
        frames.free(frame);
    }

    /** What was written to a page need not be written back. */
    void forgetWrites(int frame) {
        frames.setDirty(frame, false);
        clearInEntries(frame, Pte.DIRTY);
    }

    private @Nullable DiskFile fileOf(int frame) {
        return objects.fileOf(frames.object(frame));
    }

    private void writeToFile(int frame, Task owner) {
        DiskFile file = fileOf(frame);
        if (file != null) {
            file.write(frames.objectPage(frame), memory.page(frame));
            disk.fileOut(owner, frames.objectPage(frame));
        }
    }

    /**
     * Writes a page of a file back, if any of its entries is dirty; none is after that. Answers
     * whether it was written.
     */
    boolean clean(int frame, Task asking) {
        if (fileOf(frame) == null || !isDirty(frame)) {
            return false;
        }
        writeToFile(frame, asking);
        forgetWrites(frame);
        return true;
    }

    /** Shared memory remembers itself where its page has gone; the entries name nothing. */
    private void leaveObject(int frame, int slot) {
        objects.object(frames.object(frame)).evicted(frames.objectPage(frame), slot);
        frames.own(frame, FrameTable.NONE, 0);
        if (slot == NONE) {
            objects.forgotten();
        } else {
            swap.addEntry(slot);
        }
    }

    /**
     * Makes one entry invalid; it names the slot that holds the page, if there is one and it is not
     * the kernel's.
     */
    private void unmap(int frame, Task task, long vpn, int pageSlot) {
        int slot = task.pid() == Tasks.KERNEL ? NONE : pageSlot;
        boolean dirty = Pte.isDirty(task.table().get(vpn));
        task.table().set(vpn, slot == NONE ? 0 : Pte.swapped(slot));
        cpus.invalidate(task.asid(), vpn);
        frames.unmap(frame, task.asid(), vpn);
        task.addResident(-1);
        if (slot != NONE) {
            swap.addEntry(slot);
            task.addSwapped(1);
        }
        books.count(task, Counter.UNMAPS);
        books.spend(task, Counter.MAP_TICKS, costs.unmap());
        books.events().unmap(books.now(), task.pid(), vpn << offsetBits, frame, dirty);
    }

    @Override
    public boolean evictable(int frame) {
        return frame != spared
                && frames.isUsed(frame)
                && (groups.size() == 0 || groups.mayTake(frame, group, ownGroupOnly))
                && (!swap.isFull() || !needsSlot(frame))
                && !tables.isFixed(frame)
                && !isLocked(frame);
    }

    /** Keeps a page in its frame, or lets it go. */
    Outcome pin(int frame, boolean pinned) {
        if (!frames.isUsed(frame)) {
            return new Outcome.Refused("EINVAL", "frame " + frame + " is free");
        }
        frames.setPinned(frame, pinned);
        Event.Kind kind = pinned ? Event.Kind.PIN : Event.Kind.UNPIN;
        books.events().frame(kind, books.now(), Tasks.KERNEL, frame);
        return new Outcome.Done();
    }

    /** From now on a process may keep frames in memory. */
    void expectLocks() {
        locksExpected = true;
    }

    /** Whether the frame is pinned, or a process keeps its page in memory. */
    boolean isLocked(int frame) {
        if (frames.isPinned(frame) || !locksExpected) {
            return frames.isPinned(frame);
        }
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            if (task(frames.pid(node)).space().isLocked(frames.vpn(node))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the frame can leave only for a slot of the store. */
    boolean needsSlot(int frame) {
        return fileOf(frame) == null && isDirty(frame);
    }

    /** Whether the frame was written since it was filled, through an entry it has or had. */
    boolean isDirty(int frame) {
        return frames.isDirty(frame) || anyEntryHas(frame, Pte.DIRTY) || tables.owns(frame);
    }

    @Override
    public boolean dirty(int frame) {
        return isDirty(frame);
    }

    @Override
    public long now() {
        Counters all = books.total();
        return all.get(Counter.ACCESSES) + all.get(Counter.OTHER_INSTRUCTIONS);
    }

    @Override
    public int owner(int frame) {
        if (tables.owns(frame)) {
            return tables.asid(frame);
        }
        return frames.users(frame) == 0 ? Tasks.KERNEL : frames.firstUser(frame);
    }

    @Override
    public long time(int owner) {
        return task(owner).counters().get(Counter.ACCESSES);
    }

    @Override
    public int share(int owner) {
        return allotments.of(owner);
    }

    @Override
    public boolean referenced(int frame) {
        return anyEntryHas(frame, Pte.ACCESSED);
    }

    private boolean anyEntryHas(int frame, long bit) {
        byte known = frames.marks().of(frame, bit);
        return known == FrameMarks.UNKNOWN ? lookFor(frame, bit) : known == FrameMarks.SET;
    }

    /** Whether any entry of a frame has a bit, by a look at each; that is remembered. */
    private boolean lookFor(int frame, long bit) {
        boolean shared = false;
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            PageTable table = task(frames.pid(node)).table();
            long vpn = frames.vpn(node);
            shared |= table.sharesMarks(vpn);
            if ((table.get(vpn) & bit) != 0) {
                if (!shared) {
                    frames.marks().set(frame, bit);
                }
                return true;
            }
        }
        if (!shared) {
            frames.marks().clear(frame, bit);
        }
        return false;
    }

    @Override
    public void clearReferenced(int frame) {
        clearInEntries(frame, Pte.ACCESSED);
    }

    /**
     * A TLB holds no more bits than the entry: where that has not got the bit, nothing is dropped.
     */
    private void clearInEntries(int frame, long bit) {
        if (!anyEntryHas(frame, bit)) {
            return;
        }
        boolean shared = false;
        for (int node = frames.firstNode(frame); node != NONE; node = frames.nextNode(node)) {
            PageTable table = task(frames.pid(node)).table();
            long vpn = frames.vpn(node);
            long pte = table.get(vpn);
            shared |= table.sharesMarks(vpn);
            if ((pte & bit) != 0) {
                table.set(vpn, pte & ~bit);
                cpus.invalidate(frames.pid(node), vpn);
            }
        }
        if (!shared) {
            frames.marks().clear(frame, bit);
        }
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }
}
