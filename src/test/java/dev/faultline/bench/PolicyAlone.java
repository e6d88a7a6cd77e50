package dev.faultline.bench;

import dev.faultline.machine.PolicySpec;
import dev.faultline.machine.replacement.Frames;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.ReplacementPolicy;

import java.util.Arrays;

/**
 * A policy and an array of frames with their bits, and nothing else of a computer: no translation,
 * no TLB, no kernel. It is what a cache simulator does, with the machine's own policy.
 */
final class PolicyAlone implements Frames {

    private static final int NONE = ReplacementPolicy.NONE;

    /** Pages are found by a hash table of pages that were ever seen: their frames, or none. */
    private final long[] pages = new long[1 << 16];

    private final int[] frameOf = new int[1 << 16];
    private final ReplacementPolicy policy;
    private final Frames view;
    private final boolean watches;
    private final int[] placeOf;
    private final boolean[] referenced;
    private final boolean[] dirty;
    private final boolean[] present;
    private int used;
    private long now;
    private final int[] free;
    private int freeCount;

    /** The faults so far. */
    long faults;

    PolicyAlone(String name, int frames) {
        policy = Policies.make(name, frames, PolicySpec.of(name));
        view = policy.view(this);
        policy.use(view);
        watches = policy.watchesReferences();
        placeOf = new int[frames];
        referenced = new boolean[frames];
        dirty = new boolean[frames];
        present = new boolean[frames];
        free = new int[frames];
        Arrays.fill(frameOf, NONE);
        Arrays.fill(pages, -1);
    }

    /** Runs packed accesses. */
    void run(long[] words) {
        for (long word : words) {
            now++;
            long page = (word & -1L >>> 2) >>> 12;
            int place = place(page);
            int frame = frameOf[place];
            if (frame == NONE) {
                frame = load(place, page);
            }
            referenced[frame] = true;
            dirty[frame] |= word >>> 62 == 1;
            if (watches) {
                policy.referenced(frame);
            }
        }
    }

    private int place(long page) {
        int mask = pages.length - 1;
        int at = (int) (page * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (pages[at] != page && pages[at] != -1) {
            at = at + 1 & mask;
        }
        pages[at] = page;
        return at;
    }

    private int load(int place, long page) {
        faults++;
        policy.wanted(1, 1, page);
        for (int given = policy.surplus(view); given != NONE; given = policy.surplus(view)) {
            evict(given);
            free[freeCount++] = given;
        }
        int frame;
        if (freeCount > 0) {
            frame = free[--freeCount];
        } else if (used < referenced.length) {
            frame = used++;
        } else {
            frame = policy.victim(view);
            evict(frame);
        }
        frameOf[place] = frame;
        placeOf[frame] = place;
        present[frame] = true;
        dirty[frame] = false;
        policy.loaded(frame);
        return frame;
    }

    private void evict(int frame) {
        frameOf[placeOf[frame]] = NONE;
        present[frame] = false;
        policy.freed(frame);
    }

    @Override
    public boolean referenced(int frame) {
        return referenced[frame];
    }

    @Override
    public boolean dirty(int frame) {
        return dirty[frame];
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public int owner(int frame) {
        return 1;
    }

    @Override
    public int share(int owner) {
        return referenced.length;
    }

    @Override
    public long time(int owner) {
        return now;
    }

    @Override
    public void clearReferenced(int frame) {
        referenced[frame] = false;
    }

    @Override
    public boolean evictable(int frame) {
        return present[frame];
    }
}
