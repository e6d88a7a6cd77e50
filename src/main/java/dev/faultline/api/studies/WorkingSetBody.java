package dev.faultline.api.studies;

import dev.faultline.analysis.WorkingSets;
import dev.faultline.trace.StoredTrace;

import io.swagger.v3.oas.annotations.media.Schema;

import java.util.List;
import java.util.stream.IntStream;

/** The working sets of a trace over lengths of the window. */
record WorkingSetBody(
        String trace, long pageSize, long accesses, int pages, List<WorkingSetPoint> points) {

    /** One window. */
    record WorkingSetPoint(
            @Schema(description = "Accesses of the window: tau.") int window,
            @Schema(description = "Different pages in it, on average.") double averagePages,
            @Schema(description = "Accesses that did not find their page in it.") long faults) {}

    /** The body for these windows, in accesses. */
    static WorkingSetBody of(StoredTrace trace, long pageSize, int[] windows, WorkingSets sets) {
        List<WorkingSetPoint> points =
                IntStream.range(0, windows.length)
                        .mapToObj(
                                i ->
                                        new WorkingSetPoint(
                                                windows[i], sets.averagePages(i), sets.faults(i)))
                        .toList();
        return new WorkingSetBody(trace.id(), pageSize, sets.accesses(), sets.pages(), points);
    }
}
