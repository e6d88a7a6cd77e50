package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/** Chooses which page leaves memory when a frame is needed and none is free. */
public abstract class ReplacementPolicy {

    /** No frame can be taken. */
    public static final int NONE = -1;

    /** The owner of what cannot be told from other pages, as the pages of page tables. */
    public static final int NOBODY = Integer.MIN_VALUE;

    /** Whose accesses a block's are, that may be of several processes: no process has it. */
    public static final int ANYBODY = 0;

    /**
     * A frame is needed for a page, before one is looked for and {@link #onLoad}: a process asks
     * for it, and the page is that of an owner (a process, or an object of several), or of {@link
     * #NOBODY}.
     */
    public void onFault(int asking, int owner, long page) {}

    /** The frames as the policy sees them. */
    public Frames view(Frames frames) {
        return frames;
    }

    /** Says of what machine the frames are, once and before all else. */
    public void attach(Frames frames) {}

    /** The frame was filled with the page that was {@link #onFault}. */
    public abstract void onLoad(int frame);

    /** The frame lost its page, by eviction or because its last mapping went. */
    public abstract void onFree(int frame);

    /**
     * Names the frame to take, or {@link #NONE}. The caller evicts it: a policy may move its hand
     * and clear bits here, but does not act on the frame.
     */
    public abstract int victim(Frames frames);

    /**
     * Names a frame to be freed though it is not needed, or {@link #NONE}: asked before a frame is
     * looked for, until there is none.
     */
    public int surplus(Frames frames) {
        return NONE;
    }

    /** Whether a free frame may be taken for the page that is wanted. */
    public boolean mayTakeFree(Frames frames) {
        return true;
    }

    /** Whether {@link #onAccess} wants to hear of every access, TLB hits included. */
    public boolean watchesReferences() {
        return false;
    }

    /** A page is not used again as far as is known. */
    public static final int NEVER = Integer.MAX_VALUE;

    /**
     * Accesses are about to run: for each, the place of the next one to its page, and for each
     * frame that of the first one to its page, {@link #NEVER}, or {@link #NONE} where others' pages
     * are in it. Called only for a policy that {@link PolicyEntry.Trait#NEEDS_FUTURE needs it}.
     *
     * @param owner whose accesses they are, or {@link #ANYBODY} for a block of accesses
     */
    public void foresee(int owner, int[] nextUses, int[] firstUses) {}

    /** What was foreseen is over. */
    public void forgetFuture() {}

    /** From now on the accesses are those that were foreseen of an owner. */
    public void onTurn(int owner) {}

    /** The place, as foreseen, of the access that {@link #onAccess} is told of next. */
    public void onPosition(int position) {}

    /** An access to the frame was completed; called only if {@link #watchesReferences}. */
    public void onAccess(int frame) {}

    /** Accesses to the first {@code count} of these frames were completed, in this order. */
    public void onAccess(int[] frames, int count) {
        for (int i = 0; i < count; i++) {
            onAccess(frames[i]);
        }
    }

    /**
     * The clock interrupt has come: the referenced bits are those since the last one, and all are
     * cleared when this is done. Answers whether the policy remembers anything else than before.
     */
    public boolean onTick(Frames frames) {
        return false;
    }

    /** The rule by which a victim is chosen, in a sentence. */
    public abstract String rule();

    /** The frame that the hand points to, or {@link #NONE} if there is no hand. */
    public int hand() {
        return NONE;
    }

    /** The frames in the order in which they would be looked at, for a policy that keeps one. */
    public int[] order() {
        return new int[0];
    }

    /** The lists that the policy keeps, with at most {@code most} entries of each. */
    public List<Queue> queues(int most) {
        return List.of();
    }

    /** What the policy remembers of a frame (an age, a count, a time), or {@link #NONE}. */
    public long remembered(int frame) {
        return NONE;
    }

    /** Bytes of the host's memory beyond those that it took when it was made, about. */
    public long hostBytes() {
        return 0;
    }

    /** Bytes by which a number of faults may at most make {@link #hostBytes} grow. */
    public long growth(long faults) {
        return 0;
    }

    /** Writes all that later choices depend on, so that {@link #load} can read it. */
    public abstract void save(StateWriter out);

    /** Takes over what {@link #save} wrote of a policy for as many frames, with the same values. */
    public abstract void load(StateReader in);
}
