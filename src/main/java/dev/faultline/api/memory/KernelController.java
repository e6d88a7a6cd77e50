package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.PageView;
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

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** The kernel's own mappings of frames. */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/kernel/mappings",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Kernel")
class KernelController {

    /** The frame that the kernel maps. */
    record KernelMappingRequest(
            @Schema(description = "A frame of the machine, by its number.")
                    @NotNull(message = "is required")
                    @Min(value = 0, message = "must be at least 0")
                    Integer frame,
            @Schema(description = "rw- if left out.", example = "r--")
                    @Pattern(
                            regexp = AreaRequest.PROTECTION,
                            message = "must be rwx, with - for what is not allowed")
                    @Nullable String protection) {}

    /** A mapping; {@code dirty} and {@code referenced} are what its own entry says. */
    record KernelMappingBody(
            @Schema(description = "The kernel's address of the frame: its number, as a page's.")
                    String address,
            int frame,
            boolean writable,
            boolean dirty,
            boolean referenced) {

        static KernelMappingBody of(PageView page, MachineSpec spec) {
            return new KernelMappingBody(
                    Address.format(page.page() * spec.pageSize()),
                    (int) page.page(),
                    page.writable(),
                    page.dirty(),
                    page.referenced());
        }
    }

    /** Some mappings, and the counters of what the kernel caused by its own accesses. */
    record KernelMappingList(
            List<KernelMappingBody> mappings, Counters counters, @Nullable String nextCursor) {}

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "mapFrame",
            summary = "Let the kernel map a frame for itself, beside the processes that do",
            description =
                    "Maps a frame into the kernel's own address space. The "
                            + "processes that map it are not affected, but a copy-on-write "
                            + "page is not theirs alone any more. A free frame cannot be "
                            + "mapped; `issueAccesses` fills one.")
    @ApiResponse(
            responseCode = "201",
            description = "The mapping.",
            content = @Content(schema = @Schema(implementation = KernelMappingBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing changed.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> map(Mutation mutation, @RequestBody @Valid KernelMappingRequest body) {
        int frame = body.frame();
        if (frame >= mutation.spec().frames()) {
            throw ApiException.badField(
                    "/frame",
                    "must be below " + mutation.spec().frames() + ", the number of frames");
        }
        String protection = body.protection() == null ? "rw-" : body.protection();
        long address = frame * mutation.spec().pageSize();
        String path = mutation.path("/kernel/mappings/" + Address.format(address));
        return mutation.change(
                change ->
                        Reply.to(change, new Command.MapFrame(frame, Protection.parse(protection)))
                                .created(path, m -> list(m, frame, 1).getFirst()));
    }

    @GetMapping
    @Operation(
            operationId = "listKernelMappings",
            summary = "List the kernel's own mappings of frames",
            description =
                    "Lists the frames that the kernel has mapped for itself, with "
                            + "the counters of its own accesses.")
    ResponseEntity<KernelMappingList> list(
            Subject subject,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return subject.show(
                m -> {
                    long from = Lists.after(cursor, -1) + 1;
                    List<KernelMappingBody> found = list(m, from, limit + 1);
                    return new KernelMappingList(
                            Lists.part(found, limit),
                            m.inspect().kernelCounters(),
                            Lists.next(found, limit, KernelMappingBody::frame));
                });
    }

    @DeleteMapping("/{start}")
    @Operation(
            operationId = "unmapFrame",
            summary = "Take a mapping of the kernel's away",
            description = "Removes one of the kernel's own mappings, made by `mapFrame`.")
    @ApiResponse(responseCode = "204", description = "Taken away.", content = @Content)
    @ApiResponse(
            responseCode = "200",
            description = "The kernel maps nothing there; nothing changed.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> unmap(Mutation mutation, @PathVariable String start) {
        long page = Areas.address(start, mutation.spec()) / mutation.spec().pageSize();
        int frame = (int) Math.min(page, Integer.MAX_VALUE);
        return mutation.change(
                change -> Reply.to(change, new Command.UnmapFrame(frame)).noContent());
    }

    private static List<KernelMappingBody> list(Machine machine, long from, int most) {
        return machine.inspect().kernelPages(from, most).stream()
                .map(page -> KernelMappingBody.of(page, machine.spec()))
                .toList();
    }
}
