package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The explanation of one access within one page.
 *
 * @param op one of {@link Op}
 * @param tlb what its first look-up found
 * @param faults what it met, in order
 * @param frame where it ended, or {@link #NO_FRAME} if a signal abandoned it
 * @param value the bytes read or stored as an unsigned little-endian number; null if none were
 * @param ticks what it took, faults included
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
        long ticks) {

    public static final int NO_FRAME = -1;

    /** What a tick of the clock comes to, which is no access. */
    public static final AccessResult TICK =
            new AccessResult(Op.TICK, 0, 0, TlbOutcome.ABSENT, List.of(), NO_FRAME, null, null, 0);

    /** What a look-up in the TLB found. */
    public enum TlbOutcome {
        HIT,
        MISS,
        /** There is no TLB. */
        ABSENT
    }
}
