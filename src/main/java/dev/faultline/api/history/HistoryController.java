package dev.faultline.api.history;

import dev.faultline.api.machines.MachineBody;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.PresentOnly;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.history.History;
import dev.faultline.history.HistoryRecord;
import dev.faultline.history.RecordReader;
import dev.faultline.hosting.HostedMachine;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.List;

/** The records of a machine, and the way back to an earlier version. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "History")
class HistoryController {

    private static final int MAX_RECORDS = 1000;

    /** Commands after which a part of the list ends. */
    private static final int MOST_COMMANDS = 10 * CommandList.MOST;

    /** Some records. */
    record HistoryBody(long oldestVersion, List<RecordBody> records, @Nullable String nextCursor) {}

    /** What rewind takes. */
    record RewindRequest(@NotNull @Min(1) Long to) {}

    @PresentOnly
    @GetMapping("/history")
    @Operation(
            operationId = "listHistory",
            summary = "List what made each version, oldest first",
            description =
                    "Lists a record for each version of the machine: what was asked, the commands"
                            + " that the machine obeyed, its events and its ticks. The history is"
                            + " bounded: it is complete from `oldestVersion` on, which was there"
                            + " before the first record. A record shows its first 1000 commands,"
                            + " and a part of the list ends early where its records show many.")
    ResponseEntity<HistoryBody> list(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MAX_RECORDS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        HostedMachine machine = subject.machine();
        return Versions.ok(
                machine.read(
                        any -> {
                            Long asked = cursor == null ? after : (Long) Lists.after(cursor, 0);
                            History.Kept kept = machine.history().kept(asked == null ? 0 : asked);
                            if (asked != null && Math.max(asked, 1) < kept.oldest()) {
                                throw lost(Math.max(asked, 1), kept.oldest());
                            }
                            return body(kept, limit);
                        }));
    }

    private static ApiException lost(long version, long oldest) {
        return new ApiException(
                        Reason.VERSION_LOST,
                        "what came after version %d is not kept any more; the oldest version is %d"
                                .formatted(version, oldest))
                .with("oldestVersion", oldest);
    }

    private static HistoryBody body(History.Kept kept, int limit) {
        RecordReader reader = kept.records();
        List<RecordBody> records = new ArrayList<>();
        int shown = 0;
        while (reader.hasNext() && records.size() < limit && shown < MOST_COMMANDS) {
            CommandList commands = new CommandList();
            HistoryRecord made = reader.next(commands::add);
            records.add(RecordBody.of(made, commands));
            shown += commands.shown().size();
        }
        String next = reader.hasNext() ? Lists.cursor(records.getLast().version()) : null;
        return new HistoryBody(kept.oldest(), records, next);
    }

    @PostMapping(path = "/rewind", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "rewindMachine",
            summary = "Put a machine back to an earlier version",
            description =
                    "Puts the machine into the state of an earlier version. That is a change like"
                            + " any other: it makes a new version, and the history keeps what was"
                            + " undone, so that rewinding to it again brings it back. Rewinding to"
                            + " the state that the machine is in changes nothing. Event numbers go"
                            + " on.")
    ResponseEntity<MachineBody> rewind(Mutation mutation, @RequestBody @Valid RewindRequest body) {
        return mutation.change(
                change -> {
                    change.rewind(body.to());
                    return Versions.changed(HttpStatus.OK, change)
                            .body(MachineBody.of(mutation.machine(), change));
                });
    }
}
