package dev.faultline.api.processes;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.memory.AreaRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The body that makes a process. Everything may be left out. */
public record ProcessRequest(
        @Size(max = 100, message = "must have at most 100 characters") @Nullable String name,
        @Schema(
                        description =
                                "Bytes of memory from address 0, readable, writable and executable;"
                                        + " instead of areas.",
                        minimum = "1")
                @Min(value = 1, message = "must be at least 1")
                @Nullable Long size,
        @Schema(
                        description =
                                "The process's memory; left out, one anonymous rwx area over the"
                                        + " whole address space, or, with relocation and"
                                        + " segmentation, of a quarter of the machine's memory. []"
                                        + " is an empty space.")
                @Size(max = MAX_AREAS, message = "must have at most 1000 areas")
                @Nullable List<@Valid @NotNull(message = "must not be null") AreaRequest> areas,
        @Schema(
                        allowableValues = {"terminate", "continue", "handler"},
                        description = "What a signal does; terminate if left out.")
                @Nullable String onSignal,
        @Schema(description = "What it does when the machine runs; nothing by itself if left out.")
                @Valid
                @Nullable ProgramRequest program,
        @Schema(
                        description =
                                "With a program: the clock of runs at which it comes; now if left"
                                        + " out.")
                @Min(value = 0, message = "must be at least 0")
                @Max(value = LAST_ARRIVAL, message = "must be at most 1125899906842624")
                @Nullable Long arrival,
        @Schema(
                        description =
                                "The control group that it is in, which `putGroup` has made; none if left out.")
                @Nullable String group) {

    public static final int MAX_AREAS = 1000;
    private static final long LAST_ARRIVAL = 1L << 50;
    static final ProcessRequest EMPTY =
            new ProcessRequest(null, null, null, null, null, null, null);

    Command.CreateProcess command(MachineSpec spec) {
        return new Command.CreateProcess(
                name == null ? "" : name, memoryAreas(spec), signalAction());
    }

    /** What this asks of a process that is there already. */
    Command.Exec exec(int pid, MachineSpec spec) {
        if (program != null) {
            throw ApiException.badField("/program", "is given to a process when it is made");
        }
        if (arrival != null) {
            throw ApiException.badField("/arrival", "is given to a process when it is made");
        }
        if (group != null) {
            throw ApiException.badField("/group", "is given to a process when it is made");
        }
        return new Command.Exec(pid, name == null ? "" : name, memoryAreas(spec), signalAction());
    }

    private OnSignal signalAction() {
        return onSignal == null
                ? OnSignal.TERMINATE
                : MachineRequest.word("/onSignal", onSignal, OnSignal.values());
    }

    private List<MemoryArea> memoryAreas(MachineSpec spec) {
        if (size != null && areas != null) {
            throw ApiException.badField("/size", "is for a process without areas");
        }
        if (areas == null) {
            long bytes = size == null ? spec.defaultProcessBytes() : size;
            AreaRequest.checkInside("/size", 0, bytes, spec);
            return List.of(new MemoryArea(0, bytes, Protection.ALL));
        }
        List<MemoryArea> made = new ArrayList<>();
        for (int i = 0; i < areas.size(); i++) {
            made.add(memoryArea(areas.get(i), "/areas/" + i, spec));
        }
        checkOverlap(made, spec);
        return made;
    }

    private static MemoryArea memoryArea(AreaRequest area, String pointer, MachineSpec spec) {
        if (area.start() == null) {
            throw ApiException.badField(pointer + "/start", "is required");
        }
        if (area.replace() != null) {
            throw ApiException.badField(pointer + "/replace", "there is nothing to replace yet");
        }
        long start = area.start().value();
        area.checkStart(pointer + "/start", start, spec);
        AreaRequest.checkInside(pointer, start, area.length(), spec);
        return area.area(pointer, start, spec);
    }

    private static void checkOverlap(List<MemoryArea> areas, MachineSpec spec) {
        List<MemoryArea> sorted = new ArrayList<>(areas);
        sorted.sort(Comparator.comparingLong(MemoryArea::start));
        for (int i = 1; i < sorted.size(); i++) {
            MemoryArea below = sorted.get(i - 1);
            long belowEnd = (below.end() - 1 | spec.pageSize() - 1) + 1;
            if (belowEnd > sorted.get(i).start()) {
                throw ApiException.badField(
                        "/areas/" + areas.indexOf(sorted.get(i)),
                        "shares a page with the area at " + Address.format(below.start()));
            }
        }
    }
}
