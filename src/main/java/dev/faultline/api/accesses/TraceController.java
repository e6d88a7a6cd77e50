package dev.faultline.api.accesses;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.IdempotencyFilter;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.ProblemAdvice;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.StoppedBody;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostingException;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.trace.TraceException;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Whole traces, streamed: read a block, issue it, read the next. No more than a block is held,
 * however long the trace.
 */
@RestController
@Tag(name = "Accesses")
public class TraceController {

    private static final int BLOCK = 8192;

    /** Copies of a block that there are at most while one that it is appended to grows. */
    private static final long COPIES = 4;

    /** What a trace came to. */
    record TraceBody(
            long accesses, Counters counters, @Nullable StoppedBody stopped, long version) {}

    private final int mostForeseen;

    TraceController(ApiSettings settings) {
        mostForeseen = settings.foreseenAccesses();
    }

    @PostMapping(
            path = "/v1/machines/{machine}/processes/{pid}/trace",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "runTrace",
            summary = "Run a memory trace of any length",
            description =
                    "Runs a memory trace of one process. The body is streamed, so "
                            + "that it may have any length; Content-Type says its format. The "
                            + "answer has totals only; use `issueAccesses` for explanations. "
                            + "A garbled trace is 400 and says how much was applied before.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "application/x-ndjson",
                                        schema =
                                                @Schema(
                                                        implementation =
                                                                AccessBatch.AccessShape.class)),
                                @Content(
                                        mediaType = "application/json",
                                        schema =
                                                @Schema(
                                                        implementation =
                                                                AccessBatch.ColumnsShape.class))
                            }))
    ResponseEntity<TraceBody> run(
            Mutation mutation,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false)
                    @Nullable String contentType,
            @Parameter(hidden = true) InputStream body,
            HttpServletRequest request) {
        int number = mutation.pid();
        TraceReader reader = TraceBodies.open(contentType, body, mutation.spec());
        return run(mutation, number, reader, request);
    }

    @PostMapping(path = "/v1/machines/{machine}/trace", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "runMachineTrace",
            summary = "Run a memory trace of any length, each access naming its process",
            description =
                    "Runs a memory trace of the whole machine, in which each access "
                            + "names its process. A `text/x-nyu-mmu` makes its processes "
                            + "itself, so that the machine must have none: `resetMachine`.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "application/x-ndjson",
                                        schema =
                                                @Schema(
                                                        implementation =
                                                                AccessBatch.ProcessAccessShape
                                                                        .class))
                            }))
    ResponseEntity<TraceBody> runAll(
            Mutation mutation,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false)
                    @Nullable String contentType,
            @Parameter(hidden = true) InputStream body,
            HttpServletRequest request) {
        TraceFormat format = TraceBodies.format(contentType, true);
        if (format.makesProcesses()
                && mutation.machine().read(m -> m.inspect().processCount()).value() > 0) {
            throw new ApiException(
                    Reason.PROCESSES_EXIST,
                    "the trace makes its processes itself, and the machine has some already");
        }
        TraceReader reader = format.open(body, mutation.spec(), true);
        return run(mutation, 0, reader, request);
    }

    private ResponseEntity<TraceBody> run(
            Mutation mutation, int pid, TraceReader reader, HttpServletRequest request) {
        MachineSpec spec = mutation.spec();
        try (Change change = mutation.begin()) {
            if (pid != 0) {
                checkAlive(change, pid);
            }
            Run run = new Run(change, pid, reader, new AccessBlock(spec, BLOCK));
            ApiException unread = ApiException.bodyNotReadable();
            try {
                if (spec.replacement().needsFuture()) {
                    run.asOne(spec, mostForeseen);
                } else {
                    run.toEnd();
                }
            } catch (TraceException e) {
                throw run.interrupted(TraceBodies.garbled(e));
            } catch (IOException e) {
                unread = ApiException.bodyNotReadable(e);
                throw run.interrupted(unread);
            } catch (HostingException e) {
                throw e.accesses() == null
                        ? run.interrupted(ProblemAdvice.of(e))
                        : ProblemAdvice.of(e);
            } finally {
                if (change.hasChanged()) {
                    request.setAttribute(IdempotencyFilter.CHANGED, true);
                }
                // for the container, which answers itself once the body cannot be read
                request.setAttribute(ProblemAdvice.PROBLEM, run.interrupted(unread));
            }
            return Versions.changed(HttpStatus.OK, change).body(run.body());
        }
    }

    private static void checkAlive(Change change, int pid) {
        if (change.read(m -> Pids.view(m, pid).state()) == ProcessState.TERMINATED) {
            throw ApiException.processExited(pid);
        }
    }

    /** One trace on its way through a machine. */
    private static final class Run {

        private final Change change;
        private final int pid;
        private final TraceReader reader;
        private final AccessBlock block;
        private long issued;
        private long ticks;
        private @Nullable StoppedBody stopped;

        Run(Change change, int pid, TraceReader reader, AccessBlock block) {
            this.change = change;
            this.pid = pid;
            this.reader = reader;
            this.block = block;
        }

        void toEnd() throws IOException {
            Command command = new Command.Access(pid, block, false);
            while (stopped == null && reader.read(block)) {
                if (block.count() > 0) {
                    issue(command);
                }
                block.clear();
                for (Command each : reader.takeCommands()) {
                    carryOut(each);
                }
            }
        }

        /** Reads the trace to its end before the first access is issued. */
        void asOne(MachineSpec spec, int most) throws IOException {
            AccessBlock all = new AccessBlock(spec, BLOCK);
            IOException trouble = null;
            try {
                while (reader.read(block)) {
                    change.hold(COPIES * block.hostBytes());
                    all.append(block);
                    block.clear();
                    refuseToForesee(all.count(), most, reader.takeCommands());
                }
            } catch (IOException e) {
                trouble = e; // what comes before it is issued all the same
            }
            if (all.count() > 0) {
                issue(new Command.Access(pid, all, false));
            }
            if (trouble != null) {
                throw trouble;
            }
        }

        private void refuseToForesee(int count, int most, List<Command> commands) {
            if (count > most) {
                throw interrupted(
                        new ApiException(
                                Reason.TRACE_TOO_LONG,
                                "the policy has to know the whole trace, and at most "
                                        + most
                                        + " accesses are held; this one has more"));
            }
            if (!commands.isEmpty()) {
                throw interrupted(
                        new ApiException(
                                Reason.FUTURE_UNKNOWN,
                                "the policy has to know what is to come, and this trace makes"
                                        + " processes and ends them on its way"));
            }
        }

        private void issue(Command command) {
            Outcome outcome = change.apply(command);
            if (!(outcome instanceof Outcome.Accessed accessed)) {
                throw interrupted(Pids.impossible(outcome));
            }
            issued += accessed.issued();
            ticks += accessed.ticks();
            Outcome.Stop stop = accessed.stopped();
            if (stop != null && stop.noProcess() != null) {
                throw interrupted(Pids.impossible(stop.noProcess()));
            }
            if (stop != null) {
                stopped = new StoppedBody(issued + ticks - 1, "signal");
            }
        }

        /** What a trace says between accesses; what the kernel refuses ends it. */
        private void carryOut(Command command) {
            switch (change.apply(command)) {
                case Outcome.Refused refused ->
                        throw interrupted(
                                new ApiException(
                                        Reason.TRACE_REFUSED,
                                        "the simulated kernel refused what the trace asks for: "
                                                + refused.why()));
                case Outcome.NoProcess none -> throw interrupted(Pids.impossible(none));
                default -> {}
            }
        }

        /** A problem that says how much of the trace was applied before it. */
        ApiException interrupted(ApiException problem) {
            return problem.madeSoFar(issued, change.version());
        }

        TraceBody body() {
            return new TraceBody(issued, change.counted(), stopped, change.version());
        }
    }
}
