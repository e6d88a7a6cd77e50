package dev.faultline.api;

import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.MemoryArea;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;

/** A memory area that is asked for. */
record AreaRequest(
        @Schema(
                        description =
                                "First address, a multiple of the page size. To map, it may be"
                                        + " left out: the highest free place is taken.")
                @Nullable Address start,
        @Schema(description = "Bytes; the area takes whole pages.")
                @NotNull(message = "is required")
                @Min(value = 1, message = "must be at least 1")
                Long length,
        @Schema(description = "rwx, with - for what is not allowed.", example = "rw-")
                @NotNull(message = "is required")
                @Pattern(
                        regexp = PROTECTION,
                        message = "must be rwx, with - for what is not allowed")
                String protection,
        @Schema(
                        allowableValues = {"anonymous", "stack"},
                        description = "A stack grows down to the pages that are touched below it.")
                @Nullable String kind,
        @Schema(allowableValues = {"private"}) @Nullable String sharing,
        @Schema(description = "Whether what is mapped there gives way; only to map.")
                @Nullable Boolean replace) {

    static final String PROTECTION = "^[r-][w-][x-]$";

    MemoryArea.Kind areaKind(String pointer) {
        MachineRequest.only(pointer + "/sharing", sharing, "private");
        if (kind == null) {
            return MemoryArea.Kind.ANONYMOUS;
        }
        MemoryArea.Kind[] asked = {MemoryArea.Kind.ANONYMOUS, MemoryArea.Kind.STACK};
        return MachineRequest.word(pointer + "/kind", kind, asked);
    }

    /** Raises a 400 unless the address is a multiple of the page size. */
    static void checkAligned(String pointer, long start, MachineSpec spec) {
        if (start % spec.pageSize() != 0) {
            throw ApiException.badField(
                    pointer,
                    Address.format(start) + " is no multiple of the page size " + spec.pageSize());
        }
    }

    /** Raises a 400 unless so many bytes from an address on are inside the address space. */
    static void checkInside(String pointer, long start, long length, MachineSpec spec) {
        long space = 1L << spec.addressBits();
        if (start >= space || length > space - start) {
            throw ApiException.badField(
                    pointer,
                    "reaches beyond the address space, whose last address is "
                            + Address.format(space - 1));
        }
    }
}
