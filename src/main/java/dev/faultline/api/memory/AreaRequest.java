package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;

/** A memory area that is asked for. */
public record AreaRequest(
        @Schema(
                        description =
                                "First address, a multiple of the page size, but for a segment"
                                        + " that grows down. To map, it may be left out: the highest"
                                        + " free place is taken.")
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
                        allowableValues = {"anonymous", "file", "shared-memory", "stack"},
                        description = "A stack grows down to the pages that are touched below it.")
                @Nullable String kind,
        @Schema(
                        allowableValues = {"private", "shared"},
                        description =
                                "Whether all who map the same see what is written; shared for shared"
                                        + " memory, private for all else if left out.")
                @Nullable String sharing,
        @Schema(description = "The file to map.")
                @Pattern(regexp = NAME, message = "must match " + NAME)
                @Nullable String file,
        @Schema(
                        description =
                                "Where in the file the area begins, in bytes, a multiple of the page"
                                        + " size; 0 if left out.")
                @Min(value = 0, message = "must be at least 0")
                @Nullable Long fileOffset,
        @Schema(description = "Of the shared memory; all who map it share its pages.")
                @Pattern(regexp = NAME, message = "must match " + NAME)
                @Nullable String name,
        @Schema(description = "Whether what is mapped there gives way; only to map.")
                @Nullable Boolean replace) {

    public static final String PROTECTION = "^[r-][w-][x-]$";

    /** Of files and shared memory; what a path takes for this folder or the one above is none. */
    public static final String NAME = "^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}$";

    private static final Backing.Kind[] KINDS = {
        Backing.Kind.ANONYMOUS, Backing.Kind.STACK, Backing.Kind.SHARED_MEMORY, Backing.Kind.FILE
    };

    private enum Sharing {
        PRIVATE,
        SHARED
    }

    /** The area at an address. Raises a 400 if its fields contradict each other. */
    public MemoryArea area(String pointer, long address, MachineSpec spec) {
        Backing.Kind wanted =
                kind == null
                        ? Backing.Kind.ANONYMOUS
                        : MachineRequest.word(pointer + "/kind", kind, KINDS);
        Sharing share =
                sharing == null
                        ? null
                        : MachineRequest.word(pointer + "/sharing", sharing, Sharing.values());
        checkNames(pointer, wanted);
        Backing backing =
                switch (wanted) {
                    case SHARED_MEMORY -> {
                        forbid(pointer, share, Sharing.PRIVATE, "shared memory is shared");
                        yield Backing.sharedMemory(String.valueOf(name));
                    }
                    case FILE -> {
                        long offset = fileOffset == null ? 0 : fileOffset;
                        if (offset % spec.pageSize() != 0) {
                            throw ApiException.badField(
                                    pointer + "/fileOffset",
                                    offset + " is no multiple of the page size " + spec.pageSize());
                        }
                        if (offset > Long.MAX_VALUE - length - spec.pageSize()) {
                            throw ApiException.badField(
                                    pointer + "/fileOffset", "lies too far behind any file's end");
                        }
                        yield Backing.file(String.valueOf(file), offset, share == Sharing.SHARED);
                    }
                    case ANONYMOUS -> share == Sharing.SHARED ? Backing.UNNAMED : Backing.ANONYMOUS;
                    case STACK, HEAP -> {
                        forbid(pointer, share, Sharing.SHARED, "a stack is private");
                        yield Backing.of(wanted);
                    }
                };
        return new MemoryArea(address, length, Protection.parse(protection), backing);
    }

    private static void forbid(
            String pointer, @Nullable Sharing given, Sharing forbidden, String why) {
        if (given == forbidden) {
            throw ApiException.badField(pointer + "/sharing", why);
        }
    }

    private void checkNames(String pointer, Backing.Kind wanted) {
        boolean shared = wanted == Backing.Kind.SHARED_MEMORY;
        if (shared == (name == null)) {
            throw ApiException.badField(
                    pointer + "/name",
                    shared ? "is required for shared memory" : "is for shared memory only");
        }
        boolean mapped = wanted == Backing.Kind.FILE;
        if (mapped == (file == null)) {
            throw ApiException.badField(
                    pointer + "/file",
                    mapped ? "is required to map a file" : "is for the kind file only");
        }
        if (!mapped && fileOffset != null) {
            throw ApiException.badField(pointer + "/fileOffset", "is for the kind file only");
        }
    }

    /**
     * Raises a 400 unless the area may begin at the address. A segment that grows down ends where
     * it has to and begins where its length says, to the byte.
     */
    public void checkStart(String pointer, long start, MachineSpec spec) {
        boolean down = "stack".equals(kind);
        if (!down || spec.translation().kind() != Translation.Kind.SEGMENTATION) {
            checkAligned(pointer, start, spec);
        }
    }

    /** Raises a 400 unless the address is a multiple of the page size. */
    static void checkAligned(String pointer, long start, MachineSpec spec) {
        if (start % spec.pageSize() != 0) {
            throw ApiException.badField(
                    pointer,
                    Address.format(start) + " is no multiple of the page size " + spec.pageSize());
        }
    }

    /** Raises a 400 unless {@code length} bytes from an address on are in the address space. */
    public static void checkInside(String pointer, long start, long length, MachineSpec spec) {
        long space = 1L << spec.addressBits();
        if (start >= space || length > space - start) {
            throw ApiException.badField(
                    pointer,
                    "reaches beyond the address space, whose last address is "
                            + Address.format(space - 1));
        }
    }
}
