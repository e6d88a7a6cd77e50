package dev.faultline.machine.spec;

import org.jspecify.annotations.Nullable;

/** A backing store with things left out: 1,024 slots, reserved when needed, promised freely. */
public record SwapDraft(
        @Nullable Long slots,
        SwapSpec.@Nullable Reservation reservation,
        SwapSpec.@Nullable Overcommit overcommit,
        @Nullable Long overcommitRatio,
        @Nullable Boolean spareFrame,
        SwapSpec.@Nullable OutOfMemory outOfMemory) {

    public static final SwapDraft EMPTY = new SwapDraft(null, null, null, null, null, null);

    /** A store of so many slots. */
    public static SwapDraft of(long slots) {
        return new SwapDraft(slots, null, null, null, null, null);
    }

    /** The same with so many slots. */
    SwapDraft withSlots(long newSlots) {
        return new SwapDraft(
                newSlots, reservation, overcommit, overcommitRatio, spareFrame, outOfMemory);
    }

    SwapSpec resolve(SpecDraft.Bounds bounds, int frameCount, SpecChecker check) {
        long slotCount = slots == null ? 1024 : slots;
        check.range("/swap/slots", slotCount, 0, bounds.swapSlots());
        long ratio = overcommitRatio == null ? 50 : overcommitRatio;
        check.range("/swap/overcommitRatio", ratio, 0, 100);
        boolean spare = spareFrame != null && spareFrame;
        if (spare && frameCount < 2) {
            check.fail("/swap/spareFrame", "needs a second frame beside the one kept free");
        }
        return new SwapSpec(
                (int) slotCount,
                reservation == null ? SwapSpec.Reservation.LAZY : reservation,
                overcommit == null ? SwapSpec.Overcommit.ALWAYS : overcommit,
                (int) ratio,
                spare,
                outOfMemory == null ? SwapSpec.OutOfMemory.KILL : outOfMemory);
    }
}
