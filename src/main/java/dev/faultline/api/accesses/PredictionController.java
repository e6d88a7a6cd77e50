package dev.faultline.api.accesses;

import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Job;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.List;

/** Judges what a client expects accesses to come to. They are made on a copy of the machine. */
@RestController
@Tag(name = "Accesses")
class PredictionController {

    private static final int MOST = 10_000;

    /** Accesses, what the client expects of each, and of all together. */
    record PredictionRequest(
            @ArraySchema(schema = @Schema(implementation = PredictedRequest.class))
                    @NotNull(message = "is required")
                    @Size(min = 1, max = MOST, message = "must have 1 to 10000 accesses")
                    List<@NotNull(message = "must not be null") JsonNode> accesses,
            @Schema(description = "Faults of all accesses; one may meet several.")
                    @Min(value = 0, message = "must be at least 0")
                    @Nullable Long faults,
            @Schema(description = "Accesses that met no fault.")
                    @Min(value = 0, message = "must be at least 0")
                    @Nullable Long hits,
            @Schema(description = "Pages that left memory, as counted by evictions.")
                    @Min(value = 0, message = "must be at least 0")
                    @Nullable Long evictions) {}

    /** An access, as the OpenAPI document shows it. */
    record PredictedRequest(
            @Schema(allowableValues = {"read", "write", "execute", "tick"})
                    @NotNull(message = "is required")
                    String op,
            @Schema(description = "Required, unless it is a tick.") @Nullable Address address,
            @Schema(description = "1, 2, 4 or 8 bytes; 1 if left out.") @Nullable Integer size,
            @Schema(minimum = "0", description = "What a write stores, little-endian.")
                    @Nullable BigInteger value,
            @Schema(minimum = "0", description = "The processor that makes it.")
                    @Nullable Integer cpu,
            @Nullable ExpectedRequest expected) {}

    /** What is expected, as the OpenAPI document shows it; what is left out is not judged. */
    record ExpectedRequest(
            @Schema(description = "Whether there is a fault of any kind.") @Nullable Boolean fault,
            @Schema(description = "Whether a page has to leave memory for it.")
                    @Nullable Boolean evicts,
            @Schema(description = "A page that leaves memory for it; null if nothing leaves.")
                    @Nullable VictimRequest victim,
            @Schema(
                            description =
                                    "The frame that the access ends in; null if a signal ended it.",
                            minimum = "0")
                    @Nullable Integer frame,
            @Schema(description = "How the last fault was resolved; null if there was none.")
                    @Nullable String resolution,
            @Schema(description = "Whether the last fault was major.") @Nullable Boolean major,
            @Schema(description = "Whether the page that left was dirty.") @Nullable Boolean dirty,
            @Schema(description = "Whether the page that left was written back.")
                    @Nullable Boolean writtenBack,
            @Schema(allowableValues = {"hit", "miss"}) @Nullable String tlb,
            @Schema(minimum = "0", description = "The bytes read or stored; null if none were.")
                    @Nullable BigInteger value) {}

    /** A page of a process, as the OpenAPI document shows it. */
    record VictimRequest(
            @Schema(minimum = "0", description = "The process itself if left out.")
                    @Nullable Integer pid,
            @Schema(minimum = "0") @NotNull(message = "is required") Long page) {}

    /** How far a client was right. */
    record PredictionBody(
            @Schema(description = "Fields that were expected.") int judged,
            @Schema(description = "Those of them that came to what was expected.") int agreed,
            @Schema(description = "The first that did not; null if all did.")
                    @Nullable DifferenceBody difference) {}

    /** How far a client was right, without what is right. */
    record BriefPredictionBody(
            int judged,
            int agreed,
            @Schema(description = "The access of the first difference; null if there is none.")
                    @Nullable Integer at) {}

