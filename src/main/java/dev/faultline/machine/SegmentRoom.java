package dev.faultline.machine;

import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Holes;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How to make room for what is in memory as one piece. It uses a hole that is large enough, chosen
 * by the fit. If there is none but enough frames are free, and the kernel may, it moves everything
 * together. Otherwise it swaps out whole segments, the one that has been in memory longest first,
 * until there is a hole. This class only plans, and changes nothing.
 */
final class SegmentRoom {

    private final FrameTable frames;
    private final SwapSpace swap;
    private final EvictableFrames evictable;
    private final Tasks tasks;
    private final Translation translation;

    SegmentRoom(Parts parts, EvictableFrames evictable) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.evictable = evictable;
        this.tasks = parts.tasks();
        translation = parts.spec().translation();
    }

    /** What has to be done to have room. */
    record Plan(List<Segment> victims, List<Task> owners, boolean compact) {}

    /**
     * How room can be had for pieces of so many frames, one after the other, or null if it cannot.
     * What belongs to {@code staying} stays; what {@code leaving} has will be free.
     */
    @Nullable Plan plan(List<Integer> pieces, @Nullable Task staying, @Nullable Task leaving) {
        Holes holes = Holes.of(frames, translation.fit());
        if (leaving != null) {
            for (Segment each : Segments.table(leaving).all()) {
                if (each.isPresent()) {
                    holes.free(each.base(), each.pages());
                }
            }
        }
        int wanted = pieces.stream().mapToInt(Integer::intValue).sum();
        int slots = swap.size() - swap.used();
        List<Segment> victims = new ArrayList<>();
        List<Task> owners = new ArrayList<>();
        List<Owned> candidates = inMemory(staying, leaving);
        for (int next = 0; ; next++) {
            if (holes.copy().takeAll(pieces)) {
                return new Plan(victims, owners, false);
            }
            if (translation.compaction() && holes.free() >= wanted) {
                return new Plan(victims, owners, true);
            }
            while (next < candidates.size() && slotsNeeded(candidates.get(next)) > slots) {
                next++;
            }
            if (next >= candidates.size()) {
                return null;
            }
            Owned victim = candidates.get(next);
            slots -= slotsNeeded(victim);
            victims.add(victim.segment());
            owners.add(victim.owner());
            holes.free(victim.segment().base(), victim.segment().pages());
        }
    }

    /** A segment and its owner. */
    record Owned(Task owner, Segment segment) {}

    /** The segments in memory, the one brought in first at the front. */
    List<Owned> inMemory(@Nullable Task staying, @Nullable Task leaving) {
        List<Owned> found = new ArrayList<>();
        for (Task task : tasks) {
            if (!task.isTerminated()
                    && task.lender() == 0
                    && !isSame(task, staying)
                    && !isSame(task, leaving)) {
                for (Segment segment : Segments.table(task).all()) {
                    if (segment.isPresent()) {
                        found.add(new Owned(task, segment));
                    }
                }
            }
        }
        found.sort(Comparator.comparingLong(owned -> owned.segment().loaded()));
        return found;
    }

    private static boolean isSame(Task task, @Nullable Task other) {
        return other != null && task.space() == other.space();
    }

    private int slotsNeeded(Owned owned) {
        Segment segment = owned.segment();
        int needed = 0;
        for (int i = 0; i < segment.pages(); i++) {
            needed += evictable.needsSlot(segment.base() + i) ? 1 : 0;
        }
        return needed;
    }
}
