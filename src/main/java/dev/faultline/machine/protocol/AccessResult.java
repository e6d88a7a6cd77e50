package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What happened to one access within one page, with everything needed to explain it.
 *
 * @param op one of {@link Op}
 * @param tlb the result of the first TLB look-up
 * @param faults the faults it caused, in order
 * @param frame the frame it reached, or {@link #NO_FRAME} if a signal abandoned it
 * @param value the bytes read or stored as an unsigned little-endian number; null if no value was
 *     asked for
 * @param ticks its cost, faults included
 * @param story its steps, whose ticks add up to {@code ticks}; empty unless the machine was asked
 *     for stories
 */
public record AccessResult(
        int op,
        long address,
        int size,
        TlbOutcome tlb,
        List<Fault> faults,
        int frame,
        @Nullable Long value,
        @Nullable Signal signal,
        long ticks,
        List<Step.Told> story) {

    /** Stands for no frame. */
    public static final int NO_FRAME = -1;

    /** The result of a clock tick, which is not an access. */
    public static final AccessResult TICK =
            new AccessResult(
                    Op.TICK,
                    0,
                    0,
                    TlbOutcome.ABSENT,
                    List.of(),
                    NO_FRAME,
                    null,
                    null,
                    0,
                    List.of());

    /** The result of a TLB look-up. */
    public enum TlbOutcome {
        /** The TLB held the translation. */
        HIT,
        /** The TLB did not hold the translation. */
        MISS,
        /** The machine has no TLB. */
        ABSENT
    }
}
