package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.EventLog;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Holes;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

/** Moves the contents of whole segments: into memory, out of it, and within it. */
final class SegmentContents {

    private final FrameTable frames;
    private final ReverseMap reverse;
    private final SwapSpace swap;
    private final Accounting accounting;
    private final Story story;
    private final Evictor evictor;
    private final Loader loader;
    private final Translation translation;
    private final FrameRequest request = new FrameRequest();

    SegmentContents(Parts parts, Evictor evictor, Loader loader) {
        this.frames = parts.frames();
        this.reverse = parts.reverse();
        this.swap = parts.swap();
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.evictor = evictor;
        this.loader = loader;
        translation = parts.spec().translation();
    }

    /** Swaps a segment out for a fault, or for none; with relocation that is the whole process. */
    void out(Task owner, Segment segment, @Nullable PageFault fault) {
        FrameRequest asked = fault == null ? request : fault.request();
        asked.forTable(owner);
        int base = segment.base();
        long[] pages = new long[segment.pages()];
        story.leaves(owner.pid(), segment.number(), base, pages.length);
        for (int i = 0; i < pages.length; i++) {
            pages[i] = segment.firstPage() + i;
            evictor.evictAndFree(base + i, asked, Counter.DIRECT_RECLAIMS);
        }
        story.hasLeft();
        if (translation.kind() == Translation.Kind.RELOCATION) {
            owner.swapOut(pages);
            accounting
                    .events()
                    .process(Event.Kind.SWAP_OUT, accounting.now(), owner.pid(), EventLog.NONE);
        }
    }

    /**
     * Fills a hole with a segment, from the store or with zeros. Returns whether any of it was in
     * the store.
     *
     * @param number counts the segments brought in
     */
    boolean bring(Task task, Segment segment, long number) {
        int base = Holes.of(frames, translation.fit()).find(segment.pages());
        frames.allocate(base, segment.pages());
        story.allocatesRun(base, segment.pages(), frames.freeCount());
        boolean stored = false;
        segment.load(number);
        long permissions = segment.permissions();
        for (int i = 0; i < segment.pages(); i++) {
            long vpn = segment.firstPage() + i;
            stored |= fill(task, segment.get(vpn), base + i);
            loader.map(task, vpn, base + i, permissions);
        }
        story.tellTogether(false);
        return stored;
    }

    private boolean fill(Task task, long pte, int frame) {
        if (!Pte.isSwapped(pte)) {
            loader.zeros(task, frame);
            return false;
        }
        int slot = Pte.slot(pte);
        task.addSwapped(-1);
        if (swap.entries(slot) == 1) {
            loader.slot(task, frame, slot);
        } else { // a child has the same slot, and will read it for itself
            loader.sharedSlot(task, frame, slot);
        }
        swap.removeEntry(slot);
        return true;
    }

    /**
     * Moves a segment to other frames; the caller then rebuilds the queue of free frames. When it
     * moves down, the two places may overlap.
     */
    void move(Task owner, Segment segment, int to) {
        int from = segment.base();
        story.tellTogether(true);
        for (int i = 0; i < segment.pages(); i++) {
            long vpn = segment.firstPage() + i;
            loader.move(owner, from + i, to + i);
            reverse.unmap(from + i, owner.asid(), vpn);
            reverse.map(to + i, owner.asid(), vpn);
            frames.relocate(from + i, to + i);
        }
        segment.move(to);
        story.tellTogether(false);
        long length = segment.end() - segment.start();
        accounting
                .events()
                .area(Event.Kind.MOVE, accounting.now(), owner.pid(), segment.start(), length);
    }

    /** Gives a segment in memory further frames, which are free and next to it. */
    void grow(Task task, Segment segment, int more) {
        int first = segment.growsDown() ? 0 : segment.pages() - more;
        frames.allocate(segment.base() + first, more);
        story.allocatesRun(segment.base() + first, more, frames.freeCount());
        for (int i = first; i < first + more; i++) {
            int frame = segment.base() + i;
            loader.zeros(task, frame);
            loader.map(task, segment.firstPage() + i, frame, segment.permissions());
        }
        story.tellTogether(false);
    }
}
