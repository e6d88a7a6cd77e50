package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** The system calls about the pages of areas: madvise, msync, mlock, mincore and "dirty". */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/processes/{pid}/areas/{start}",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Areas")
class PageController {

    /** How pages will be used. */
    record AdviceRequest(
            @Schema(
                            allowableValues = {
                                "dontneed",
                                "free",
                                "willneed",
                                "sequential",
                                "random",
                                "normal",
                                "hugepage",
                                "nohugepage"
                            },
                            description =
                                    "dontneed gives the pages up now; free lets them be dropped"
                                            + " instead of written out; willneed brings them in;"
                                            + " sequential reads ahead; hugepage lets pages that"
                                            + " come be huge.")
                    @NotNull(message = "is required")
                    String advice,
            @Schema(description = "Bytes; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length) {}

    /** How much of the area is meant. */
    record PartRequest(
            @Schema(description = "Bytes; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length) {}

    /** Pages that were written to. */
    record DirtyBody(List<Long> pages) {}

    /** Which pages are in memory, from the one at the address on. */
    record ResidencyBody(String address, List<Boolean> resident) {}

    @PostMapping(path = "/advise", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "adviseArea",
            summary = "Say how an area, or a part, will be used (madvise)",
            description =
                    "Tells the kernel how an area will be used, as madvise does: "
                            + "read ahead, give the pages back, use huge pages.")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> advise(
            Mutation mutation, @PathVariable String start, @RequestBody @Valid AdviceRequest body) {
        Command.Advice advice =
                MachineRequest.word("/advice", body.advice(), Command.Advice.values());
        return Areas.change(
                mutation,
                start,
                body.length(),
                (pid, address, length) -> new Command.Advise(pid, address, length, advice));
    }

    @PostMapping(path = "/sync", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "syncArea",
            summary = "Write the dirty pages of a shared file mapping back (msync)",
            description =
                    "Writes the dirty pages of a shared file mapping back to the "
                            + "file, as msync does.")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> sync(
            Mutation mutation,
            @PathVariable String start,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        return Areas.change(mutation, start, length(body), Command.Sync::new);
    }

    @PostMapping(path = "/lock", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "lockArea",
            summary = "Bring an area, or a part, in and keep it in memory (mlock)",
            description =
                    "Brings the pages of an area into memory and keeps them there, "
                            + "as mlock does.")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> lock(
            Mutation mutation,
            @PathVariable String start,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        return lock(mutation, start, body, true);
    }

    @PostMapping(path = "/unlock", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "unlockArea",
            summary = "Let an area, or a part, leave memory again (munlock)",
            description = "Lets the pages of a locked area be evicted again, as munlock " + "does.")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> unlock(
            Mutation mutation,
            @PathVariable String start,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        return lock(mutation, start, body, false);
    }

    private static ResponseEntity<?> lock(
            Mutation mutation, String start, @Nullable PartRequest body, boolean locked) {
        return Areas.change(
                mutation,
                start,
                length(body),
                (pid, address, length) -> new Command.Lock(pid, address, length, locked));
    }

    @PostMapping(path = "/dirty", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "takeDirtyPages",
            summary = "List the pages written to since this was last asked",
            description =
                    "Lists the pages of an area that were written to since this was "
                            + "last asked, and starts counting anew.")
    @ApiResponse(
            responseCode = "200",
            description = "The pages, or why there are none to tell of.",
            content = @Content(schema = @Schema(anyOf = {DirtyBody.class, RefusalBody.class})))
    ResponseEntity<?> dirty(
            Mutation mutation,
            @PathVariable String start,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        int number = mutation.pid();
        long address = Areas.address(start, mutation.spec());
        return mutation.change(
                change -> {
                    long length = Areas.length(change, number, address, length(body), "/length");
                    return Reply.to(change, new Command.Dirty(number, address, length))
                            .ok(Outcome.Pages.class, (m, dirty) -> new DirtyBody(dirty.pages()));
                });
    }

    @GetMapping("/mincore")
    @Operation(
            operationId = "showResidency",
            summary = "Show which pages of an area, or a part, are in memory (mincore)",
            description = "Shows which pages of an area are in memory, as mincore does.")
    ResponseEntity<ResidencyBody> residency(
            Subject subject,
            @PathVariable String start,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit) {
        int number = subject.pid();
        long address = Areas.address(start, subject.spec());
        return subject.show(
                m -> {
                    Pids.view(m, number);
                    List<Boolean> resident = m.inspect().residency(number, address, limit);
                    if (resident.isEmpty()) {
                        Areas.find(m, number, address);
                    }
                    return new ResidencyBody(Address.format(address), resident);
                });
    }

    private static @Nullable Long length(@Nullable PartRequest body) {
        return body == null ? null : body.length();
    }
}
