package dev.faultline.api.operations;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Streams;
import dev.faultline.hosting.Operations;
import dev.faultline.owners.Caller;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Long work that goes on behind an answer. */
@RestController
@RequestMapping("/v1/operations")
@Tag(name = "Operations")
class OperationController {

    /** How often a stream tells of progress, in milliseconds. */
    private static final long TICK = 250;

    /** Some operations, the newest first, without their results. */
    record OperationList(List<OperationBody> operations, @Nullable String nextCursor) {}

    private final Operations operations;
    private final JsonMapper mapper;
    private final Streams streams;
    private volatile boolean closing;

    OperationController(Operations operations, JsonMapper mapper, Streams streams) {
        this.operations = operations;
        this.mapper = mapper;
        this.streams = streams;
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listOperations",
            summary = "List operations, the newest first",
            description =
                    "Lists the operations that the caller sees, the newest first. Ended "
                            + "ones are kept for a while.")
    OperationList list(
            Caller caller,
            @RequestParam(required = false)
                    @Pattern(regexp = Caller.NAMES, message = "must match " + Caller.NAMES)
                    @Nullable String owner,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        String before = Lists.after(cursor, "");
        List<dev.faultline.hosting.Operation> found =
                caller.narrowedTo(owner)
                        .map(among -> operations.list(among, before, limit + 1))
                        .orElse(List.of());
        return new OperationList(
                Lists.part(found, limit).stream()
                        .map(OperationBody::of)
                        .map(OperationBody::brief)
                        .toList(),
                Lists.next(found, limit, dev.faultline.hosting.Operation::id));
    }

    @GetMapping(path = "/{operation}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "showOperation",
            summary = "Show how far an operation is, and its result once it is done",
            description =
                    "Shows how far an operation is, and its result once it is done. "
                            + "As `text/event-stream` it reports progress until the end. "
                            + "Its id is in the answer that began "
                            + "it, such as that of `sweep` with `Prefer: respond-async`.")
    OperationBody show(Caller caller, @PathVariable String operation) {
        return OperationBody.of(operations.find(caller, operation));
    }

    @GetMapping(path = "/{operation}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "streamOperation",
            summary = "Stream an operation's progress until it has ended")
    @ApiResponse(
            responseCode = "200",
            description = "Server-sent events; each one's data is the operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    void stream(
            Caller caller,
            @PathVariable String operation,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        dev.faultline.hosting.Operation found = operations.find(caller, operation);
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding("UTF-8");
            return;
        }
        try (Streams.Place place = streams.open(caller.owner())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding("UTF-8");
            OutputStream out = response.getOutputStream();
            OperationBody shown = OperationBody.of(found);
            while (shown.state().equals("running") && !closing) {
                tell(out, "progress", shown);
                found.await(TICK);
                shown = OperationBody.of(found);
            }
            tell(out, shown.state(), shown);
        }
    }

    private void tell(OutputStream out, String event, OperationBody shown) throws IOException {
        String text = "event: " + event + "\ndata: " + mapper.writeValueAsString(shown) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @PostMapping(
            path = "/{operation}/cancel",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "cancelOperation",
            summary = "Ask an operation to end; what has ended stays as it is",
            description =
                    "Asks an operation to end. It stops between two blocks of "
                            + "accesses. One that has ended stays as it is. "
                            + "Its id is in the answer that began "
                            + "it, such as that of `sweep` with `Prefer: respond-async`.")
    OperationBody cancel(
            Caller caller,
            @PathVariable String operation,
            @RequestBody(required = false) @Nullable NoFields body) {
        dev.faultline.hosting.Operation found = operations.find(caller, operation);
        found.cancel();
        return OperationBody.of(found).brief();
    }
}
