package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.FrameUse;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.HoleView;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.QueueView;
import dev.faultline.machine.protocol.RememberedView;
import dev.faultline.machine.protocol.ReplacementView;
import dev.faultline.machine.protocol.SlotView;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.tables.Holes;
import dev.faultline.machine.tables.SwapSpace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Answers what frames and swap slots hold. Looking changes nothing. */
public final class FrameInspector {

    private final Parts parts;
    private final Tasks tasks;
    private final ReplacementPolicy policy;
    private final Reclaim reclaim;
    private final EvictableFrames evictable;

    FrameInspector(Parts parts, Reclaim reclaim, EvictableFrames evictable) {
        this.parts = parts;
        this.tasks = parts.tasks();
        this.policy = parts.policy();
        this.reclaim = reclaim;
        this.evictable = evictable;
    }

    /** The number of frames. */
    public int frameCount() {
        return parts.frames().size();
    }

    /** The number of free frames. */
    public int freeFrames() {
        return parts.frames().freeCount();
    }

    /**
     * The state of the replacement policy.
     *
     * @param from where each list and the used frames begin
     * @param most the most entries of each list
     * @param mostFrames the most used frames
     */
    public ReplacementView replacement(int from, int most, int mostFrames) {
        List<RememberedView> views = new ArrayList<>();
        for (int frame = from; frame < frameCount() && views.size() < mostFrames; frame++) {
            if (parts.frames().isUsed(frame)) {
                views.add(
                        new RememberedView(
                                frame,
                                evictable.referenced(frame),
                                evictable.dirty(frame),
                                reclaim.remembered(frame)));
            }
        }
        return new ReplacementView(
                policy.rule(),
                policy.hand() == ReplacementPolicy.NONE ? null : policy.hand(),
                Arrays.stream(policy.order()).limit(most).boxed().toList(),
                policy.queues(most).stream().map(QueueView::of).toList(),
                views);
    }

    /** The holes between used frames, lowest first. */
    public List<HoleView> holes() {
        return Holes.of(parts.frames(), parts.spec().translation().fit()).all().stream()
                .map(hole -> new HoleView(hole.first(), hole.frames()))
                .toList();
    }

    /** The frames in [{@code from}, {@code to}). */
    public List<FrameView> frames(int from, int to) {
        List<FrameView> frames = new ArrayList<>();
        for (int frame = from; frame < to; frame++) {
            boolean used = parts.frames().isUsed(frame);
            frames.add(
                    new FrameView(
                            frame,
                            used,
                            parts.reverse().mappingsOf(frame),
                            used && evictable.dirty(frame),
                            used && evictable.referenced(frame),
                            used && parts.frames().isPinned(frame),
                            used ? use(frame) : null));
        }
        return frames;
    }

    private FrameUse use(int frame) {
        if (parts.tableFrames().owns(frame)) {
            return FrameUse.PAGE_TABLE;
        }
        int object = parts.frames().object(frame);
        return parts.objects().fileOf(object) == null ? FrameUse.ANONYMOUS : FrameUse.FILE;
    }

    /** The number of pages for which the kernel has promised a place. */
    public long promisedPages() {
        return parts.overcommit().pages();
    }

    /** The most pages for which the kernel can promise a place, or empty if there is no limit. */
    public OptionalLong promiseLimit() {
        long limit = parts.overcommit().limit();
        return limit == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** The number of slots of the backing store. */
    public int slotCount() {
        return parts.swap().size();
    }

    /** The number of slots in use. */
    public int usedSlots() {
        return parts.swap().used();
    }

    /** At most {@code most} used slots from a number on. Reads every page table once. */
    public List<SlotView> slots(int from, int most) {
        Map<Integer, List<Mapping>> named = new TreeMap<>();
        SwapSpace swap = parts.swap();
        for (int slot = swap.nextUsed(from);
                slot != SwapSpace.NONE && named.size() < most;
                slot = swap.nextUsed(slot + 1)) {
            named.put(slot, new ArrayList<>());
        }
        for (Task task : tasks) {
            if (!task.isTerminated()) {
                task.table().forEach((page, pte) -> addNaming(named, task, page, pte));
            }
        }
        List<SlotView> slots = new ArrayList<>();
        named.forEach(
                (slot, pages) -> {
                    int frame = swap.frame(slot);
                    slots.add(new SlotView(slot, pages, frame == SwapSpace.NONE ? null : frame));
                });
        return slots;
    }

    private static void addNaming(
            Map<Integer, List<Mapping>> named, Task task, long page, long pte) {
        if (Pte.isSwapped(pte)) {
            List<Mapping> pages = named.get(Pte.slot(pte));
            if (pages != null) {
                pages.add(new Mapping(task.pid(), page));
            }
        }
    }
}
