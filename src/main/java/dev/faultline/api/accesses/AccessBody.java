package dev.faultline.api.accesses;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.SignalBody;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The explanation of an access on the wire. One that crossed a page shows its parts. Of a tick,
 * which is no access, nothing but the operation is there.
 */
public record AccessBody(
        @Schema(allowableValues = {"read", "write", "execute", "tick"}) String op,
        @Nullable String address,
        @Nullable Long page,
        @Nullable Long offset,
        @Schema(allowableValues = {"hit", "miss"}) @Nullable String tlb,
        @Schema(description = "The last fault the access met.") @Nullable FaultBody fault,
        @Schema(description = "All of them in order, if it met more than one; else empty.")
                @Nullable List<FaultBody> faults,
        @Nullable Integer frame,
        @Nullable String physicalAddress,
        @Schema(description = "The bytes read or stored, as an unsigned little-endian number.")
                @Nullable BigInteger value,
        @Nullable SignalBody signal,
        @Nullable Long ticks,
        @Schema(description = "Of an access that crossed a page, what each piece came to.")
                @Nullable List<AccessBody> parts) {

    private static final AccessBody TICK =
            new AccessBody(
                    Op.name(Op.TICK),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);

    /** A fault and how the kernel resolved it. */
    public record FaultBody(
            @Schema(allowableValues = {"page", "protection"}) String type,
            String resolution,
            boolean major,
            @Nullable EvictionBody evicted,
            @Schema(description = "For a signal: the kernel's reason.") @Nullable String why,
            @Schema(
                            description =
                                    "How the evicted page was chosen; null if nothing was, or the"
                                            + " request has shown 10,000 candidates already.")
                    Fault.@Nullable Choice choice) {

        static FaultBody of(Fault fault) {
            Fault.Eviction evicted = fault.evicted();
            return new FaultBody(
                    fault.type().word(),
                    fault.resolution().word(),
                    fault.major(),
                    evicted == null
                            ? null
                            : new EvictionBody(
                                    evicted.frame(),
                                    evicted.mappings(),
                                    evicted.dirty(),
                                    evicted.writtenBack()),
                    fault.why(),
                    evicted == null ? null : evicted.choice());
        }
    }

    /** A page that left memory. */
    record EvictionBody(int frame, List<Mapping> mappings, boolean dirty, boolean writtenBack) {}

    /**
     * The explanation of an access that came to these results, one for each piece it was cut into.
     */
    public static AccessBody of(List<AccessResult> pieces, MachineSpec spec) {
        List<AccessBody> parts = pieces.stream().map(piece -> of(piece, spec)).toList();
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        AccessBody first = parts.getFirst();
        List<FaultBody> faults = new ArrayList<>();
        SignalBody signal = null;
        long ticks = 0;
        for (int i = 0; i < parts.size(); i++) {
            AccessBody part = parts.get(i);
            faults.addAll(part.met());
            signal = part.signal() == null ? signal : part.signal();
            ticks += pieces.get(i).ticks();
        }
        return new AccessBody(
                first.op(),
                first.address(),
                first.page(),
                first.offset(),
                first.tlb(),
                faults.isEmpty() ? null : faults.getLast(),
                faults.size() > 1 ? faults : List.of(),
                first.frame(),
                first.physicalAddress(),
                joined(pieces),
                signal,
                ticks,
                parts);
    }

    /** All faults that the access met, in order. */
    public List<FaultBody> met() {
        List<FaultBody> several = faults == null ? List.of() : faults;
        return several.isEmpty() && fault != null ? List.of(fault) : several;
    }

    private static AccessBody of(AccessResult piece, MachineSpec spec) {
        if (piece.op() == Op.TICK) {
            return TICK;
        }
        long offset = piece.address() & spec.pageSize() - 1;
        List<FaultBody> faults = piece.faults().stream().map(FaultBody::of).toList();
        boolean placed = piece.frame() != AccessResult.NO_FRAME;
        Long value = piece.value();
        return new AccessBody(
                Op.name(piece.op()),
                Address.format(piece.address()),
                piece.address() >>> spec.offsetBits(),
                offset,
                switch (piece.tlb()) {
                    case HIT -> "hit";
                    case MISS -> "miss";
                    case ABSENT -> null;
                },
                faults.isEmpty() ? null : faults.getLast(),
                faults.size() > 1 ? faults : List.of(),
                placed ? piece.frame() : null,
                placed ? Address.format(piece.frame() * spec.pageSize() + offset) : null,
                value == null ? null : unsigned(value),
                SignalBody.of(piece.signal()),
                piece.ticks(),
                List.of());
    }

    /**
     * The value of the whole, the first piece holding its lowest bytes; null if a piece has none.
     */
    private static @Nullable BigInteger joined(List<AccessResult> pieces) {
        BigInteger whole = BigInteger.ZERO;
        int shift = 0;
        for (AccessResult piece : pieces) {
            Long value = piece.value();
            if (value == null) {
                return null;
            }
            whole = whole.or(unsigned(value).shiftLeft(shift));
            shift += 8 * piece.size();
        }
        return whole;
    }

    private static BigInteger unsigned(long value) {
        return value >= 0
                ? BigInteger.valueOf(value)
                : new BigInteger(Long.toUnsignedString(value));
    }
}
