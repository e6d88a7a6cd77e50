package dev.faultline.machine;

import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome.Refused;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The kernel of a machine whose processes, or their segments, are in memory in one piece (lecture
 * 16, "Relocation", and the paging notes' whole segments). {@link SegmentRoom} says how they find
 * room.
 */
final class Segments {

    private static final String NO_MEMORY = "ENOMEM";

    private final Parts parts;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final PhysicalMemory memory;
    private final Reclaim reclaim;
    private final Loader loader;
    private final Unmapper unmapper;
    private final Tasks tasks;
    private final SegmentRoom room;
    private final Accounting accounting;
    private final Translation translation;
    private final long pageSize;
    private boolean stored;

    Segments(
            Parts parts,
            Reclaim reclaim,
            Loader loader,
            Unmapper unmapper,
            Tasks tasks,
            Accounting accounting) {
        this.parts = parts;
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.memory = parts.memory();
        this.reclaim = reclaim;
        this.loader = loader;
        this.unmapper = unmapper;
        this.tasks = tasks;
        this.room = new SegmentRoom(parts, reclaim, tasks);
        this.accounting = accounting;
        translation = parts.spec().translation();
        pageSize = parts.spec().pageSize();
    }

    static SegmentTable table(Task task) {
        if (task.table() instanceof SegmentTable table) {
            return table;
        }
        throw new IllegalStateException("Segments: a process with a page table");
    }

    private int frames(MemoryArea area) {
        return (int) Math.min(Integer.MAX_VALUE, area.bytesInPages(pageSize) / pageSize);
    }

    /**
     * Why areas cannot be segments, or null. With relocation a process has one, from address 0.
     * Else each is in a segment of its own and begins where that does, or ends there if it is a
     * stack.
     */
    @Nullable Refused refuseShape(SegmentTable table, List<MemoryArea> areas) {
        boolean one = translation.kind() == Translation.Kind.RELOCATION;
        if (one && areas.size() > 1) {
            return new Refused("EINVAL", "with relocation a process has one area");
        }
        long pages = 0;
        List<Integer> numbers = new ArrayList<>();
        for (MemoryArea area : areas) {
            pages += frames(area);
            int number = table.number(area.start());
            boolean down = area.kind() == Backing.Kind.STACK;
            if (area.hasObject() || area.isShared()) {
                return new Refused(
                        "EINVAL", "a segment has memory of its own: no file, nothing shared");
            }
            if (one && (area.start() != 0 || down)) {
                return new Refused("EINVAL", "with relocation the area begins at address 0");
            }
            long edge = table.firstAddress(down ? number + 1 : number);
            if ((down ? area.end() : area.start()) != edge
                    || table.number(area.end() - 1) != number) {
                return new Refused(
                        "EINVAL",
                        down
                                ? "a stack ends where its segment does"
                                : "an area begins where its segment does, and ends in it");
            }
            if (numbers.contains(number) || table.at(area.start()) != null) {
                return new Refused("EEXIST", "segment " + number + " has an area already");
            }
            numbers.add(number);
        }
        if (pages > frames.size()) {
            return new Refused(
                    NO_MEMORY,
                    "it is placed whole: "
                            + pages
                            + " frames, of which the machine has "
                            + frames.size());
        }
        return table.hasRoom(pages) ? null : new Refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
    }

    private void carryOut(SegmentRoom.Plan plan) {
        for (int i = 0; i < plan.victims().size(); i++) {
            out(plan.owners().get(i), plan.victims().get(i));
        }
        if (plan.compact()) {
            compact();
        }
    }

    /** Swaps a segment out; with relocation that is the process. */
    private void out(Task owner, Segment segment) {
        int base = segment.base();
        long[] pages = new long[segment.pages()];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = segment.firstPage() + i;
            reclaim.evictor().evictAndFree(base + i, owner, Counter.DIRECT_RECLAIMS);
        }
        if (translation.kind() == Translation.Kind.RELOCATION) {
            owner.swapOut(pages);
            accounting
                    .events()
                    .process(Event.Kind.SWAP_OUT, accounting.now(), owner.pid(), EventLog.NONE);
        }
    }

    /** Why a process's areas find no room, or null. */
    @Nullable Refused refuseRoom(
            List<MemoryArea> areas, @Nullable Task staying, @Nullable Task leaving) {
        return refuse(areas.stream().map(this::frames).toList(), staying, leaving);
    }

    private @Nullable Refused refuse(
            List<Integer> pieces, @Nullable Task staying, @Nullable Task leaving) {
        return room.plan(pieces, staying, leaving) != null
                ? null
                : new Refused(
                        NO_MEMORY,
                        "no hole is large enough for "
                                + pieces
                                + " frames, nor can one be made"
                                + (translation.compaction()
                                        ? ""
                                        : "; nothing is moved (translation.compaction)"));
    }

    /**
     * Why a process cannot have these areas instead of what another, or it itself, has, or null.
     */
    @Nullable Refused refuse(List<MemoryArea> areas, @Nullable Task leaving) {
        SegmentTable blank = new SegmentTable(parts.spec(), parts.tableMemory());
        Refused refusal = refuseShape(blank, areas);
        blank.release();
        return refusal == null ? refuseRoom(areas, null, leaving) : refusal;
    }

    /** Puts the areas of a process that has nothing yet into memory, and says where its heap is. */
    void begin(Task task, List<MemoryArea> areas) {
        place(task, areas);
        long end = 0;
        for (MemoryArea area : areas) {
            int next = table(task).number(area.start()) + 1;
            end = Math.max(end, next);
        }
        boolean one = translation.kind() == Translation.Kind.RELOCATION;
        long heap =
                !one
                        ? table(task).firstAddress((int) end)
                        : areas.isEmpty() ? 0 : areas.getFirst().end();
        task.space().setHeap(heap, heap);
    }

    /** Puts new areas of a process into memory, for which there is room. */
    void place(Task task, List<MemoryArea> areas) {
        makeRoom(areas.stream().map(this::frames).toList(), task);
        for (MemoryArea area : areas) {
            bring(task, table(task).add(area));
        }
    }

    private void makeRoom(List<Integer> pieces, Task staying) {
        SegmentRoom.Plan plan = room.plan(pieces, staying, null);
        if (plan == null) {
            throw new IllegalStateException("Segments: there was room for " + pieces);
        }
        carryOut(plan);
    }

    /** Brings a segment into memory that is not there. Answers whether there was room. */
    boolean bringIn(Task task, Segment segment) {
        List<Integer> piece = List.of(segment.pages());
        SegmentRoom.Plan plan = room.plan(piece, task, null);
        if (plan == null) { // the process's own leave too
            plan = room.plan(piece, null, null);
        }
        if (plan == null) {
            return false;
        }
        carryOut(plan);
        bring(task, segment);
        return true;
    }

    /** Whether the segment that was brought in last had anything in the store. */
    boolean wasStored() {
        return stored;
    }

    /** Fills a hole with a segment: from the store, or with zeros. */
    private void bring(Task task, Segment segment) {
        int base = Holes.of(frames, translation.fit()).find(segment.pages());
        frames.allocate(base, segment.pages());
        stored = false;
        segment.load(nextLoad());
        long permissions = segment.permissions();
        for (int i = 0; i < segment.pages(); i++) {
            long vpn = segment.firstPage() + i;
            fill(task, segment.get(vpn), base + i);
            loader.map(task, vpn, base + i, permissions);
        }
    }

    private void fill(Task task, long pte, int frame) {
        if (!Pte.isSwapped(pte)) {
            loader.zeros(task, frame);
            return;
        }
        stored = true;
        int slot = Pte.slot(pte);
        task.addSwapped(-1);
        if (swap.entries(slot) == 1) {
            loader.slot(task, frame, slot);
        } else { // a child has the same slot, and will read it for itself
            loader.sharedSlot(task, frame, slot);
        }
        swap.removeEntry(slot);
    }

    private long nextLoad() {
        long last = 0;
        for (Task task : tasks) {
            if (!task.isTerminated() && task.lender() == 0) {
                for (Segment segment : table(task).all()) {
                    last = Math.max(last, segment.loaded());
                }
            }
        }
        return last + 1;
    }

    /** Of what a process had in memory, brings back what there are holes for. */
    void comeBack(Task task, long[] pages) {
        for (Segment segment : table(task).all()) {
            boolean had = Arrays.binarySearch(pages, segment.firstPage()) >= 0;
            SegmentRoom.Plan plan =
                    !had || segment.isPresent()
                            ? null
                            : room.plan(List.of(segment.pages()), task, null);
            if (plan != null && plan.victims().isEmpty()) {
                carryOut(plan);
                bring(task, segment);
            }
        }
    }

    /** Moves everything that is in memory together, in its order. Answers the frames moved. */
    int compact() {
        List<SegmentRoom.Owned> all = room.inMemory(null, null);
        all.sort(Comparator.comparingInt(owned -> owned.segment().base()));
        int next = 0;
        int moved = 0;
        for (SegmentRoom.Owned owned : all) {
            if (owned.segment().base() != next) {
                move(owned.owner(), owned.segment(), next);
                moved += owned.segment().pages();
            }
            next += owned.segment().pages();
        }
        if (moved > 0) {
            frames.requeue();
        }
        return moved;
    }

    /**
     * Moves a segment to another frame, and leaves it to the caller to make the queue of free
     * frames anew; if that is a lower one, the two places may overlap.
     */
    private void move(Task owner, Segment segment, int to) {
        int from = segment.base();
        for (int i = 0; i < segment.pages(); i++) {
            long vpn = segment.firstPage() + i;
            loader.move(owner, from + i, to + i);
            frames.unmap(from + i, owner.asid(), vpn);
            frames.map(to + i, owner.asid(), vpn);
            frames.relocate(from + i, to + i);
        }
        segment.move(to);
        long length = segment.end() - segment.start();
        accounting
                .events()
                .area(Event.Kind.MOVE, accounting.now(), owner.pid(), segment.start(), length);
    }

    /** The first write since a segment was loaded: no copy in the store is up to date. */
    void dirtied(Task task, long address) {
        Segment segment = table(task).at(address);
        for (int i = 0; segment != null && i < segment.pages(); i++) {
            unmapper.forgetCopy(segment.base() + i);
        }
    }

    /** Why a child cannot have a copy of all that its parent has, or null. */
    @Nullable Refused refuseFork(Task parent) {
        List<Integer> pieces = new ArrayList<>();
        long bytes = 0;
        for (Segment segment : table(parent).all()) {
            if (segment.isPresent()) {
                pieces.add(segment.pages());
                for (int i = 0; i < segment.pages(); i++) {
                    PageBytes page = memory.page(segment.base() + i);
                    bytes += page == null ? 0 : page.hostBytes();
                }
            }
        }
        return parts.content().has(bytes)
                ? refuse(pieces, parent, null)
                : new Refused(NO_MEMORY, FaultHandler.CONTENT);
    }

    /** Gives a child all that its parent has. Answers the pages that were copied. */
    int fork(Task parent, Task child) {
        List<Segment> all = table(parent).all();
        makeRoom(all.stream().filter(Segment::isPresent).map(Segment::pages).toList(), parent);
        int copied = 0;
        for (Segment segment : all) {
            MemoryArea area = areaOf(parent, segment);
            Segment twin = table(child).add(area);
            twin.load(nextLoad());
            int base =
                    segment.isPresent()
                            ? Holes.of(frames, translation.fit()).find(segment.pages())
                            : FrameTable.NONE;
            if (segment.isPresent()) {
                frames.allocate(base, segment.pages());
                copied += segment.pages();
            }
            for (int i = 0; i < segment.pages(); i++) {
                long vpn = segment.firstPage() + i;
                long pte = segment.get(vpn);
                if (Pte.isValid(pte)) {
                    loader.duplicate(child, segment.base() + i, base + i);
                    loader.map(child, vpn, base + i, segment.permissions());
                } else if (Pte.isSwapped(pte)) {
                    swap.addEntry(Pte.slot(pte));
                    twin.set(vpn, pte);
                    child.addSwapped(1);
                }
            }
        }
        return copied;
    }

    private static MemoryArea areaOf(Task task, Segment segment) {
        MemoryArea area = task.space().areaAt(segment.firstPage());
        if (area == null) {
            throw new IllegalStateException("Segments: a segment without an area");
        }
        return area;
    }

    /** Lets a segment, or with relocation the process, have another length. */
    @Nullable Refused resize(Task task, Segment segment, MemoryArea to) {
        int more = frames(to) - segment.pages();
        if (more > 0 && !table(task).hasRoom(more)) {
            return new Refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
        }
        if (frames(to) > frames.size()) {
            return new Refused(NO_MEMORY, "the machine has " + frames.size() + " frames");
        }
        MemoryArea from = areaOf(task, segment);
        if (more < 0) {
            long kept = segment.firstPage() + frames(to);
            unmapper.unmap(task, kept, segment.firstPage() + segment.pages());
        } else if (more > 0 && segment.isPresent()) {
            Refused refusal = makeLonger(task, segment, frames(to));
            if (refusal != null) {
                return refusal;
            }
        }
        task.space().replace(from, to);
        table(task).resize(segment, to);
        if (more > 0 && segment.isPresentBut(more)) {
            growFrames(task, segment, more);
        }
        return null;
    }

    /** Sees to it that the frames beside a segment are free for so many in all. */
    private @Nullable Refused makeLonger(Task task, Segment segment, int length) {
        int more = length - segment.pages();
        int first = segment.growsDown() ? segment.base() - more : segment.base() + segment.pages();
        if (isFree(first, more)) {
            return null;
        }
        Refused refusal = refuse(List.of(length), task, null);
        if (refusal != null) {
            return refusal;
        }
        makeRoom(List.of(length), task);
        int hole = Holes.of(frames, translation.fit()).find(length);
        move(task, segment, segment.growsDown() ? hole + more : hole);
        frames.requeue();
        return null;
    }

    private boolean isFree(int first, int count) {
        if (first < 0 || first + count > frames.size()) {
            return false;
        }
        for (int frame = first; frame < first + count; frame++) {
            if (frames.isUsed(frame)) {
                return false;
            }
        }
        return true;
    }

    private void growFrames(Task task, Segment segment, int more) {
        int first = segment.growsDown() ? 0 : segment.pages() - more;
        frames.allocate(segment.base() + first, more);
        for (int i = first; i < first + more; i++) {
            int frame = segment.base() + i;
            loader.zeros(task, frame);
            loader.map(task, segment.firstPage() + i, frame, segment.permissions());
        }
    }
}
