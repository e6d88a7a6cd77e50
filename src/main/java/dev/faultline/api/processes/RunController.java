package dev.faultline.api.processes;

import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.Job;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.BackgroundView;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.ProcessView;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lets processes run their programs, and tells of time. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Running")
public class RunController {

    /** Bytes of a process in a list of those that came to their ends. */
    private static final long BYTES_OF_END = 64;

    private static final long BYTES_OF_RESULT = 4096;

    /** Rows of times that an answer has at most. */
    private static final int MOST_ROWS = 10_000;

    /** What a run came to. */
    record RunBody(
            @Schema(
                            allowableValues = {"done", "ticks", "accesses", "fault", "counters"},
                            description = "What ended the run.")
                    String reason,
            @Schema(description = "Ticks that passed.") long ticks,
            @Schema(description = "Ticks of all processors at work.") long cpuTicks,
            @Schema(description = "Ticks of all processors with nothing to do.") long idleTicks,
            @Schema(description = "Ticks of these that the disk worked.") long diskTicks,
            @Schema(description = "The share of the processors' time that they worked.")
                    double utilisation,
            @Schema(description = "The same without switches from one process to another.")
                    double efficiency,
            PressureBody pressure,
            @Schema(description = "The clock now: all ticks that have passed in runs.") long clock,
            @Schema(description = "Processes that came to their ends, in order.")
                    List<FinishedBody> finished,
            @Schema(
                            description =
                                    "The processes that have programs, those of earlier runs too, by"
                                            + " pid; at most 10000.")
                    List<TimesBody> processes,
            TimesBody.MeansBody means,
            Counters counters,
            long version) {}

    /** A process that came to its end. */
    record FinishedBody(
            int pid,
            @Schema(description = "The clock then.") long finishedAt,
            @Schema(description = "What it cost, in ticks, its waiting not counted.") long ticks) {}

    /** How much of the time of a run was lost because memory was too small. */
    public record PressureBody(
            @Schema(description = "Ticks in which a process waited for a page.") long someTicks,
            @Schema(description = "Ticks of these in which no processor had anything to do.")
                    long fullTicks,
            @Schema(description = "The share of the time that these are.") double some,
            double full) {

        /** The times that a run lost, and their shares of its ticks. */
        public static PressureBody of(Outcome.Schedule schedule) {
            double ticks = Math.max(1, schedule.ticks());
            return new PressureBody(
                    schedule.someTicks(),
                    schedule.fullTicks(),
                    schedule.someTicks() / ticks,
                    schedule.fullTicks() / ticks);
        }
    }

    /** What was done in the background. */
    record BackgroundBody(
            int freeFrames,
            @Schema(description = "Pages that were written to and not written back.")
                    int dirtyPages,
            @Schema(description = "Pages on their way to the disk.") int inFlight,
            @Schema(description = "Whether the page daemon has more frames to free.") boolean awake,
            long daemonWakes,
            long daemonEvictions,
            @Schema(description = "Evictions by whoever needed a frame.") long directReclaims,
            @Schema(description = "Pages that processes gave up as more than their share.")
                    long surplusEvictions,
            @Schema(
                            description =
                                    "Pages that left with a process that was swapped out, by the"
                                            + " load control too; the four are all evictions.")
                    long processEvictions,
            @Schema(description = "Dirty pages that were written and stayed.") long cleaned,
            @Schema(description = "Pages of these that a writer had to write.") long throttled,
            @Schema(description = "Pages that were read before anybody asked.") long prefetches,
            @Schema(description = "Pages of these that were then asked for.") long prefetchHits,
            @Schema(description = "Pages of these that left memory before anybody asked.")
                    long prefetchesWasted,
            @Schema(description = "Times that the load control put a process out.") long putOut,
            @Schema(description = "Ticks that the disk was asked for, for all this.")
                    long diskTicks,
            PressureBody pressure) {}

