package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Names the frame to give up next. It evicts nothing. */
final class VictimChooser {

    private final Config.Policy policy;
    private final List<Frame> frames;
    private final SwapSpace swap;
    private final SlowTlb tlb;

    /** The number of the frame that Clock looks at next. */
    private int hand;

    VictimChooser(Config.Policy policy, List<Frame> frames, SwapSpace swap, SlowTlb tlb) {
        this.policy = policy;
        this.frames = frames;
        this.swap = swap;
        this.tlb = tlb;
    }

    /**
     * Names a victim. All frames must be in use.
     *
     * @param spared a frame that must stay, or null
     * @return null if no frame can be evicted; then nothing has changed
     */
    @Nullable Frame choose(@Nullable Frame spared) {
        if (frames.stream().noneMatch(frame -> canGo(frame, spared))) {
            return null;
        }
        return switch (policy) {
            case FIFO -> oldest(spared, true);
            case LRU -> oldest(spared, false);
            case CLOCK -> clock(spared);
        };
    }

    /** A frame can go if it needs no new slot or there is one. */
    boolean canGo(Frame frame, @Nullable Frame spared) {
        if (frame == spared) {
            return false;
        }
        boolean needsNewSlot = frame.isDirty() && frame.slot == null;
        return !needsNewSlot || swap.hasFreeSlot();
    }

    private @Nullable Frame oldest(@Nullable Frame spared, boolean byLoading) {
        Frame oldest = null;
        long oldestTime = Long.MAX_VALUE;
        for (Frame frame : frames) {
            long time = byLoading ? frame.loadedAt : frame.usedAt;
            if (time < oldestTime && canGo(frame, spared)) {
                oldest = frame;
                oldestTime = time;
            }
        }
        return oldest;
    }

    /** Goes round until a frame that can go has no accessed bit. Two rounds are enough. */
    private Frame clock(@Nullable Frame spared) {
        while (true) {
            Frame frame = frames.get(hand);
            hand = (hand + 1) % frames.size();
            if (!canGo(frame, spared)) {
                continue;
            }
            if (!frame.isAccessed()) {
                return frame;
            }
            frame.forgetUse(tlb);
        }
    }
}
