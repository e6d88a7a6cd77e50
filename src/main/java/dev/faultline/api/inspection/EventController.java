package dev.faultline.api.inspection;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Numbers;
import dev.faultline.api.web.PresentOnly;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Streams;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostingException;
import dev.faultline.machine.Machine;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine's events: a list, lines, or a stream that goes on. The log is bounded; a client that
 * asks for events that have fallen off its end is told so.
 */
@RestController
@RequestMapping("/v1/machines/{machine}/events")
@Tag(name = "Looking inside")
class EventController {

    private static final int MAX_EVENTS = 10_000;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /** Some events. */
    record EventList(List<EventBody> events, @Nullable String nextCursor) {}

    /** Some events, and whether there are more. */
    private record Part(List<EventBody> events, boolean more) {}

    private final JsonMapper mapper;
    private final Streams streams;
    private volatile boolean closing;

    EventController(JsonMapper mapper, Streams streams) {
        this.mapper = mapper;
        this.streams = streams;
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listEvents",
            summary = "List events, oldest first",
            description =
                    "Lists what happened, oldest first. As `text/event-stream` it "
                            + "goes on with new events as they happen; `Last-Event-ID` "
                            + "resumes it. The log is bounded: a place that has fallen off "
                            + "its end is 410.")
    ResponseEntity<EventList> list(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long after,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(MAX_EVENTS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Long from = cursor == null ? after : Long.valueOf(Lists.after(cursor, 0));
        return subject.show(
                m -> {
                    Part part = part(m, from, limit);
                    List<EventBody> events = part.events();
                    return new EventList(
                            events, part.more() ? Lists.cursor(events.getLast().seq()) : null);
                });
    }

    @GetMapping(produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            operationId = "listEventsAsLines",
            summary = "List events, oldest first, a line each")
    @ApiResponse(
            responseCode = "200",
            description = "Events, a JSON object a line.",
            content = @Content(schema = @Schema(implementation = EventBody.class)))
    ResponseEntity<byte[]> lines(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long after,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(MAX_EVENTS) int limit) {
        HostedMachine.Versioned<Part> read = subject.read(m -> part(m, after, limit));
        StringBuilder lines = new StringBuilder();
        read.value().events().forEach(event -> lines.append(json(event)).append('\n'));
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        return Versions.ok(read.with(bytes));
    }

    @PresentOnly
    @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "streamEvents",
            summary = "Stream events as they happen; Last-Event-ID resumes")
    @ApiResponse(
            responseCode = "200",
            description = "Server-sent events; each one's data is an event object.",
            content = @Content(schema = @Schema(implementation = EventBody.class)))
    void stream(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long after,
            @Parameter(schema = @Schema(type = "integer", format = "int64", minimum = "0"))
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        Long from = lastEventId == null ? after : Long.valueOf(seq(lastEventId));
        HostedMachine hosted = subject.machine();
        Part first = hosted.read(m -> part(m, from, MAX_EVENTS)).value();
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding("UTF-8");
            return; // nobody would ever see that this one hangs up
        }
        try (Streams.Place place = streams.open(subject.caller().owner())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding("UTF-8");
            follow(hosted, first, from == null ? 0 : from, response.getOutputStream());
        }
    }

    /** The number of the event that a client saw last. */
    private static long seq(String lastEventId) {
        long seq = Numbers.parse(lastEventId).orElse(-1);
        if (seq < 0) {
            throw ApiException.badParameter(
                    "Last-Event-ID", "must be the number of an event, an integer from 0 on");
        }
        return seq;
    }

    private void follow(HostedMachine hosted, Part first, long from, OutputStream out)
            throws IOException, InterruptedException {
        Part part = first;
        long last = from;
        while (!closing) {
            for (EventBody event : part.events()) {
                write(
                        out,
                        "id: "
                                + event.seq()
                                + "\nevent: "
                                + event.type()
                                + "\ndata: "
                                + json(event)
                                + "\n\n");
                last = event.seq();
            }
            if (part.events().isEmpty()) {
                write(out, ": nothing new\n\n");
            }
            out.flush();
            if (!part.more()) {
                hosted.awaitEvent(last, HEARTBEAT);
            }
            long seen = last;
            try {
                part = hosted.read(m -> part(m, seen, MAX_EVENTS)).value();
            } catch (ApiException lost) {
                write(out, "event: lost\ndata: {\"after\":" + seen + "}\n\n");
                return;
            } catch (HostingException deleted) {
                return;
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private String json(EventBody event) {
        return mapper.writeValueAsString(event);
    }

    /** The events after a number; without one, from the oldest that is kept. */
    private static Part part(Machine machine, @Nullable Long after, int limit) {
        long start = after == null ? machine.oldestEvent() : after + 1;
        if (start < machine.oldestEvent()) {
            throw new ApiException(
                            Reason.EVENTS_LOST,
                            "events up to "
                                    + (machine.oldestEvent() - 1)
                                    + " have fallen off the log")
                    .with("oldest", machine.oldestEvent());
        }
        List<EventBody> events = new ArrayList<>();
        long seq = start;
        for (; seq <= machine.lastEvent() && events.size() < limit; seq++) {
            events.add(EventBody.of(machine.event(seq), machine.spec()));
        }
        return new Part(events, seq <= machine.lastEvent());
    }
}