    /** A field that came to something else. */
    record DifferenceBody(
            @Schema(
                            description =
                                    "The access's place, counted from 0; of a total, one past the"
                                            + " last.")
                    int at,
            @Schema(
                            allowableValues = {
                                "fault",
                                "evicts",
                                "victim",
                                "frame",
                                "resolution",
                                "major",
                                "dirty",
                                "writtenBack",
                                "tlb",
                                "value",
                                "stopped",
                                "faults",
                                "hits",
                                "evictions"
                            })
                    String field,
            String expected,
            String actual,
            String explanation,
            @Schema(description = "What the access came to; null if it was not made any more.")
                    @Nullable AccessBody access) {}

    private static final long BYTES_OF_RESULT = 16 << 10;

    private final JobAnswers answers;

    PredictionController(JobAnswers answers) {
        this.answers = answers;
    }

    @PostMapping(
            path = "/v1/machines/{machine}/processes/{pid}/predictions",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "judgePrediction",
            summary = "Compare what is expected of accesses with what they would come to",
            description =
                    "Compares what you expect of a list of accesses with what they "
                            + "would do. The accesses are tried on a copy, so that the "
                            + "machine stays as it is. The first difference is explained; "
                            + "`reveal=false` says only where it is.")
    @ApiResponse(
            responseCode = "200",
            description = "How far the client was right.",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            oneOf = {
                                                PredictionBody.class,
                                                BriefPredictionBody.class
                                            })))
    @ApiResponse(
            responseCode = "202",
            description =
                    "What takes long, on a machine of many frames, or with Prefer: respond-async,"
                            + " goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> judge(
            Subject subject,
            @Parameter(description = "Whether something must be expected of every access.")
                    @RequestParam(defaultValue = "false")
                    boolean strict,
            @Parameter(description = "Whether the answer tells what is right.")
                    @RequestParam(defaultValue = "true")
                    boolean reveal,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody @Valid PredictionRequest body) {
        int number = subject.pid();
        List<Expected> expected = Expected.of(body.accesses(), number, strict);
        AccessBatch batch = AccessBatch.of(body.accesses(), Expected.PROPERTY, subject.spec());
        Command.Access command = new Command.Access(number, batch.block(), true);
        HostedMachine.Versioned<HostedMachine.Copy> copy = subject.machine().copy(subject.at());
        int count = body.accesses().size();
        double effort = count * subject.spec().effort();
        Job job =
                new Job(
                        "prediction",
                        count,
                        effort,
                        BYTES_OF_RESULT,
                        execution -> {
                            try (HostedMachine.Copy own = copy.value()) {
                                return execution.compute(
                                        () -> {
                                            Judgement judgement =
                                                    judge(
                                                            own.machine(),
                                                            command,
                                                            body,
                                                            expected,
                                                            batch,
                                                            execution);
                                            return reveal ? judgement.body() : judgement.brief();
                                        });
                            }
                        });
        boolean begun = false;
        try {
            ResponseEntity<?> answer =
                    answers.answer(
                            subject.caller().owner(),
                            prefer,
                            job,
                            result -> Versions.ok(copy.with(result)));
            begun = true;
            return answer;
        } finally {
            if (!begun) {
                copy.value().close();
            }
        }
    }

    /** Makes the accesses on a copy of the machine, and compares. */
    private static Judgement judge(
            Machine machine,
            Command.Access command,
            PredictionRequest body,
            List<Expected> expected,
            AccessBatch batch,
            Execution execution) {
        Counters before = machine.counters();
        Portions portions = machine.portions(command);
        long seen = before.get(Counter.ACCESSES);
        while (!portions.isDone()) {
            portions.next();
            long made = machine.counters().get(Counter.ACCESSES);
            execution.advance(made - seen);
            seen = made;
        }
        if (!(portions.outcome() instanceof Outcome.Accessed accessed)) {
            throw Pids.impossible(portions.outcome());
        }
        Judgement judgement =
                new Judgement(machine.spec(), batch.bodies(accessed.results(), machine.spec()));
        judgement.accesses(expected);
        judgement.totals(body, accessed.results(), machine.counters().minus(before));
        return judgement;
    }
}
