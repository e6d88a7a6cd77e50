package dev.faultline.machine.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Notes what a policy looks at while it chooses, in order. The policy is the same whether it is
 * watched or not.
 */
public final class WatchedFrames extends FramesOf {

    /** What was seen of a frame; {@code null} is what the policy did not look at. */
    private static final class Look {
        final int frame;
        @Nullable Boolean evictable;
        @Nullable Boolean referenced;
        @Nullable Boolean dirty;
        boolean cleared;

        Look(int frame) {
            this.frame = frame;
        }
    }

    /** Receives the looks, in order. */
    public interface Receiver {

        /**
         * Receives one look at a frame. Null stands for what the policy did not look at.
         *
         * @param evictable whether its page could leave
         * @param referenced its referenced bit, before it was cleared
         * @param dirty its dirty bit
         * @param cleared whether the policy cleared the referenced bit
         */
        void look(
                int frame,
                @Nullable Boolean evictable,
                @Nullable Boolean referenced,
                @Nullable Boolean dirty,
                boolean cleared);
    }

    private final int most;
    private final List<Look> looks = new ArrayList<>();

    /** Watches what is asked about frames, and notes the first looks: {@code most} of them. */
    public WatchedFrames(Frames frames, int most) {
        super(frames);
        this.most = most;
    }

    /** The look at a frame: the last one, unless the hand has passed since its bit was cleared. */
    private Look look(int frame, boolean passed) {
        Look last = looks.isEmpty() ? null : looks.getLast();
        if (last != null && last.frame == frame && !(last.cleared && passed)) {
            return last;
        }
        Look look = new Look(frame);
        if (looks.size() < most) {
            looks.add(look);
        }
        return look;
    }

    @Override
    public boolean referenced(int frame) {
        boolean seen = super.referenced(frame);
        look(frame, true).referenced = seen;
        return seen;
    }

    @Override
    public boolean dirty(int frame) {
        boolean seen = super.dirty(frame);
        look(frame, false).dirty = seen;
        return seen;
    }

    @Override
    public void clearReferenced(int frame) {
        super.clearReferenced(frame);
        Look look = look(frame, true);
        look.cleared = true;
    }

    @Override
    public boolean evictable(int frame) {
        boolean seen = super.evictable(frame);
        look(frame, true).evictable = seen;
        return seen;
    }

    /** Hands out what was seen. */
    public void forEach(Receiver receiver) {
        for (Look look : looks) {
            receiver.look(look.frame, look.evictable, look.referenced, look.dirty, look.cleared);
        }
    }
}
