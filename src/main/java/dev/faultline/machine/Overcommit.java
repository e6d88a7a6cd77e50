package dev.faultline.machine;

import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel has promised: pages that may one day need a place in the store. Whether it
 * promises more than it has is the spec's choice ({@link SwapSpec}); where it does not, it refuses
 * when memory is asked for instead of failing when it is used.
 */
final class Overcommit {

    /** Pages that can be promised, or {@link Long#MAX_VALUE}. */
    private final long limit;

    /** Pages that can be asked for at once, or {@link Long#MAX_VALUE}. */
    private final long mostAtOnce;

    private final String rule;
    private long pages;

    Overcommit(MachineSpec spec) {
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

    /** Why so many pages more cannot be promised, or null. */
    @Nullable String refusal(long more) {
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

    /** Promises pages, or takes a promise back that is not needed any more. */
    void add(long more) {
        pages += more;
    }

    /** Pages promised. */
    long pages() {
        return pages;
    }

    /** Pages that can be promised, or {@link Long#MAX_VALUE} if that is not limited. */
    long limit() {
        return limit;
    }
}
