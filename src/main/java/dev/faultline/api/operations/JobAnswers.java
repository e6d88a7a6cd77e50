package dev.faultline.api.operations;

import dev.faultline.analysis.TraceTooLargeException;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.Operation;
import dev.faultline.hosting.Operations;
import dev.faultline.owners.Owner;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

import java.net.URI;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Answers requests that ask for long work: with 200 and its result if the work is short, else with
 * 202 and the operation that goes on behind the answer.
 */
@Component
public class JobAnswers {

    /** How often a job of unknown length is looked at, in milliseconds. */
    private static final long LOOK = 20;

    private final Operations operations;
    private final long mostWaitedFor;

    JobAnswers(Operations operations, ApiSettings settings) {
        this.operations = operations;
        mostWaitedFor = settings.sweepAccesses();
    }

    /** Whether work takes longer than a request waits for; {@code effort} is in accesses. */
    public boolean isLong(double effort) {
        return effort > mostWaitedFor;
    }

    /**
     * Answers with the result of a job, or with its operation if it is long or the client would
     * rather not wait.
     *
     * @param owner to whom the operation belongs
     * @param prefer the request's {@code Prefer} header, or null
     */
    public ResponseEntity<?> answer(Owner owner, @Nullable String prefer, Job job) {
        return answer(owner, prefer, job, ResponseEntity::ok);
    }

    /**
     * The same, where a result that is waited for has an answer of its own.
     *
     * @param waitedFor makes the answer from the result
     */
    public ResponseEntity<?> answer(
            Owner owner,
            @Nullable String prefer,
            Job job,
            Function<Object, ResponseEntity<?>> waitedFor) {
        return Prefer.isAsync(prefer) || isLong(job.effort())
                ? begin(owner, job)
                : waitedFor.apply(result(operations.finish(owner, job)));
    }

    /** Begins a job, and answers with its operation. */
    public ResponseEntity<?> begin(Owner owner, Job job) {
        return accepted(operations.start(owner, job));
    }

    /**
     * Begins a job of unknown length and waits for it. Answers with its operation as soon as it has
     * made more accesses than a request waits for.
     *
     * @param waitedFor makes the answer from the result
     */
    public ResponseEntity<?> attend(
            Owner owner, Job job, Function<Object, ResponseEntity<?>> waitedFor) {
        Operation operation = operations.attend(owner, job);
        boolean kept = false;
        try {
            while (operation.state() == Operation.State.RUNNING && !kept) {
                operation.await(LOOK);
                kept = isLong((double) operation.done()) && operations.keep(operation);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            operation.cancel();
        }
        return kept ? accepted(operation) : waitedFor.apply(result(operation));
    }

    private static ResponseEntity<?> accepted(Operation operation) {
        return ResponseEntity.accepted()
                .location(URI.create("/v1/operations/" + operation.id()))
                .body(OperationBody.of(operation).brief());
    }

    /** The result of an operation that has ended. Raises what ended it, if it was not done. */
    private static Object result(Operation operation) {
        Object result = operation.result();
        if (operation.cause() instanceof RuntimeException cause && !isTold(cause)) {
            throw cause;
        }
        if (result == null) {
            boolean failed = operation.state() == Operation.State.FAILED;
            throw new ApiException(
                    failed ? Reason.OPERATION_FAILED : Reason.OPERATION_CANCELLED,
                    operation.failure() == null ? "it was cancelled" : operation.failure());
        }
        return result;
    }

    /** Whether the operation says in its own words why it ended. */
    private static boolean isTold(RuntimeException cause) {
        return cause instanceof CancellationException || cause instanceof TraceTooLargeException;
    }
}
