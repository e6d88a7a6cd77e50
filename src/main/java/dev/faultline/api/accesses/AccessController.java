package dev.faultline.api.accesses;

import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.StoppedBody;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.Change;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.io.InputStream;
import java.util.List;

/** Accesses with explanations: one, or a batch. */
@RestController
@Tag(name = "Accesses")
class AccessController {

    /** The explanations of a batch, and how the machine's counters changed. */
    record BatchBody(
            List<AccessBody> results,
            Counters counters,
            @Nullable StoppedBody stopped,
            long version) {}

    /** What an explained access takes until the answer is sent. */
    private static final long BYTES_OF_ANSWER = 1500;

    private final ApiSettings settings;

    AccessController(ApiSettings settings) {
        this.settings = settings;
    }

    @PostMapping(
            path = "/v1/machines/{machine}/processes/{pid}/accesses",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "issueAccesses",
            summary = "Issue accesses and explain each",
            description =
                    "Issues a batch of accesses, at least 10,000 of which fit, and "
                            + "explains each: the page, the TLB's answer, the faults and how "
                            + "they were resolved, what was evicted, the frame, the value and "
                            + "the ticks. A fatal signal ends the batch there; `stopped` says "
                            + "where. The whole batch is checked before its first access.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(
                                                            implementation =
                                                                    AccessBatch.Shape.class))))
    ResponseEntity<BatchBody> access(
            Mutation mutation,
            @Parameter(description = "return=minimal leaves results empty.")
                    @RequestHeader(name = Prefer.HEADER, required = false)
                    @Nullable String prefer,
            @Parameter(hidden = true) InputStream body) {
        return issue(mutation, mutation.pid(), prefer, body);
    }

    @PostMapping(
            path = "/v1/machines/{machine}/kernel/accesses",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "accessFromKernel",
            summary = "Issue accesses to the frames that the kernel has mapped for itself",
            description =
                    "Issues accesses in the kernel's own address space, into which "
                            + "`mapFrame` maps frames.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(
                                                            implementation =
                                                                    AccessBatch.Shape.class))))
    ResponseEntity<BatchBody> accessFromKernel(
            Mutation mutation,
            @Parameter(description = "return=minimal leaves results empty.")
                    @RequestHeader(name = Prefer.HEADER, required = false)
                    @Nullable String prefer,
            @Parameter(hidden = true) InputStream body) {
        return issue(mutation, Command.KERNEL, prefer, body);
    }

    private ResponseEntity<BatchBody> issue(
            Mutation mutation, int pid, @Nullable String prefer, InputStream body) {
        boolean minimal = Prefer.isMinimal(prefer);
        MachineSpec spec = mutation.spec();
        AccessBatch batch = AccessBatch.read(body, spec, settings.batchAccesses());
        try (Change change = mutation.begin()) {
            change.hold(minimal ? 0 : BYTES_OF_ANSWER * batch.block().count());
            Outcome outcome = change.apply(new Command.Access(pid, batch.block(), !minimal));
            if (!(outcome instanceof Outcome.Accessed accessed)) {
                throw Pids.impossible(outcome);
            }
            Outcome.Stop stop = accessed.stopped();
            ResponseEntity.BodyBuilder answer = Versions.changed(HttpStatus.OK, change);
            if (minimal) {
                answer.header(Prefer.APPLIED, Prefer.MINIMAL);
            }
            return answer.body(
                    new BatchBody(
                            batch.bodies(accessed.results(), spec),
                            change.counted(),
                            stop == null
                                    ? null
                                    : new StoppedBody(batch.accessOf(stop.at()), "signal"),
                            change.version()));
        }
    }
}
