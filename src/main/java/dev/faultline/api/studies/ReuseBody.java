package dev.faultline.api.studies;

import dev.faultline.analysis.ReuseDistances;
import dev.faultline.trace.StoredTrace;

import io.swagger.v3.oas.annotations.media.Schema;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How far apart accesses to the same page are. */
record ReuseBody(
        String trace,
        long pageSize,
        long accesses,
        int pages,
        @Schema(
                        description =
                                "First accesses to a page, which have no distance; with those of"
                                        + " the buckets they are all.")
                long firstTouches,
        List<ReuseBucket> buckets) {

    /** Distances of one power of two: the different pages between two accesses to the same page. */
    record ReuseBucket(int from, int to, long accesses, double share) {}

    /** The body for the distances of a trace. */
    static ReuseBody of(StoredTrace trace, long pageSize, ReuseDistances distances) {
        return new ReuseBody(
                trace.id(),
                pageSize,
                distances.accesses(),
                distances.pages(),
                distances.pages(),
                buckets(distances));
    }

    /** A stack distance counts the page itself too, so it is one above the pages between. */
    private static List<ReuseBucket> buckets(ReuseDistances distances) {
        List<ReuseBucket> buckets = new ArrayList<>();
        for (int from = 0; from < distances.pages(); from = Math.max(1, 2 * from)) {
            int to = Math.min(Math.max(0, 2 * from - 1), distances.pages() - 1);
            long count = IntStream.rangeClosed(from + 1, to + 1).mapToLong(distances::count).sum();
            buckets.add(new ReuseBucket(from, to, count, (double) count / distances.accesses()));
        }
        return buckets;
    }
}
