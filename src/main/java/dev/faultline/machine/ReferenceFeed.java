package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.tables.FrameTable;

import org.jspecify.annotations.Nullable;

/**
 * Tells the policy, and the working-set meter, about every access, if one of them also needs to
 * hear of hits. Runs of hits are reported together.
 */
final class ReferenceFeed {

    /** The number of hits reported at a time. */
    private static final int HITS = 1024;

    private final ReplacementPolicy policy;
    private final @Nullable WorkingSetMeter meter;
    private final FrameTable frames;

    /** Whether anything hears of every access; and the frames still to be reported. */
    private final boolean watched;

    private final int[] hitFrames;

    /** Whether a TLB may return a frame that no page table names any more. */
    private final boolean stale;

    /** The position of the block's first access in the future that the policy knows. */
    private int base;

    ReferenceFeed(Parts parts) {
        policy = parts.policy();
        meter = parts.meter();
        frames = parts.frames();
        watched = policy.watchesReferences() || meter != null;
        hitFrames = new int[watched ? HITS : 0];
        stale = parts.cpus().mayBeStale();
    }

    /** Whether hits are reported. */
    boolean isWatched() {
        return watched;
    }

    /** Whether the policy only needs the frames, whichever process accesses them. */
    boolean isPlain() {
        return meter == null && !stale;
    }

    /** Starts a block whose first access has this position in the future that the policy knows. */
    void beginBlock(int firstPlace) {
        base = firstPlace;
    }

    /** Records that the following accesses belong to this process. */
    void turn(Task task) {
        if (meter != null) {
            meter.turn(task);
        }
    }

    /** Starts a slice of a process's turn, at an index of its block. */
    void beginSlice(Task task, int firstPlace, int place) {
        base = firstPlace;
        policy.onTurn(task.asid());
        policy.onPosition(base + place);
        turn(task);
    }

    /** Sets the index in the block of the next access reported. */
    void at(int place) {
        policy.onPosition(base + place);
    }

    /**
     * Runs accesses from index {@code from} as long as the TLB alone answers them. Returns the
     * index of the first one that needs more, or {@code to}.
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
            policy.onPosition(base + start);
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
        policy.onAccess(hit, hits);
    }

    /** Reports that an access reached a frame, which a stale entry may have named, or none. */
    void tell(int frame) {
        boolean reached = frame >= 0 && (!stale || frames.isUsed(frame));
        if (reached) {
            policy.onAccess(frame);
        }
        if (meter != null && reached) {
            meter.used(frame);
        } else if (meter != null) {
            meter.missed();
        }
    }
}
