package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome.Refused;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Holes;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Gives memory to processes that are in memory as one piece, or whose segments are (lecture 16,
 * "Relocation", and the paging notes' whole segments). {@link SegmentRoom} finds the place.
 */
final class Segments {

    private static final String NO_MEMORY = "ENOMEM";

    private final FrameTable frames;
    private final SwapSpace swap;
    private final Tasks tasks;
    private final Loader loader;
    private final Unmapper unmapper;
    private final SegmentRoom room;
    private final SegmentRules rules;
    private final SegmentContents contents;
    private final Translation translation;

    Segments(
            Parts parts,
            Loader loader,
            Unmapper unmapper,
            SegmentRoom room,
            SegmentRules rules,
            SegmentContents contents) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.tasks = parts.tasks();
        this.loader = loader;
        this.unmapper = unmapper;
        this.room = room;
        this.rules = rules;
        this.contents = contents;
        translation = parts.spec().translation();
    }

    static SegmentTable table(Task task) {
        if (task.table() instanceof SegmentTable table) {
            return table;
        }
        throw new IllegalStateException("Segments: a process with a page table");
    }

    private void carryOut(SegmentRoom.Plan plan, @Nullable PageFault fault) {
        for (int i = 0; i < plan.victims().size(); i++) {
            contents.out(plan.owners().get(i), plan.victims().get(i), fault);
        }
        if (plan.compact()) {
            compact();
        }
    }

    /** Puts the areas of a new process into memory, and sets where its heap is. */
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

    /** Puts new areas of a process into memory; there must be room. */
    void place(Task task, List<MemoryArea> areas) {
        makeRoom(areas.stream().map(rules::frames).toList(), task);
        for (MemoryArea area : areas) {
            contents.bring(task, table(task).add(area), nextLoad());
        }
    }

    private void makeRoom(List<Integer> pieces, Task staying) {
        SegmentRoom.Plan plan = room.plan(pieces, staying, null);
        if (plan == null) {
            throw new IllegalStateException("Segments: there was room for " + pieces);
        }
        carryOut(plan, null);
    }

    /**
     * Brings a segment into memory for a fault, which is major if any of it was in the store.
     * Returns whether there was room.
     */
    boolean bringIn(PageFault fault, Segment segment) {
        Task task = fault.task();
        List<Integer> piece = List.of(segment.pages());
        SegmentRoom.Plan plan = room.plan(piece, task, null);
        if (plan == null) { // the process's own leave too
            plan = room.plan(piece, null, null);
        }
        if (plan == null) {
            return false;
        }
        carryOut(plan, fault);
        fault.setMajor(contents.bring(task, segment, nextLoad()));
        return true;
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

    /** Brings back what a process had in memory, as far as there are holes. */
    void comeBack(Task task, long[] pages) {
        for (Segment segment : table(task).all()) {
            boolean had = Arrays.binarySearch(pages, segment.firstPage()) >= 0;
            SegmentRoom.Plan plan =
                    !had || segment.isPresent()
                            ? null
                            : room.plan(List.of(segment.pages()), task, null);
            if (plan != null && plan.victims().isEmpty()) {
                carryOut(plan, null);
                contents.bring(task, segment, nextLoad());
            }
        }
    }

    /** Moves everything in memory together, in order. Returns the number of frames moved. */
    int compact() {
        List<SegmentRoom.Owned> all = room.inMemory(null, null);
        all.sort(Comparator.comparingInt(owned -> owned.segment().base()));
        int next = 0;
        int moved = 0;
        for (SegmentRoom.Owned owned : all) {
            if (owned.segment().base() != next) {
                contents.move(owned.owner(), owned.segment(), next);
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
     * Records the first write since a segment was loaded: its copies in the store are out of date.
     */
    void dirtied(Task task, long address) {
        Segment segment = table(task).at(address);
        for (int i = 0; segment != null && i < segment.pages(); i++) {
            unmapper.forgetCopy(segment.base() + i);
        }
    }

    /** Gives a child copies of everything that its parent has. */
    ForkAccount fork(Task parent, Task child) {
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
        return ForkAccount.of(parent, copied, copied, copied);
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
        int more = rules.frames(to) - segment.pages();
        if (more > 0 && !table(task).hasRoom(more)) {
            return new Refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
        }
        if (rules.frames(to) > frames.size()) {
            return new Refused(NO_MEMORY, "the machine has " + frames.size() + " frames");
        }
        MemoryArea from = areaOf(task, segment);
        if (more < 0) {
            long kept = segment.firstPage() + rules.frames(to);
            unmapper.unmap(task, kept, segment.firstPage() + segment.pages());
        } else if (more > 0 && segment.isPresent()) {
            Refused refusal = makeLonger(task, segment, rules.frames(to));
            if (refusal != null) {
                return refusal;
            }
        }
        task.space().replace(from, to);
        table(task).resize(segment, to);
        if (more > 0 && segment.isPresentBut(more)) {
            contents.grow(task, segment, more);
        }
        return null;
    }

    /** Makes the frames next to a segment free, so that it has {@code length} in all. */
    private @Nullable Refused makeLonger(Task task, Segment segment, int length) {
        int more = length - segment.pages();
        int first = segment.growsDown() ? segment.base() - more : segment.base() + segment.pages();
        if (isFree(first, more)) {
            return null;
        }
        Refused refusal = rules.refusePieces(List.of(length), task, null);
        if (refusal != null) {
            return refusal;
        }
        makeRoom(List.of(length), task);
        int hole = Holes.of(frames, translation.fit()).find(length);
        contents.move(task, segment, segment.growsDown() ? hole + more : hole);
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
}
