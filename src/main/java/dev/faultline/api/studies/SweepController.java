package dev.faultline.api.studies;

import dev.faultline.analysis.Sweep;
import dev.faultline.api.accesses.InlineAccess;
import dev.faultline.api.machines.SpecBody;
import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.HostingException;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.Reservation;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.owners.Caller;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.StoredTraceException;
import dev.faultline.trace.TraceReader;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/** One trace through many machines. */
@RestController
@Tag(name = "Traces")
class SweepController {

    private static final Logger LOG = LoggerFactory.getLogger(SweepController.class);

    /** Accesses of a block in which a request's own trace is read. */
    private static final int BLOCK = 8192;

    private static final int MOST_ANOMALIES = 10_000;

    /**
     * The heap bytes of a combination's row: its spec (about 2,700), its counters (600) and the two
     * maps of its answer (2,000), with room for what the measurement missed.
     */
    private static final long BYTES_OF_ROW = 8192;

    private static final long BYTES_OF_ANOMALIES = 128 * MOST_ANOMALIES;

    /** What every combination came to. */
    record SweepBody(
            @Schema(description = "The trace, by which it can be run again.") String trace,
            long accesses,
            List<CombinationBody> combinations,
            @Schema(description = "Where more frames meant more faults.")
                    List<AnomalyBody> anomalies) {}

    /** What one combination came to. */
    record CombinationBody(
            @Schema(ref = "ReplacementBody") Map<String, @Nullable Object> replacement,
            String policy,
            int frames,
            @Schema(ref = "TlbBody") @Nullable Map<String, @Nullable Object> tlb,
            @Schema(description = "Whether the trace ran to its end; else why it did not.")
                    @Nullable String failure,
            long accesses,
            long pageFaults,
            double faultRatio,
            long evictions,
            @Schema(description = "Pages written to the store or a file.") long writeBacks,
            long tlbMisses,
            long ticks,
            Counters counters) {

        static CombinationBody of(Sweep.Row row) {
            MachineSpec spec = row.spec();
            Counters counters = row.counters();
            long accesses = counters.get(Counter.ACCESSES);
            long faults = counters.get(Counter.PAGE_FAULTS);
            return new CombinationBody(
                    SpecBody.of(PolicySpec.SECTION, spec.values()),
                    spec.policy(),
                    spec.frames(),
                    SpecBody.orNull(TlbSpec.SECTION, spec.values()),
                    row.failure(),
                    accesses,
                    faults,
                    accesses == 0 ? 0 : (double) faults / accesses,
                    counters.get(Counter.EVICTIONS),
                    counters.get(Counter.SWAP_OUTS) + counters.get(Counter.FILE_OUTS),
                    counters.get(Counter.TLB_MISSES),
                    counters.get(Counter.TICKS),
                    counters);
        }
    }

    /** Belady's anomaly, where it shows: all is the same but the frames. */
    record AnomalyBody(
            String policy,
            @Schema(ref = "TlbBody") @Nullable Map<String, @Nullable Object> tlb,
            int frames,
            long pageFaults,
            int moreFrames,
            long morePageFaults) {

        static AnomalyBody of(Sweep.Anomaly anomaly) {
            CombinationBody fewer = CombinationBody.of(anomaly.fewer());
            CombinationBody more = CombinationBody.of(anomaly.more());
            return new AnomalyBody(
                    fewer.policy(),
                    fewer.tlb(),
                    fewer.frames(),
                    fewer.pageFaults(),
                    more.frames(),
                    more.pageFaults());
        }
    }

    private final TraceStore traces;
    private final JobAnswers answers;
    private final HostingSettings hosting;
    private final ApiSettings settings;
    private final JsonMapper mapper;

    SweepController(
            TraceStore traces,
            JobAnswers answers,
            HostingSettings hosting,
            ApiSettings settings,
            JsonMapper mapper) {
        this.traces = traces;
        this.answers = answers;
        this.hosting = hosting;
        this.settings = settings;
        this.mapper = mapper;
    }

