package dev.faultline.api.studies;

import dev.faultline.api.accesses.AccessBatch;
import dev.faultline.api.accesses.TraceBodies;
import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceException;
import dev.faultline.trace.TraceFormat;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Traces that are kept, each once, by what they hold. */
@RestController
@RequestMapping("/v1/traces")
@Tag(name = "Traces")
class StoredTraceController {

    /** A stored trace. */
    record StoredTraceBody(
            @Schema(description = "The SHA-256 of what it holds, whatever format it came in.")
                    String id,
            long accesses,
            long reads,
            long writes,
            long executes,
            @Schema(description = "Ticks of the clock, which are no accesses.") long ticks,
            String lowestAddress,
            String highestAddress,
            @Schema(description = "Bytes that it takes on the server.") long bytes) {

        static StoredTraceBody of(StoredTrace trace) {
            return new StoredTraceBody(
                    trace.id(),
                    trace.accesses(),
                    trace.count(Op.READ),
                    trace.count(Op.WRITE),
                    trace.count(Op.EXECUTE),
                    trace.count(Op.TICK),
                    Address.format(trace.lowest()),
                    Address.format(trace.highest()),
                    trace.bytes());
        }
    }

    /** Some stored traces. */
    record StoredTraceList(
            List<StoredTraceBody> traces,
            @Schema(
                            description =
                                    "Ids of this part of the list whose files are not what was"
                                            + " stored: to be deleted, or stored again.")
                    List<String> damaged,
            @Nullable String nextCursor) {}

    private final TraceStore store;

