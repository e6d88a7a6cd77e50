package dev.faultline.api.operations;

import dev.faultline.analysis.Progress;
import dev.faultline.hosting.Operation;
import dev.faultline.hosting.Reservation;

/** Tells an operation how far its work is, and counts what the work holds. */
public record OperationProgress(Operation operation, Reservation memory) implements Progress {

    @Override
    public void advance(long done) {
        operation.advance(done);
    }

    @Override
    public void hold(long bytes) {
        memory.add(bytes);
    }
}
