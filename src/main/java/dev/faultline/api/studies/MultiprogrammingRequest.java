package dev.faultline.api.studies;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.processes.ProgramRequest;
import dev.faultline.api.processes.ProgramRequest.GeneratorRequest;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Lists of what varies from machine to machine; every combination is run. */
record MultiprogrammingRequest(
        @Schema(description = "What all machines have in common.") @Valid
                @Nullable MachineRequest machine,
        @Schema(description = "What each process does; phases over 400 pages if left out.") @Valid
                @Nullable GeneratorRequest program,
        @Schema(description = "Ticks of computing before each access; 10 if left out.")
                @Min(value = 0, message = "must be at least 0")
                @Max(value = ProgramRequest.MOST_THINKING, message = "must be at most 1000000000")
                @Nullable Long think,
        @Schema(description = "Ticks of each run; 40000000 if left out.")
                @Min(value = 1, message = "must be at least 1")
                @Max(value = 1L << 40, message = "must be at most 1099511627776")
                @Nullable Long ticks,
        @Schema(description = "Numbers of processes; 1 to 16 if left out.")
                @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                @Nullable
                        List<
                                @NotNull(message = "must not be null")
                                @Min(value = 1, message = "must be from 1 to 200")
                                @Max(value = MOST_DEGREE, message = "must be from 1 to 200")
                                Integer>
                        degrees,
        @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                @Nullable List<@NotNull(message = "must not be null") Long> frames,
        @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                @Nullable List<@NotNull(message = "must not be null") Long> quanta,
        @Schema(description = "Ticks of the disk for a page, in or out.")
                @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                @Nullable List<@NotNull(message = "must not be null") Long> diskTicks,
        @Size(min = 1, max = 30, message = "must have 1 to 30 numbers")
                @Nullable List<@NotNull(message = "must not be null") Long> pageSizes,
        @ArraySchema(
                        schema =
                                @Schema(
                                        allowableValues = {
                                            "none",
                                            "working-set",
                                            "page-fault-frequency"
                                        }))
                @Schema(description = "Load controls to compare; the machine's if left out.")
                @Size(min = 1, max = 3, message = "must have 1 to 3 words")
                @Nullable List<@NotNull(message = "must not be null") String> loadControls) {

    private static final int MOST_DEGREE = 200;

    static final MultiprogrammingRequest EMPTY =
            new MultiprogrammingRequest(null, null, null, null, null, null, null, null, null, null);

    /** How many machines there are, each for every degree. */
    long machines() {
        return size(frames) * size(quanta) * size(diskTicks) * size(pageSizes) * size(loadControls);
    }

    private static long size(@Nullable List<?> list) {
        return list == null ? 1 : list.size();
    }
}