    StoredTraceController(TraceStore store) {
        this.store = store;
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "storeTrace",
            summary = "Store a memory trace of any length, to be run and measured again",
            description =
                    "Stores a memory trace of any length under the hash of what it "
                            + "holds. A trace that its owner has stored already is not stored "
                            + "twice. "
                            + "Sweeps, curves and programs can then name it.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "application/x-ndjson",
                                        schema =
                                                @Schema(
                                                        implementation =
                                                                AccessBatch.AccessShape.class)),
                                @Content(
                                        mediaType = "application/json",
                                        schema =
                                                @Schema(
                                                        implementation =
                                                                AccessBatch.ColumnsShape.class))
                            }))
    @ApiResponse(
            responseCode = "201",
            description = "The trace, stored now.",
            content = @Content(schema = @Schema(implementation = StoredTraceBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The trace, which its owner had stored already.",
            content = @Content(schema = @Schema(implementation = StoredTraceBody.class)))
    ResponseEntity<StoredTraceBody> store(
            Caller caller,
            @Parameter(description = "Bytes of a page, a power of two, for traces of page numbers.")
                    @RequestParam(defaultValue = "4096")
                    @Min(1)
                    @Max(MachineSpec.MAX_PAGE_SIZE)
                    long pageSize,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false)
                    @Nullable String contentType,
            @Parameter(hidden = true) InputStream body) {
        TraceFormat format = TraceBodies.format(contentType, false);
        MachineSpec spec = StoredTrace.readingSpec(format, pageSize(pageSize));
        try {
            TraceStore.Stored stored =
                    store.store(caller.owner(), TraceBodies.open(contentType, body, spec), spec);
            StoredTraceBody shown = StoredTraceBody.of(stored.trace());
            return stored.isNew()
                    ? ResponseEntity.created(URI.create("/v1/traces/" + shown.id())).body(shown)
                    : ResponseEntity.ok(shown);
        } catch (TraceException e) {
            throw TraceBodies.garbled(e);
        } catch (IOException e) {
            throw ApiException.bodyNotReadable(e);
        }
    }

    /** A page size that a machine can have. */
    static long pageSize(long bytes) {
        String wrong = wrongPageSize(bytes);
        if (wrong != null) {
            throw ApiException.badParameter("pageSize", wrong);
        }
        return bytes;
    }

    /** Why no machine has pages of this size, or null. */
    static @Nullable String wrongPageSize(long bytes) {
        return Long.bitCount(bytes) == 1 && bytes >= 1 && bytes <= MachineSpec.MAX_PAGE_SIZE
                ? null
                : "must be a power of two from 1 to "
                        + MachineSpec.MAX_PAGE_SIZE
                        + ", not "
                        + bytes;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listTraces",
            summary = "List the stored traces",
            description = "Lists the stored traces.")
    StoredTraceList list(
            Caller caller,
            @RequestParam(required = false)
                    @Pattern(regexp = Caller.NAMES, message = "must match " + Caller.NAMES)
                    @Nullable String owner,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        String after = Lists.after(cursor, "");
        List<TraceStore.Listed> found =
                caller.narrowedTo(owner)
                        .map(among -> store.list(among, after, limit + 1))
                        .orElse(List.of());
        List<StoredTraceBody> sound = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        for (TraceStore.Listed each : Lists.part(found, limit)) {
            if (each.trace() == null) {
                damaged.add(each.id());
            } else {
                sound.add(StoredTraceBody.of(each.trace()));
            }
        }
        return new StoredTraceList(sound, damaged, Lists.next(found, limit, TraceStore.Listed::id));
    }

    @GetMapping(path = "/{trace}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "showTrace",
            summary = "Show what a stored trace holds, in numbers",
            description =
                    "Shows how many accesses and pages a stored trace has. "
                            + "`storeTrace` stores one.")
    StoredTraceBody show(Caller caller, @PathVariable String trace) {
        return StoredTraceBody.of(store.show(caller, trace));
    }

    @DeleteMapping("/{trace}")
    @Operation(
            operationId = "deleteTrace",
            summary = "Delete a stored trace",
            description =
                    "Deletes a stored trace. A run that is using it keeps it until its "
                            + "end. `storeTrace` stores one.")
    @ApiResponse(responseCode = "204", description = "Deleted.", content = @Content)
    ResponseEntity<Void> delete(Caller caller, @PathVariable String trace) {
        store.delete(caller, trace);
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/{trace}/content")
    @Operation(
            operationId = "exportTrace",
            summary = "Write a stored trace in a format: the one that Accept names",
            description =
                    "Returns a stored trace in the format that Accept names. `storeTrace` "
                            + "stores one.")
    @ApiResponse(
            responseCode = "200",
            description = "The trace; application/octet-stream if any format will do.")
    void export(
            Caller caller,
            @PathVariable String trace,
            @Parameter(
                            description =
                                    "Bytes of a page, a power of two, for formats of page numbers.")
                    @RequestParam(defaultValue = "4096")
                    @Min(1)
                    @Max(MachineSpec.MAX_PAGE_SIZE)
                    long pageSize,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            HttpServletResponse response)
            throws IOException {
        StoredTrace stored = store.find(caller, trace);
        String type = wanted(accept);
        long page = pageSize(pageSize);
        stored.cursor().checkAll(); // what has begun to be answered cannot become a problem
        response.setContentType(type);
        TraceFormat format = Objects.requireNonNull(TraceFormat.ofMediaType(type));
        format.write(stored, type, page, response.getOutputStream());
    }

    /** The media type of the format that is most welcome; binary words if several are. */
    private static String wanted(@Nullable String accept) {
        if (accept == null || accept.isBlank()) {
            return TraceFormat.BINARY.mediaType();
        }
        List<MediaType> ranges = ranges(accept);
        String best = TraceFormat.BINARY.mediaType();
        double most = 0;
        for (TraceFormat format : TraceBodies.WRITTEN) {
            MediaType type = MediaType.parseMediaType(format.mediaType());
            MediaType range =
                    ranges.stream().filter(each -> each.includes(type)).findFirst().orElse(null);
            if (range != null && range.getQualityValue() > most) {
                most = range.getQualityValue();
                best = withParameters(format, range);
            }
        }
        if (most > 0) {
            return best;
        }
        throw new ApiException(
                Reason.NOT_ACCEPTABLE,
                "no format of '"
                        + JsonErrors.shortened(accept)
                        + "'; known: "
                        + TraceBodies.mediaTypes(TraceBodies.WRITTEN));
    }

    /** What {@code Accept} lists, the most specific first; nothing if it cannot be read. */
    private static List<MediaType> ranges(String accept) {
        try {
            return MediaType.parseMediaTypes(accept).stream()
                    .sorted(
                            Comparator.comparing(MediaType::isWildcardType)
                                    .thenComparing(MediaType::isWildcardSubtype))
                    .toList();
        } catch (InvalidMediaTypeException e) {
            return List.of();
        }
    }

    private static String withParameters(TraceFormat format, MediaType range) {
        try {
            return format.writtenType(range.toString());
        } catch (IllegalArgumentException e) {
            throw ApiException.badParameter(HttpHeaders.ACCEPT, String.valueOf(e.getMessage()));
        }
    }
}
