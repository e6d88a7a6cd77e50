package dev.faultline.api.memory;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.List;

/** The memory areas of a process, and the system calls that change them. */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/processes/{pid}",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Areas")
class AreaController {

    /** Areas of a process, in the order of their addresses. */
    record AreaList(List<AreaBody> areas, @Nullable String nextCursor) {}

    /** What pages are to allow from now on. */
    record ProtectRequest(
            @Schema(description = "Bytes; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length,
            @Schema(description = "rwx, with - for what is not allowed.", example = "r--")
                    @NotNull(message = "is required")
                    @Pattern(
                            regexp = AreaRequest.PROTECTION,
                            message = "must be rwx, with - for what is not allowed")
                    String protection) {}

    /** Some pages. */
    record RangeRequest(
            @NotNull(message = "is required") Address start,
            @Schema(description = "Bytes.")
                    @NotNull(message = "is required")
                    @Min(value = 1, message = "must be at least 1")
                    Long length) {}

    /** What several ranges of pages are to allow from now on. */
    record ProtectManyRequest(
            @NotNull(message = "is required")
                    @Size(min = 1, max = 1000, message = "must have 1 to 1000 ranges")
                    List<@Valid @NotNull(message = "must not be null") RangeRequest> ranges,
            @Schema(description = "rwx, with - for what is not allowed.", example = "---")
                    @NotNull(message = "is required")
                    @Pattern(
                            regexp = AreaRequest.PROTECTION,
                            message = "must be rwx, with - for what is not allowed")
                    String protection) {}

    /** What length a mapped range is to have. */
    record RemapRequest(
            @Schema(description = "Bytes as they are; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length,
            @Schema(description = "Bytes as they are to be.")
                    @NotNull(message = "is required")
                    @Min(value = 1, message = "must be at least 1")
                    Long newLength,
            @Schema(description = "Whether it may move where there is room; true if left out.")
                    @Nullable Boolean mayMove) {}

    /** How far the heap's end is to move. */
    record BrkRequest(
            @Schema(description = "Bytes, negative to shrink; 0 asks where the heap is.")
                    @NotNull(message = "is required")
                    Long increment) {}

    @GetMapping("/areas")
    @Operation(
            operationId = "listAreas",
            summary = "List a process's memory areas",
            description = "Lists the process's memory areas in order of address.")
    ResponseEntity<AreaList> list(
            Subject subject,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int number = subject.pid();
        long after = Lists.after(cursor, -1);
        return subject.show(m -> areas(m, number, after, limit));
    }

    private static AreaList areas(Machine machine, int pid, long after, int limit) {
        Pids.view(machine, pid);
        List<MemoryArea> found = machine.inspect().areas(pid, after, limit + 1);
        return new AreaList(
                Lists.part(found, limit).stream()
                        .map(each -> AreaBody.of(each, machine.spec()))
                        .toList(),
                Lists.next(found, limit, MemoryArea::start));
    }

    @GetMapping("/areas/{start}")
    @Operation(
            operationId = "getArea",
            summary = "Show the area that holds an address",
            description = "Shows the area that holds the address.")
    ResponseEntity<AreaBody> get(Subject subject, @PathVariable String start) {
        int number = subject.pid();
        long address = Areas.address(start, subject.spec());
        return subject.show(
                m -> {
                    Pids.view(m, number);
                    return AreaBody.of(Areas.find(m, number, address), m.spec());
                });
    }

    @PostMapping(path = "/areas", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "mapArea",
            summary = "Map an area",
            description =
                    "Maps a new area, as mmap does: anonymous, of a file, or of "
                            + "shared memory. Without `start` the kernel chooses the place. "
                            + "Nothing is loaded until it is accessed.")
    @ApiResponse(
            responseCode = "201",
            description = "The area, as it was asked for.",
            content = @Content(schema = @Schema(implementation = AreaBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing changed.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> map(Mutation mutation, @RequestBody @Valid AreaRequest body) {
        MachineSpec spec = mutation.spec();
        int number = mutation.pid();
        Address start = body.start();
        if (start == null) {
            AreaRequest.checkInside("/length", 0, body.length(), spec);
        } else {
            body.checkStart("/start", start.value(), spec);
            AreaRequest.checkInside("/length", start.value(), body.length(), spec);
        }
        MemoryArea asked = body.area("", start == null ? 0 : start.value(), spec);
        Command command =
                new Command.Map(
                        number,
                        start == null ? null : start.value(),
                        body.length(),
                        asked.protection(),
                        asked.backing(),
                        start != null && Boolean.TRUE.equals(body.replace()));
        String path = mutation.path("/processes/" + number + "/areas/");
        return mutation.change(
                change ->
                        Reply.to(change, command)
                                .created(
                                        Outcome.Mapped.class,
                                        made -> path + Address.format(made.address()),
                                        (m, made) ->
                                                AreaBody.of(
                                                        body.area("", made.address(), spec),
                                                        spec)));
    }

    @PatchMapping(path = "/areas/{start}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "protectArea",
            summary = "Change what an area, or a part, allows",
            description =
                    "Changes what an area, or a part of one, allows, as mprotect "
                            + "does. Areas are split and merged as needed.")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address now, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> protect(
            Mutation mutation,
            @PathVariable String start,
            @RequestBody @Valid ProtectRequest body) {
        int protection = Protection.parse(body.protection());
        return Areas.change(
                mutation,
                start,
                body.length(),
                (pid, address, length) -> new Command.Protect(pid, address, length, protection));
    }

    @PostMapping(path = "/areas/{start}/remap", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "remapArea",
            summary = "Give an area, or a part, another length, elsewhere if need be (mremap)",
            description =
                    "Gives an area another length, as mremap does. If there is no "
                            + "room behind it, it may be moved.")
    @ApiResponse(
            responseCode = "200",
            description = "The area where it is now, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> remap(
            Mutation mutation, @PathVariable String start, @RequestBody @Valid RemapRequest body) {
        int number = mutation.pid();
        long address = Areas.address(start, mutation.spec());
        AreaRequest.checkInside("/newLength", 0, body.newLength(), mutation.spec());
        boolean mayMove = !Boolean.FALSE.equals(body.mayMove());
        return mutation.change(
                change -> {
                    long length = Areas.length(change, number, address, body.length(), "/length");
                    return Reply.to(
                                    change,
                                    new Command.Remap(
                                            number, address, length, body.newLength(), mayMove))
                            .ok(
                                    Outcome.Mapped.class,
                                    (m, moved) ->
                                            AreaBody.of(
                                                    Areas.find(m, number, moved.address()),
                                                    m.spec()));
                });
    }

    @DeleteMapping("/areas/{start}")
    @Operation(
            operationId = "unmapArea",
            summary = "Unmap an area, a part, or several",
            description =
                    "Takes an area, a part of one, or several out of the address "
                            + "space, as munmap does.")
    @ApiResponse(responseCode = "204", description = "Unmapped.", content = @Content)
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing changed.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> unmap(
            Mutation mutation,
            @PathVariable String start,
            @RequestParam(required = false) @Min(1) @Nullable Long length) {
        int number = mutation.pid();
        long address = Areas.address(start, mutation.spec());
        return mutation.change(
                change -> {
                    long bytes = Areas.length(change, number, address, length, "length");
                    return Reply.to(change, new Command.Unmap(number, address, bytes)).noContent();
                });
    }

    @PostMapping(path = "/protect", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "protectMany",
            summary = "Change what several ranges of pages allow, all or none",
            description =
                    "Changes what several ranges allow. If one of them cannot be "
                            + "changed, none is.")
    @ApiResponse(
            responseCode = "200",
            description = "The areas as they are now, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaList.class, RefusalBody.class})))
    ResponseEntity<?> protectMany(Mutation mutation, @RequestBody @Valid ProtectManyRequest body) {
        int number = mutation.pid();
        List<Command.Range> ranges = new ArrayList<>();
        for (int i = 0; i < body.ranges().size(); i++) {
            RangeRequest range = body.ranges().get(i);
            String pointer = "/ranges/" + i;
            long start = range.start().value();
            AreaRequest.checkAligned(pointer + "/start", start, mutation.spec());
            AreaRequest.checkInside(pointer + "/length", start, range.length(), mutation.spec());
            ranges.add(new Command.Range(start, range.length()));
        }
        return mutation.apply(
                new Command.ProtectMany(number, ranges, Protection.parse(body.protection())),
                m -> areas(m, number, -1, Lists.MAX_ROWS));
    }

    @PostMapping(path = "/brk", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "moveBreak",
            summary = "Grow or shrink the heap",
            description =
                    "Moves the end of the heap by `increment` bytes, as sbrk does. "
                            + "The heap begins above the highest area that the process was "
                            + "made with.")
    @ApiResponse(
            responseCode = "200",
            description = "The heap, or why it is as it was.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> brk(Mutation mutation, @RequestBody @Valid BrkRequest body) {
        int number = mutation.pid();
        return mutation.apply(
                new Command.Brk(number, body.increment()),
                m -> AreaBody.of(m.inspect().heap(number), m.spec()));
    }
}
