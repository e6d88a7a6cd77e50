package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** The frames: which are free, who maps them, and how one is got when none is free. */
final class Memory {

    private final Config config;
    private final SwapSpace swap;
    private final SlowTlb tlb;
    private final Counters counters;
    private final VictimChooser victims;
    private final List<Frame> frames = new ArrayList<>();
    private final Deque<Frame> freeFrames = new ArrayDeque<>();

    /** Grows with every load and every completed access. It orders frames by age. */
    private long now;

    Memory(Config config, SwapSpace swap, SlowTlb tlb, Counters counters) {
        this.config = config;
        this.swap = swap;
        this.tlb = tlb;
        this.counters = counters;
        for (int number = 0; number < config.frames(); number++) {
            Frame frame = new Frame(number);
            frames.add(frame);
            freeFrames.addLast(frame);
        }
        victims = new VictimChooser(config.policy(), frames, swap, tlb);
    }

    Frame frame(int number) {
        return frames.get(number);
    }

    int freeFrames() {
        return freeFrames.size();
    }

    /** Notes that a completed access used the frame. */
    void use(Frame frame) {
        frame.usedAt = ++now;
    }

    /** No page counts as used until it is used again. */
    void forgetUse() {
        frames.forEach(frame -> frame.forgetUse(tlb));
    }

    /** Frees a frame that nobody maps any more. Its copy in the store goes unless it is named. */
    void free(Frame frame) {
        swap.unbind(frame);
        freeFrames.addLast(frame);
    }

    /** Makes an entry valid, with the area's rights; copy-on-write withholds the right to write. */
    void map(Task task, PageEntry entry, Frame frame) {
        Area area = Objects.requireNonNull(task.areaOf(entry.vpn));
        swap.unname(entry);
        entry.frame = frame;
        entry.readable = area.allows('r');
        entry.writable = area.allows('w') && !entry.copyOnWrite;
        entry.executable = area.allows('x');
        entry.accessed = false;
        entry.dirty = false;
        frame.mappings.add(entry);
        counters.count("maps");
    }

    /** Makes an entry invalid. The frame remembers a dirty bit that goes with it. */
    void unmap(PageEntry entry) {
        Frame frame = Objects.requireNonNull(entry.frame);
        frame.mappings.remove(entry);
        frame.dirtyBefore |= entry.dirty;
        entry.frame = null;
        tlb.drop(entry.pid, entry.vpn);
        counters.count("unmaps");
    }

    /** Gives a frame of unknown contents, free or taken from a victim; null if there is none. */
    @Nullable Frame obtain(@Nullable Frame spared) {
        Frame frame = freeFrames.pollFirst();
        if (frame == null) {
            frame = victims.choose(spared);
            if (frame == null) {
                return null;
            }
            evict(frame);
        }
        frame.dirtyBefore = false;
        frame.loadedAt = ++now;
        frame.usedAt = now;
        return frame;
    }

    /**
     * Saves a frame's page and frees the frame. Answers false if there is no slot to save it in.
     */
    boolean makeRoom(Frame frame) {
        if (!victims.canGo(frame, null)) {
            return false;
        }
        evict(frame);
        free(frame);
        return true;
    }

    /** Takes a frame from all who map it, and saves its contents if the store lacks them. */
    private void evict(Frame frame) {
        counters.count("evictions");
        Slot slot = frame.slot;
        if (frame.isDirty()) {
            if (slot == null) {
                slot = swap.lowestFree();
            }
            slot.bytes = frame.bytes.clone();
            counters.count("swapOuts");
            counters.add("ticks", config.swapOut());
        }
        for (PageEntry entry : List.copyOf(frame.mappings)) {
            unmap(entry);
            if (slot == null) {
                // Never written, so it is as if it had never been touched.
                entry.copyOnWrite = false;
            } else {
                swap.name(entry, slot);
            }
        }
        swap.unbind(frame);
    }
}
