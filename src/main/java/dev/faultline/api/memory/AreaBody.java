package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** An area on the wire. */
public record AreaBody(
        String start,
        @Schema(description = "Bytes asked for.") long length,
        @Schema(description = "Bytes of the whole pages it takes; the rest is internal waste.")
                long bytesInPages,
        String protection,
        String kind,
        String sharing,
        @Schema(description = "The file that is mapped.") @Nullable String file,
        @Schema(description = "Where in the file the area begins, in bytes.")
                @Nullable Long fileOffset,
        @Schema(description = "Of the shared memory.") @Nullable String name,
        @Schema(description = "What else the kernel remembers: locked, sequential, random.")
                List<String> flags) {

    /** The body for an area of a machine with this spec. */
    public static AreaBody of(MemoryArea area, MachineSpec spec) {
        Backing backing = area.backing();
        boolean file = backing.isFile();
        return new AreaBody(
                Address.format(area.start()),
                area.length(),
                area.bytesInPages(spec.pageSize()),
                Protection.format(area.protection()),
                MachineRequest.word(area.kind()),
                area.isShared() ? "shared" : "private",
                file ? backing.name() : null,
                file ? backing.offset() : null,
                area.kind() == Backing.Kind.SHARED_MEMORY ? backing.name() : null,
                flags(area));
    }

    private static List<String> flags(MemoryArea area) {
        List<String> flags = new ArrayList<>();
        if (area.has(MemoryArea.LOCKED)) {
            flags.add("locked");
        }
        if (area.has(MemoryArea.SEQUENTIAL)) {
            flags.add("sequential");
        }
        if (area.has(MemoryArea.RANDOM)) {
            flags.add("random");
        }
        if (area.has(MemoryArea.HUGE)) {
            flags.add("huge");
        }
        return flags;
    }
}
