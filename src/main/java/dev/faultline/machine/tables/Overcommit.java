package dev.faultline.machine.tables;

import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel has promised: pages that may one day need a place in the store. The spec ({@link
 * SwapSpec}) decides whether it may promise more than it has. If it may not, the kernel refuses
 * when memory is asked for instead of failing when it is used.
 */
public final class Overcommit {

    /** The most pages that can be promised, or {@link Long#MAX_VALUE}. */
    private final long limit;

    /** The most pages that can be asked for at once, or {@link Long#MAX_VALUE}. */
    private final long mostAtOnce;

    private final String rule;
    private long pages;

    /** Nothing is promised yet; the spec says how much may be. */
    public Overcommit(MachineSpec spec) {
        SwapSpec swap = spec.swap();
        long all = 1L * spec.frames() + swap.slots();
        long counted = 1L * spec.frames() * swap.overcommitRatio() / 100;
        boolean eager = swap.reservation() == SwapSpec.Reservation.EAGER;
        boolean never = swap.overcommit() == SwapSpec.Overcommit.NEVER;
        limit = eager ? swap.slots() : never ? swap.slots() + counted : Long.MAX_VALUE;
        mostAtOnce =
                swap.overcommit() == SwapSpec.Overcommit.HEURISTIC && !eager ? all : Long.MAX_VALUE;
        rule =
                eager
                        ? "each page takes a slot of the store at once (swap.reservation eager)"
                        : "no more is promised than slots and " + counted + " of the frames";
    }

    /** Why {@code more} further pages cannot be promised, or null. */
    public @Nullable String refusal(long more) {
        if (more > mostAtOnce) {
            return more
                    + " pages are more than all frames and slots together (swap.overcommit"
                    + " heuristic)";
        }
        if (limit != Long.MAX_VALUE && more > limit - pages) {
            return rule
                    + ": "
                    + (limit - pages)
                    + " of "
                    + limit
                    + " pages are left, "
                    + more
                    + " are asked for";
        }
        return null;
    }

    /** Promises pages; a negative number takes a promise back. */
    public void add(long more) {
        pages += more;
    }

    /** The number of pages promised. */
    public long pages() {
        return pages;
    }

    /** The most pages that can be promised, or {@link Long#MAX_VALUE} if there is no limit. */
    public long limit() {
        return limit;
    }
}