    @PostMapping(
            path = "/v1/sweeps",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "sweep",
            summary = "Run a trace through every combination of policies, frames and TLBs",
            description =
                    "Runs one trace through every combination of the policies, "
                            + "numbers of frames and TLBs that you list. Cases in which more "
                            + "frames meant more faults are listed as anomalies. A long sweep "
                            + "becomes an operation (202).")
    @ApiResponse(
            responseCode = "200",
            description = "What each combination came to.",
            content = @Content(schema = @Schema(implementation = SweepBody.class)))
    @ApiResponse(
            responseCode = "202",
            description =
                    "A long sweep, or one with Prefer: respond-async, goes on behind the answer;"
                            + " Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> sweep(
            Caller caller,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody @Valid SweepRequest body) {
        SpecValues base = body.base();
        if (body.combinations() > settings.sweepCombinations()) {
            throw new ApiException(
                    Reason.SWEEP_TOO_LARGE,
                    "a sweep has at most "
                            + settings.sweepCombinations()
                            + " combinations, and this one "
                            + body.combinations());
        }
        StoredTrace trace = trace(caller, body, base);
        long slots = Math.clamp(trace.count(), 1024, Math.max(1024, hosting.swapSlots()));
        List<MachineSpec> specs =
                body.machines(
                        SpecValues.of(SwapSpec.SLOTS, Math.min(slots, hosting.swapSlots()))
                                .with(base),
                        mapper,
                        hosting.bounds());
        long total = specs.size() * trace.count();
        double effort = specs.stream().mapToDouble(MachineSpec::effort).sum() * trace.count();
        return answers.answer(
                caller.owner(),
                prefer,
                new Job(
                        "sweep",
                        total,
                        effort,
                        BYTES_OF_ANOMALIES + BYTES_OF_ROW * specs.size(),
                        execution -> sweep(execution, trace, specs)));
    }

    private StoredTrace trace(Caller caller, SweepRequest body, SpecValues base) {
        int given =
                (body.trace() == null ? 0 : 1)
                        + (body.pages() == null ? 0 : 1)
                        + (body.accesses() == null ? 0 : 1);
        if (given != 1) {
            throw ApiException.badField("", "give one of trace, pages and accesses");
        }
        if (body.trace() != null) {
            return traces.find(caller, body.trace());
        }
        long pageSize = base.or(MachineSpec.PAGE_SIZE);
        String wrong = StoredTraceController.wrongPageSize(pageSize);
        if (wrong != null) {
            throw ApiException.badField("/machine/pageSize", wrong);
        }
        MachineSpec spec = StoredTrace.readingSpec();
        try {
            return traces.store(caller.owner(), new Inline(body, pageSize), spec).trace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A trace of the request's own, which is stored like any other. */
    private static final class Inline implements TraceReader {

        private final SweepRequest body;
        private final int offsetBits;
        private int next;

        Inline(SweepRequest body, long pageSize) {
            this.body = body;
            offsetBits = Long.numberOfTrailingZeros(pageSize);
        }

        @Override
        public boolean read(AccessBlock block) {
            List<Long> pages = body.pages();
            List<InlineAccess> accesses = body.accesses();
            while (block.count() < BLOCK && pages != null && next < pages.size()) {
                long page = pages.get(next);
                if (page < 0 || page > block.lastAddress() >>> offsetBits) {
                    throw ApiException.badField("/pages/" + next, "no page number: " + page);
                }
                block.add(Op.READ, page << offsetBits);
                next++;
            }
            while (block.count() < BLOCK && accesses != null && next < accesses.size()) {
                accesses.get(next).addTo(block, "/accesses/" + next);
                next++;
            }
            return block.count() > 0;
        }
    }

    private SweepBody sweep(Execution execution, StoredTrace trace, List<MachineSpec> specs)
            throws ExecutionException, InterruptedException {
        List<Callable<Sweep.Row>> runs =
                specs.stream()
                        .<Callable<Sweep.Row>>map(spec -> () -> row(execution, trace, spec))
                        .toList();
        List<Sweep.Row> rows = execution.runAll(runs);
        return new SweepBody(
                trace.id(),
                trace.accesses(),
                rows.stream().map(CombinationBody::of).toList(),
                Sweep.anomalies(rows, MOST_ANOMALIES).stream().map(AnomalyBody::of).toList());
    }

    /** A combination that fails says why; the others go on. */
    private Sweep.Row row(Execution execution, StoredTrace trace, MachineSpec spec) {
        try (Reservation memory = execution.reserve();
                Reservation more = execution.reserve()) {
            return Sweep.run(
                    trace,
                    new Machine(spec, memory),
                    settings.foreseenAccesses(),
                    execution.progress(more));
        } catch (CancellationException | StoredTraceException e) {
            throw e;
        } catch (HostingException e) {
            return new Sweep.Row(spec, new Counters(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("a combination of a sweep failed: {}", spec, e);
            return new Sweep.Row(
                    spec,
                    new Counters(),
                    "the run broke off by a mistake of the server's; it has been logged");
        }
    }
}
