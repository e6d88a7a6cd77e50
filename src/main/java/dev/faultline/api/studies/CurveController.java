package dev.faultline.api.studies;

import dev.faultline.analysis.OptimalFaults;
import dev.faultline.analysis.Progress;
import dev.faultline.analysis.ReuseDistances;
import dev.faultline.analysis.SampledFaults;
import dev.faultline.analysis.WorkingSets;
import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Prefer;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.Reservation;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.trace.StoredTrace;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** What a stored trace says without a machine: curves over frames and windows. */
@RestController
@RequestMapping(path = "/v1/traces/{trace}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Traces")
class CurveController {

    /** At most a thousand. */
    private static final String NUMBERS = "^[1-9][0-9]{0,8}(,[1-9][0-9]{0,8}){0,999}$";

    private static final String RATES = "must be above 0 and below 1, with lru";

    private static final long BYTES_OF_RESULT = 128 << 10;

    private final TraceStore traces;
    private final JobAnswers answers;
    private final ApiSettings settings;

    CurveController(TraceStore traces, JobAnswers answers, ApiSettings settings) {
        this.traces = traces;
        this.answers = answers;
        this.settings = settings;
    }

    @GetMapping("/miss-ratios")
    @Operation(
            operationId = "missRatios",
            summary = "Faults over frames, of LRU in one pass or of the optimal policy",
            description =
                    "Shows page faults over the number of frames. LRU's whole curve "
                            + "is computed in one pass over the trace; `policy=optimal` gives "
                            + "the lower bound. `rate` below 1 samples the pages. The trace "
                            + "has been stored by `storeTrace`.")
    @ApiResponse(
            responseCode = "200",
            description = "The curve.",
            content = @Content(schema = @Schema(implementation = MissRatioBody.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A long one goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> missRatios(
            Caller caller,
            @PathVariable String trace,
            @RequestParam(defaultValue = "lru")
                    @Pattern(regexp = "^(lru|optimal)$", message = "must be lru or optimal")
                    String policy,
            @RequestParam(defaultValue = "4096") @Min(1) @Max(MachineSpec.MAX_PAGE_SIZE)
                    long pageSize,
            @Parameter(description = "Numbers of frames, with commas; powers of two if left out.")
                    @RequestParam(required = false)
                    @Pattern(
                            regexp = NUMBERS,
                            message = "must be numbers from 1 on with commas between")
                    @Nullable String frames,
            @Parameter(
                            description =
                                    "The share of the pages to sample, above 0 and below 1 (SHARDS);"
                                            + " all if left out. Only for lru.")
                    @RequestParam(required = false)
                    @DecimalMin(value = "0", message = RATES)
                    @DecimalMax(value = "1", message = RATES)
                    @Nullable Double rate,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer) {
        StoredTrace stored = traces.find(caller, trace);
        long page = StoredTraceController.pageSize(pageSize);
        int[] wanted = frames == null ? new int[0] : numbers(frames);
        if (rate != null) {
            if (!(rate > 0 && rate < 1) || policy.equals("optimal")) {
                throw ApiException.badParameter("rate", RATES);
            }
            long work = stored.count() * SampledFaults.SAMPLES;
            double share = rate;
            return run(
                    caller,
                    prefer,
                    work,
                    (execution, progress) ->
                            sampled(stored, page, wanted, share, execution, progress));
        }
        if (policy.equals("lru")) {
            return run(
                    caller,
                    prefer,
                    stored.count(),
                    (execution, progress) -> lru(stored, page, wanted, execution, progress));
        }
        long work = stored.count() * (1 + (wanted.length == 0 ? 32 : wanted.length));
        return run(
                caller,
                prefer,
                work,
                (execution, progress) -> optimal(stored, page, wanted, execution, progress));
    }

    /** What computes a curve. */
    private interface Curve {
        Object compute(Execution execution, Progress progress)
                throws ExecutionException, InterruptedException;
    }

    private ResponseEntity<?> run(Caller caller, @Nullable String prefer, long work, Curve curve) {
        Job job =
                new Job(
                        "curve",
                        work,
                        (double) work,
                        BYTES_OF_RESULT,
                        execution -> {
                            try (Reservation memory = execution.reserve()) {
                                return curve.compute(execution, execution.progress(memory));
                            }
                        });
        return answers.answer(caller.owner(), prefer, job);
    }

    private static MissRatioBody lru(
            StoredTrace trace, long pageSize, int[] wanted, Execution execution, Progress progress)
            throws ExecutionException, InterruptedException {
        ReuseDistances distances =
                execution.compute(() -> ReuseDistances.of(trace, pageSize, progress));
        int[] frames = wanted.length == 0 ? sizes(distances.pages()) : wanted;
        long[] faults = distances.faults(frames);
        return MissRatioBody.of(
                trace, "lru", pageSize, distances.accesses(), distances.pages(), frames, faults);
    }

    private MissRatioBody optimal(
            StoredTrace trace, long pageSize, int[] wanted, Execution execution, Progress progress)
            throws ExecutionException, InterruptedException {
        OptimalFaults optimal =
                execution.compute(
                        () ->
                                new OptimalFaults(
                                        trace, pageSize, settings.curveAccesses(), progress));
        int[] frames = wanted.length == 0 ? sizes(optimal.pages()) : wanted;
        List<Callable<Long>> runs =
                Arrays.stream(frames)
                        .<Callable<Long>>mapToObj(each -> () -> faults(optimal, each, execution))
                        .toList();
        long[] faults = execution.runAll(runs).stream().mapToLong(Long::longValue).toArray();
        return MissRatioBody.of(
                trace, "optimal", pageSize, optimal.accesses(), optimal.pages(), frames, faults);
    }

    private long faults(OptimalFaults optimal, int frames, Execution execution) {
        try (Reservation memory = execution.reserve()) {
            return optimal.faults(frames, execution.progress(memory));
        }
    }

    private static MissRatioBody sampled(
            StoredTrace trace,
            long pageSize,
            int[] wanted,
            double rate,
            Execution execution,
            Progress progress)
            throws ExecutionException, InterruptedException {
        long span = (trace.highest() - trace.lowest()) / pageSize + 1;
        int[] frames =
                wanted.length == 0
                        ? sizes((int) Math.min(Math.min(span, trace.accesses()), 1 << 24))
                        : wanted;
        SampledFaults sample =
                execution.compute(() -> SampledFaults.of(trace, pageSize, frames, rate, progress));
        return MissRatioBody.of(trace, pageSize, frames, rate, sample);
    }

    @GetMapping("/working-sets")
    @Operation(
            operationId = "workingSets",
            summary = "The working set's size on average, over the length of its window",
            description =
                    "Shows the average size of the working set over the length of "
                            + "its window (Denning). The trace has been stored by "
                            + "`storeTrace`.")
    @ApiResponse(
            responseCode = "200",
            description = "The curve.",
            content = @Content(schema = @Schema(implementation = WorkingSetBody.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A long one goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> workingSets(
            Caller caller,
            @PathVariable String trace,
            @RequestParam(defaultValue = "4096") @Min(1) @Max(MachineSpec.MAX_PAGE_SIZE)
                    long pageSize,
            @Parameter(description = "Windows in accesses, with commas; powers of two if left out.")
                    @RequestParam(required = false)
                    @Pattern(
                            regexp = NUMBERS,
                            message = "must be numbers from 1 on with commas between")
                    @Nullable String windows,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer) {
        StoredTrace stored = traces.find(caller, trace);
        long page = StoredTraceController.pageSize(pageSize);
        int[] wanted =
                windows == null
                        ? sizes((int) Math.min(stored.accesses(), 1 << 30))
                        : numbers(windows);
        return run(
                caller,
                prefer,
                stored.count(),
                (execution, progress) -> {
                    WorkingSets sets =
                            execution.compute(() -> WorkingSets.of(stored, page, wanted, progress));
                    return WorkingSetBody.of(stored, page, wanted, sets);
                });
    }

    @GetMapping("/reuse-distances")
    @Operation(
            operationId = "reuseDistances",
            summary = "How many different pages lie between accesses to the same page",
            description =
                    "Shows how many different pages lie between two accesses to the "
                            + "same page. LRU with n frames hits exactly those with a "
                            + "distance below n. The trace has been stored by `storeTrace`.")
    @ApiResponse(
            responseCode = "200",
            description = "A histogram in powers of two.",
            content = @Content(schema = @Schema(implementation = ReuseBody.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A long one goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> reuseDistances(
            Caller caller,
            @PathVariable String trace,
            @RequestParam(defaultValue = "4096") @Min(1) @Max(MachineSpec.MAX_PAGE_SIZE)
                    long pageSize,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer) {
        StoredTrace stored = traces.find(caller, trace);
        long page = StoredTraceController.pageSize(pageSize);
        return run(
                caller,
                prefer,
                stored.count(),
                (execution, progress) -> {
                    ReuseDistances distances =
                            execution.compute(() -> ReuseDistances.of(stored, page, progress));
                    return ReuseBody.of(stored, page, distances);
                });
    }

    /** The powers of two, and what is half-way between them, to beyond a number. */
    private static int[] sizes(int most) {
        IntStream.Builder sizes = IntStream.builder();
        for (int size = 1; size < most; size *= 2) {
            sizes.add(size);
            if (size > 1 && size + size / 2 < most) {
                sizes.add(size + size / 2);
            }
        }
        return sizes.add(Math.max(1, most)).build().toArray();
    }

    /** Rising numbers, each once, from 1 on. */
    private static int[] numbers(String text) {
        return Arrays.stream(text.split(",", -1))
                .mapToInt(Integer::parseInt)
                .sorted()
                .distinct()
                .toArray();
    }
}
