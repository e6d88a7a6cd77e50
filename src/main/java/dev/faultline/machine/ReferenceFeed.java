package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.replacement.ReplacementPolicy;

import org.jspecify.annotations.Nullable;

/**
 * Tells the policy, and whatever measures working sets, of every access, if one of them wants to
 * hear of hits too. Runs of accesses that the TLB answers are told of together.
 */
final class ReferenceFeed {

    /** The policy hears of this many hits at a time. */
    private static final int HITS = 1024;

    private final ReplacementPolicy policy;
    private final @Nullable WorkingSetMeter meter;
    private final FrameTable frames;

    /** Whether anything hears of every access, and the frames of those on their way to it. */
    private final boolean watched;

    private final int[] hitFrames;

    /** Whether a TLB may answer with a frame that no page table names any more. */
    private final boolean stale;

    /** The place of a block's first access among those whose next uses the policy knows. */
    private int base;

    ReferenceFeed(Parts parts) {
        policy = parts.policy();
        meter = parts.meter();
        frames = parts.frames();
        watched = policy.watchesReferences() || meter != null;
        hitFrames = new int[watched ? HITS : 0];
        stale = parts.cpus().mayBeStale();
    }

    /** Whether hits are told of. */
    boolean isWatched() {
        return watched;
    }

    /** Whether it is enough to tell the policy of frames, whoever accesses them. */
    boolean isPlain() {
        return meter == null && !stale;
    }

    /** From now on accesses are of a block whose first is at a place that the policy knows. */
    void beginBlock(int firstPlace) {
        base = firstPlace;
    }

    /** From now on the accesses are those of a process. */
    void turn(Task task) {
        if (meter != null) {
            meter.turn(task);
        }
    }

    /** A slice of a process's turn begins with the access at a place of its block. */
    void beginSlice(Task task, int firstPlace, int place) {
        base = firstPlace;
        policy.turn(task.asid());
        policy.at(base + place);
        turn(task);
    }

    /** The next access that is told of is at a place of the block. */
    void at(int place) {
        policy.at(base + place);
    }

    /**
     * Runs accesses from a place on for as long as the TLB alone answers them. Answers the place of
     * the first that needs more, or of the end.
     */
    int runHits(Mmu mmu, AccessBlock block, int from, int to) {
        if (!watched) {
            return mmu.runHits(block, from, to, null);
        }
        int start;
        int next = from;
        do {
            start = next;
            next = mmu.runHits(block, start, to, hitFrames);
            policy.at(base + start);
            tellOfHits(next - start);
        } while (next == start + hitFrames.length);
        return next;
    }

    private void tellOfHits(int hits) {
        int[] hit = hitFrames;
        if (stale || meter != null) {
            for (int i = 0; i < hits; i++) {
                tell(hit[i]);
            }
            return;
        }
        policy.referenced(hit, hits);
    }

    /** Says that an access reached a frame, which a stale entry may have named, or none. */
    void tell(int frame) {
        boolean reached = frame >= 0 && (!stale || frames.isUsed(frame));
        if (reached) {
            policy.referenced(frame);
        }
        if (meter != null && reached) {
            meter.used(frame);
        } else if (meter != null) {
            meter.missed();
        }
    }
}