    /** Where the ticks went. */
    record TimeBody(
            @Schema(description = "Ticks of all that was done, one after the other.") long ticks,
            @Schema(description = "The clock of runs, where work overlaps.") long clock,
            @Schema(description = "By what they were spent on; together they are the ticks.")
                    Map<String, Long> breakdown,
            @Schema(description = "Of runs: ticks of all processors at work.") long cpuTicks,
            @Schema(description = "Of runs: ticks of all processors with nothing to do.")
                    long idleTicks,
            @Schema(description = "Of runs: ticks of the disk at work, as they passed.")
                    long diskTicks) {}

    private final JobAnswers answers;
    private final int mostForeseen;

    RunController(JobAnswers answers, ApiSettings settings) {
        this.answers = answers;
        mostForeseen = settings.foreseenAccesses();
    }

    @PostMapping(path = "/run", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "run",
            summary = "Let all processes that have programs run, taking turns",
            description =
                    "Lets all processes that have programs run in turns, until all "
                            + "are done or until something that `until` names. A long run "
                            + "becomes an operation (202).")
    @ApiResponse(
            responseCode = "200",
            description = "What the run came to.",
            content = @Content(schema = @Schema(implementation = RunBody.class)))
    @ApiResponse(
            responseCode = "202",
            description =
                    "A run that turns out to be long, or one with Prefer: respond-async, goes on"
                            + " behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> run(
            Mutation mutation,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody(required = false) @Valid @Nullable RunRequest body) {
        RunRequest.Until until = (body == null ? RunRequest.EMPTY : body).bounds();
        long left = mutation.machine().read(m -> m.inspect().time().accessesLeft()).value();
        long total = until.accesses() == null ? left : Math.min(left, until.accesses());
        Job job = job(mutation, until, total);
        if (Prefer.isAsync(prefer)) {
            return answers.begin(mutation.caller().owner(), job);
        }
        if (answers.isLong((double) total)) {
            return answers.attend(
                    mutation.caller().owner(), job, result -> answer((RunBody) result));
        }
        return answer(run(mutation, until, done -> {}));
    }

    private Job job(Mutation mutation, RunRequest.Until until, long total) {
        int processes = mutation.machine().read(m -> m.inspect().liveProcessCount()).value();
        return new Job(
                "run",
                total,
                0, // the change charges the accesses, of which there may be fewer
                BYTES_OF_RESULT + BYTES_OF_END * processes,
                execution -> run(mutation, until, execution::advance));
    }

    private static ResponseEntity<?> answer(RunBody result) {
        return ResponseEntity.ok().eTag(Versions.etag(result.version())).body(result);
    }

    /** Hears of accesses made. */
    private interface Listener {
        void advance(long accesses);
    }

    private RunBody run(Mutation mutation, RunRequest.Until until, Listener listener) {
        return mutation.change(
                change -> {
                    refuseToForesee(change);
                    return run(change, until, listener);
                });
    }

    private static RunBody run(Change change, RunRequest.Until until, Listener listener) {
        Outcome.Schedule before = change.read(m -> m.inspect().time().schedule());
        Counter watched = until.counter();
        long value =
                watched == null ? 0 : change.read(m -> m.counters().get(watched)) + until.more();
        long[] told = {0};
        Outcome outcome =
                change.apply(
                        new Command.Run(until.ticks(), until.accesses(), watched, value),
                        () -> {
                            long made = change.counted().get(Counter.ACCESSES);
                            listener.advance(made - told[0]);
                            told[0] = made;
                        });
        if (!(outcome instanceof Outcome.Ran ran)) {
            throw Pids.impossible(outcome);
        }
        return body(change, until, ran.why(), before, ran.finished());
    }

    /** The most accesses that a policy which knows the future is told of. */
    private void refuseToForesee(Change change) {
        if (!change.read(Machine::spec).replacement().needsFuture()) {
            return;
        }
        long left = change.read(m -> m.inspect().time().piecesLeft(mostForeseen));
        if (left > mostForeseen) {
            throw new ApiException(
                    Reason.PROGRAMS_TOO_LONG,
                    "the policy has to know all of the programs, and at most "
                            + mostForeseen
                            + " accesses are foreseen; these still have more");
        }
    }

