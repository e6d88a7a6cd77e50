package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.HoleView;
import dev.faultline.machine.protocol.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** The holes between what is in memory, and how they are closed. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Looking inside")
class HoleController {

    /** Free memory between used. */
    record HoleBody(int frame, int frames, String physicalAddress, long bytes) {}

    /** The holes of a machine. */
    record HoleList(
            @Schema(description = "From the lowest frame up.") List<HoleBody> holes,
            long freeBytes,
            long largestHoleBytes,
            @Schema(
                            description =
                                    "The share of the free memory that is not in the largest hole;"
                                            + " 0 if nothing is free.")
                    double externalFragmentation,
            @Nullable String nextCursor) {}

    /** How much was moved. */
    record MovedBody(int movedFrames, long version) {}

    @GetMapping("/holes")
    @Operation(
            operationId = "listHoles",
            summary = "List the holes between used frames, and external fragmentation",
            description =
                    "Lists the holes between used frames. The memory outside the "
                            + "largest hole is external fragmentation.")
    ResponseEntity<HoleList> list(
            Subject subject,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long after = Lists.after(cursor, -1);
        return subject.show(m -> holes(m, after, limit));
    }

    private static HoleList holes(Machine machine, long after, int limit) {
        long pageSize = machine.spec().pageSize();
        List<HoleView> all = machine.inspect().frames().holes();
        List<HoleView> behind = all.stream().filter(hole -> hole.first() > after).toList();
        long free = all.stream().mapToLong(HoleView::frames).sum() * pageSize;
        long largest = all.stream().mapToLong(HoleView::frames).max().orElse(0) * pageSize;
        return new HoleList(
                Lists.part(behind, limit).stream().map(hole -> body(hole, pageSize)).toList(),
                free,
                largest,
                free == 0 ? 0 : 1 - (double) largest / free,
                Lists.next(behind, limit, HoleView::first));
    }

    private static HoleBody body(HoleView hole, long pageSize) {
        return new HoleBody(
                hole.first(),
                hole.frames(),
                Address.format(hole.first() * pageSize),
                hole.frames() * pageSize);
    }

    @PostMapping(path = "/compact", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "compact",
            summary = "Move what is in memory together, with relocation and segmentation",
            description =
                    "Moves what is in memory together, so that one hole is left. "
                            + "Only machines with relocation or segmentation can. The example is "
                            + "for the machine `holes`, which is an example of `createMachine`.")
    @ApiResponse(
            responseCode = "200",
            description = "How much was moved, or that the simulated kernel refused.",
            content = @Content(schema = @Schema(oneOf = {MovedBody.class, RefusalBody.class})))
    ResponseEntity<?> compact(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return mutation.change(
                change ->
                        Reply.to(change, new Command.Compact())
                                .ok(
                                        Outcome.Moved.class,
                                        (m, moved) ->
                                                new MovedBody(moved.frames(), change.version())));
    }
}
