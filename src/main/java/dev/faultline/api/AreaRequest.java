package dev.faultline.api;

import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.MemoryArea;
import dev.faultline.machine.Protection;

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
                        allowableValues = {"anonymous", "stack", "shared-memory"},
                        description = "A stack grows down to the pages that are touched below it.")
                @Nullable String kind,
        @Schema(
                        allowableValues = {"private", "shared"},
                        description = "shared for shared memory, private for all else.")
                @Nullable String sharing,
        @Schema(description = "Of the shared memory; all who map it share its pages.")
                @Pattern(regexp = NAME, message = "must match " + NAME)
                @Nullable String name,
        @Schema(description = "Whether what is mapped there gives way; only to map.")
                @Nullable Boolean replace) {

    static final String PROTECTION = "^[r-][w-][x-]$";

    static final String NAME = "^[A-Za-z0-9._-]{1,100}$";

    private static final MemoryArea.Kind[] KINDS = {
        MemoryArea.Kind.ANONYMOUS, MemoryArea.Kind.STACK, MemoryArea.Kind.SHARED_MEMORY
    };

    /** The area at an address. Raises a 400 if its fields contradict each other. */
    MemoryArea area(String pointer, long address) {
        MemoryArea.Kind wanted =
                kind == null
                        ? MemoryArea.Kind.ANONYMOUS
                        : MachineRequest.word(pointer + "/kind", kind, KINDS);
        boolean shared = wanted == MemoryArea.Kind.SHARED_MEMORY;
        MachineRequest.only(pointer + "/sharing", sharing, shared ? "shared" : "private");
        if (shared == (name == null)) {
            throw ApiException.badField(
                    pointer + "/name",
                    shared ? "is required for shared memory" : "is for shared memory only");
        }
        return new MemoryArea(address, length, Protection.parse(protection), wanted, name, 0);
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
