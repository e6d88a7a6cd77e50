package dev.faultline.api.operations;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.hosting.Operation;
import dev.faultline.hosting.Operations;
import dev.faultline.machine.spec.SpecDraft.InvalidSpecException;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

import java.net.URI;
import java.util.concurrent.CancellationException;

/** Long work: how far it is, and what it came to. */
public record OperationBody(
        String id,
        @Schema(description = "What kind of work it is, as in sweep.") String kind,
        @Schema(allowableValues = {"running", "done", "failed", "cancelled"}) String state,
        ProgressBody progress,
        @Schema(description = "What the request would have been answered with; null until then.")
                @Nullable Object result,
        @Schema(description = "Why it failed, or null.") @Nullable String failure) {

    /** How much is done of how much, in accesses. */
    record ProgressBody(long done, long total) {}

    static OperationBody of(Operation operation) {
        return new OperationBody(
                operation.id(),
                operation.kind(),
                MachineRequest.word(operation.state()),
                new ProgressBody(operation.done(), operation.total()),
                operation.result(),
                operation.failure());
    }

    /** Without the result, which can be long. */
    OperationBody brief() {
        return new OperationBody(id, kind, state, progress, null, failure);
    }

    /**
     * Does work and answers with what it came to, or lets it go on behind the answer.
     *
     * @param total what there is to do, in what its progress counts
     * @param effort how long it takes, in accesses that take no longer than most
     * @param resultBytes what the result takes of the server's memory, about
     */
    public static ResponseEntity<?> run(
            Operations operations,
            boolean behind,
            String kind,
            long total,
            double effort,
            long resultBytes,
            Operation.Work work) {
        return behind
                ? accepted(operations.start(kind, total, resultBytes, work))
                : ResponseEntity.ok(result(operations.finish(kind, total, effort, work)));
    }

    /** The answer to who does not wait for an operation. */
    public static ResponseEntity<?> accepted(Operation operation) {
        return ResponseEntity.accepted()
                .location(URI.create("/v1/operations/" + operation.id()))
                .body(of(operation).brief());
    }

    /** What an operation that has ended came to. Raises what ended it, if it was not done. */
    public static Object result(Operation operation) {
        Object result = operation.result();
        if (operation.cause() instanceof RuntimeException cause && !isLimit(cause)) {
            throw cause;
        }
        if (result == null) {
            throw new ApiException(
                    HttpStatus.CONFLICT,
                    "OPERATION_" + operation.state(),
                    operation.failure() == null ? "it was cancelled" : operation.failure());
        }
        return result;
    }

    /** Whether work came to a limit that is found only on the way. */
    private static boolean isLimit(RuntimeException cause) {
        return cause instanceof CancellationException
                || cause instanceof IllegalArgumentException
                        && !(cause instanceof InvalidSpecException);
    }
}
