package dev.faultline.api.processes;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.TimeInspector;
import dev.faultline.machine.protocol.Turn;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which process ran on which processor, from when to when: the bars of a Gantt chart. The list is
 * bounded, as that of events. A client that asks for turns no longer in it is told so.
 */
@RestController
@RequestMapping(path = "/v1/machines/{machine}/turns", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Running")
class TurnController {

    private static final int MAX_TURNS = 10_000;

    /** Some turns. */
    record TurnList(List<TurnBody> turns, @Nullable String nextCursor) {}

    /** A turn of a process on a processor. */
    record TurnBody(
            long seq,
            int cpu,
            int pid,
            @Schema(description = "The processor's clock when it began, after the switch.")
                    long from,
            @Schema(description = "The clock when it ended.") long to,
            @Schema(
                            allowableValues = {"quantum", "disk", "exit", "until"},
                            description =
                                    "Why: it had its quantum (and goes on if nobody waits), needed the"
                                            + " disk, came to its end, or the run was over.")
                    String ended) {

        static TurnBody of(Turn turn) {
            return new TurnBody(
                    turn.seq(),
                    turn.cpu(),
                    turn.pid(),
                    turn.from(),
                    turn.to(),
                    turn.ended().name().toLowerCase(Locale.ROOT));
        }
    }

    @GetMapping
    @Operation(
            operationId = "listTurns",
            summary = "List turns of processes, oldest first",
            description =
                    "Lists the turns that processes have had on the processors, and "
                            + "why each ended.")
    ResponseEntity<TurnList> list(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long after,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(MAX_TURNS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Long from = cursor == null ? after : Long.valueOf(Lists.after(cursor, 0));
        return subject.show(m -> part(m.inspect().time(), from, limit));
    }

    /** The turns after a number; without one, from the oldest that is kept. */
    private static TurnList part(TimeInspector time, @Nullable Long after, int limit) {
        long last = time.lastTurn();
        long oldest = time.oldestTurn();
        if (after != null && after < oldest - 1) {
            throw new ApiException(
                            Reason.TURNS_LOST,
                            "turns up to " + (oldest - 1) + " have fallen off the list")
                    .with("oldest", oldest);
        }
        List<TurnBody> turns = new ArrayList<>();
        long seq = after == null ? oldest : Math.min(after, last) + 1;
        for (; seq <= last && turns.size() < limit; seq++) {
            turns.add(TurnBody.of(time.turn(seq)));
        }
        return new TurnList(turns, seq <= last ? Lists.cursor(turns.getLast().seq()) : null);
    }
}