    private static RunBody body(
            Change change,
            RunRequest.Until until,
            Outcome.RunEnd why,
            Outcome.Schedule before,
            List<Integer> finished) {
        Outcome.Schedule after = change.read(m -> m.inspect().time().schedule());
        Outcome.Schedule passed = after.minus(before);
        List<TimesBody> rows =
                change.read(m -> m.inspect().time().allTimes(MOST_ROWS)).stream()
                        .map(TimesBody::of)
                        .toList();
        List<FinishedBody> ends = new ArrayList<>();
        for (int pid : finished) {
            ProcessView view = change.read(m -> Pids.view(m, pid));
            ends.add(
                    new FinishedBody(
                            pid,
                            view.finishedAt() == null ? 0 : view.finishedAt(),
                            view.counters().get(Counter.TICKS)));
        }
        return new RunBody(
                switch (why) {
                    case DONE -> "done";
                    case TICKS -> "ticks";
                    case ACCESSES, PAUSED -> "accesses";
                    case CONDITION -> until.isFault() ? "fault" : "counters";
                },
                passed.ticks(),
                passed.cpuTicks(),
                passed.idleTicks(),
                passed.diskTicks(),
                passed.utilisation(),
                passed.efficiency(),
                PressureBody.of(passed),
                after.ticks(),
                ends,
                rows,
                TimesBody.MeansBody.of(rows),
                change.counted(),
                change.version());
    }

    @GetMapping("/background")
    @Operation(
            operationId = "showBackground",
            summary = "Show what was done in the background, and what want of memory cost",
            description =
                    "Shows what the page daemon, write-back and load control did, "
                            + "and how long processes waited for memory.")
    ResponseEntity<BackgroundBody> background(Subject subject) {
        return subject.show(
                m -> {
                    Counters counters = m.counters();
                    BackgroundView now = m.inspect().time().background();
                    return new BackgroundBody(
                            now.freeFrames(),
                            now.dirtyPages(),
                            now.inFlight(),
                            now.awake(),
                            counters.get(Counter.DAEMON_WAKES),
                            counters.get(Counter.DAEMON_EVICTIONS),
                            counters.get(Counter.DIRECT_RECLAIMS),
                            counters.get(Counter.SURPLUS_EVICTIONS),
                            counters.get(Counter.PROCESS_EVICTIONS),
                            counters.get(Counter.CLEANED),
                            counters.get(Counter.THROTTLED),
                            counters.get(Counter.PREFETCHES),
                            counters.get(Counter.PREFETCH_HITS),
                            counters.get(Counter.PREFETCHES_WASTED),
                            counters.get(Counter.PUT_OUT),
                            counters.get(Counter.BACKGROUND_DISK),
                            PressureBody.of(m.inspect().time().schedule()));
                });
    }

    @GetMapping("/time")
    @Operation(
            operationId = "showTime",
            summary = "Show where the ticks went",
            description =
                    "Shows where the ticks went: to processes, switches, the disk, "
                            + "or nothing at all.")
    ResponseEntity<TimeBody> time(Subject subject) {
        return subject.show(
                m -> {
                    Counters counters = m.counters();
                    Map<String, Long> breakdown = new LinkedHashMap<>();
                    for (Counter on : Counter.breakdown()) {
                        String name = on.key();
                        breakdown.put(name.substring(0, name.length() - 5), counters.get(on));
                    }
                    Outcome.Schedule schedule = m.inspect().time().schedule();
                    return new TimeBody(
                            counters.get(Counter.TICKS),
                            schedule.ticks(),
                            breakdown,
                            schedule.cpuTicks(),
                            schedule.idleTicks(),
                            schedule.diskTicks());
                });
    }
}
