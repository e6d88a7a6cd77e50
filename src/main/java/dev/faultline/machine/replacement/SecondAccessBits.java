package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * A policy by referenced bits for which the access that loads a page does not count: the bit that
 * it sees is set by the second access and those that follow.
 */
final class SecondAccessBits extends ReplacementPolicy {

    private static final byte LOADED = 0;
    private static final byte UNREFERENCED = 1;
    private static final byte REFERENCED = 2;

    private final ReplacementPolicy policy;
    private final byte[] seen;

    SecondAccessBits(ReplacementPolicy policy, int frames) {
        this.policy = policy;
        seen = new byte[frames];
    }

    @Override
    public Frames view(Frames frames) {
        return new View(policy.view(frames));
    }

    /** The frames with the bits that count. */
    private final class View extends FramesOf {

        View(Frames frames) {
            super(frames);
        }

        @Override
        public boolean referenced(int frame) {
            return seen[frame] == REFERENCED;
        }

        @Override
        public void clearReferenced(int frame) {
            super.clearReferenced(frame);
            if (seen[frame] == REFERENCED) {
                seen[frame] = UNREFERENCED;
            }
        }
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    public void onAccess(int frame) {
        seen[frame] = seen[frame] == LOADED ? UNREFERENCED : REFERENCED;
        if (policy.watchesReferences()) {
            policy.onAccess(frame);
        }
    }

    @Override
    public void attach(Frames frames) {
        policy.attach(frames);
    }

    @Override
    public void onFault(int asking, int owner, long page) {
        policy.onFault(asking, owner, page);
    }

    @Override
    public void onLoad(int frame) {
        seen[frame] = LOADED;
        policy.onLoad(frame);
    }

    @Override
    public void onFree(int frame) {
        policy.onFree(frame);
    }

    @Override
    public int victim(Frames frames) {
        return policy.victim(frames);
    }

    @Override
    public boolean onTick(Frames frames) {
        boolean changed = policy.onTick(frames);
        for (int frame = 0; frame < seen.length; frame++) {
            if (seen[frame] == REFERENCED) {
                seen[frame] = UNREFERENCED;
                changed = true;
            }
        }
        return changed;
    }

    @Override
    public int surplus(Frames frames) {
        return policy.surplus(frames);
    }

    @Override
    public String rule() {
        return policy.rule();
    }

    @Override
    public int hand() {
        return policy.hand();
    }

    @Override
    public int[] order() {
        return policy.order();
    }

    @Override
    public List<Queue> queues(int most) {
        return policy.queues(most);
    }

    @Override
    public long remembered(int frame) {
        return policy.remembered(frame);
    }

    @Override
    public void save(StateWriter out) {
        policy.save(out);
        for (byte each : seen) {
            out.writeInt(each);
        }
    }

    @Override
    public void load(StateReader in) {
        policy.load(in);
        for (int frame = 0; frame < seen.length; frame++) {
            seen[frame] = (byte) in.readInt();
        }
    }
}
