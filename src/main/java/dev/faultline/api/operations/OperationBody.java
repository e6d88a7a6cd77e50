package dev.faultline.api.operations;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.hosting.Operation;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

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
}
