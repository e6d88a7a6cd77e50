package dev.faultline.api.accesses;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;

/** An access of a trace that a request holds itself. */
@Schema(name = "SweepAccessRequest")
public record InlineAccess(
        @Schema(allowableValues = {"read", "write", "execute", "tick"})
                @NotNull(message = "is required")
                @Pattern(
                        regexp = "read|write|execute|tick",
                        message = "must be read, write, execute or tick")
                String op,
        @Schema(description = "Required, unless it is a tick.") @Nullable Address address,
        @Schema(description = "1, 2, 4 or 8 bytes; 1 if left out.") @Nullable Integer size) {

    /** The most accesses that a request holds. */
    public static final int MOST = 1_000_000;

    /** Adds it to a block; raises {@link ApiException} if it does not fit. */
    public void addTo(AccessBlock block, String pointer) {
        if (Op.of(op) == Op.TICK) {
            AccessBatch.refuseAtTick(pointer + "/address", address);
            AccessBatch.refuseAtTick(pointer + "/size", size);
            block.addTick();
            return;
        }
        if (address == null) {
            throw ApiException.badField(pointer + "/address", "is required");
        }
        int bytes = size == null ? 1 : size;
        if (Integer.bitCount(bytes) != 1 || bytes < 1 || bytes > Long.BYTES) {
            throw ApiException.badField(pointer + "/size", "must be 1, 2, 4 or 8");
        }
        if (!block.fits(address.value(), bytes)) {
            throw ApiException.badField(
                    pointer + "/address",
                    "is beyond the last address, " + Address.format(block.lastAddress()));
        }
        block.addSpan(Op.of(op), address.value(), bytes);
    }
}
