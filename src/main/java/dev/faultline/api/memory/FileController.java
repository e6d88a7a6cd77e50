package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.FileView;
import dev.faultline.machine.protocol.Protection;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The files on a machine's disk. */
@RestController
@RequestMapping("/v1/machines/{machine}/files")
@Tag(name = "Files")
class FileController {

    /** A file without its bytes. */
    record FileBody(
            String name,
            @Schema(description = "Bytes.") long size,
            @Schema(description = "What mappings of it may allow at most.") String protection,
            @Schema(description = "Its pages in the page cache.") int cachedPages) {

        static FileBody of(FileView view) {
            return new FileBody(
                    view.name(),
                    view.size(),
                    Protection.format(view.protection()),
                    view.cachedPages());
        }
    }

    /** Some files. */
    record FileList(List<FileBody> files, @Nullable String nextCursor) {}

    @PutMapping(
            path = "/{name}",
            consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "putFile",
            summary = "Make a file, or give it other bytes",
            description =
                    "Makes a file with the bytes of the body, or replaces the bytes "
                            + "of one. Processes can map it.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            description = "The bytes, as they are, of any type.",
                            content =
                                    @Content(
                                            mediaType = "application/octet-stream",
                                            schema = @Schema(type = "string", format = "binary"))))
    @ApiResponse(
            responseCode = "201",
            description = "The new file.",
            content = @Content(schema = @Schema(implementation = FileBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The file that was there, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {FileBody.class, RefusalBody.class})))
    ResponseEntity<?> put(
            Mutation mutation,
            @PathVariable @Pattern(regexp = AreaRequest.NAME) String name,
            @Parameter(description = "What mappings of it may allow at most; rwx if left out.")
                    @RequestParam(defaultValue = "rwx")
                    @Pattern(regexp = AreaRequest.PROTECTION)
                    String protection,
            @Parameter(hidden = true) InputStream body) {
        byte[] bytes;
        try {
            bytes = body.readAllBytes();
        } catch (IOException e) {
            throw ApiException.bodyNotReadable(e);
        }
        Command command = Command.PutFile.of(name, bytes, Protection.parse(protection));
        return mutation.change(
                change -> {
                    boolean known = change.read(m -> m.inspect().file(name)).isPresent();
                    Reply reply = Reply.to(change, command);
                    return known
                            ? reply.ok(m -> made(m, name))
                            : reply.created(mutation.path("/files/" + name), m -> made(m, name));
                });
    }

    private static FileBody made(Machine machine, String name) {
        return FileBody.of(machine.inspect().file(name).orElseThrow());
    }

    @GetMapping(path = "/{name}", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    @Operation(
            operationId = "getFile",
            summary = "Read a file's bytes as they are on the disk",
            description =
                    "Returns a file's bytes as they are on the disk. Pages that are "
                            + "dirty in memory are not written yet. `putFile` makes a file.")
    @ApiResponse(
            responseCode = "200",
            description = "The bytes.",
            content = @Content(schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<byte[]> get(
            Subject subject,
            @Parameter(schema = @Schema(type = "string", pattern = AreaRequest.NAME)) @PathVariable
                    String name) {
        return subject.show(m -> m.inspect().fileBytes(name).orElseThrow(() -> noSuchFile(name)));
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listFiles",
            summary = "List the files of a machine",
            description = "Lists the files on the machine's disk.")
    ResponseEntity<FileList> list(
            Subject subject,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return subject.show(
                m -> {
                    List<FileBody> files =
                            m.inspect().files(Lists.after(cursor, ""), limit + 1).stream()
                                    .map(FileBody::of)
                                    .toList();
                    return new FileList(
                            Lists.part(files, limit), Lists.next(files, limit, FileBody::name));
                });
    }

    private static ApiException noSuchFile(String name) {
        return new ApiException(Reason.NO_SUCH_FILE, "the machine has no file '" + name + "'");
    }
}
