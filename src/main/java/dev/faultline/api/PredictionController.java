package dev.faultline.api;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Operations;
import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.AccessResult;
import dev.faultline.machine.Command;
import dev.faultline.machine.Counter;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.Mapping;
import dev.faultline.machine.Op;
import dev.faultline.machine.Outcome;
import dev.faultline.machine.Portions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Judges what a client expects accesses to come to. They are made on a copy of the machine. */
@RestController
@Tag(name = "Accesses")
class PredictionController {

    private static final int MOST = 10_000;

    /** Accesses, and what the client expects of each. */
    record PredictionRequest(
            @NotNull(message = "is required")
                    @Size(min = 1, max = MOST, message = "must have 1 to 10000 accesses")
                    List<@Valid @NotNull(message = "must not be null") PredictedRequest>
                            accesses) {}

    /** An access of one byte. */
    record PredictedRequest(
            @Schema(allowableValues = {"read", "write", "execute"})
                    @NotNull(message = "is required")
                    String op,
            @NotNull(message = "is required") Address address,
            @Valid @Nullable ExpectedRequest expected) {}

    /** What is expected; what is left out is not judged. */
    record ExpectedRequest(
            @Schema(description = "Whether there is a fault of any kind.") @Nullable Boolean fault,
            @Schema(description = "The frame that the access ends in.") @Nullable Integer frame,
            @Schema(description = "Whether a page has to leave memory for it.")
                    @Nullable Boolean evicts,
            @Schema(description = "A page that leaves memory for it.") @Valid
                    @Nullable VictimRequest victim) {}

    /** A page of a process. */
    record VictimRequest(
            @Schema(description = "The process itself if left out.") @Nullable Integer pid,
            @NotNull(message = "is required") @Min(value = 0, message = "must be at least 0")
                    Long page) {}

    /** How far a client was right. */
    record PredictionBody(
            @Schema(description = "Accesses that came to what was expected, up to the first other.")
                    int agreed,
            @Schema(description = "The first that did not; null if all did.")
                    @Nullable DifferenceBody difference) {}

    /** An access that came to something else. */
    record DifferenceBody(
            @Schema(description = "Its place, counted from 0.") int at,
            @Schema(allowableValues = {"fault", "frame", "evicts", "victim", "stopped"})
                    String field,
            String expected,
            String actual,
            String explanation,
            @Schema(description = "What it came to; null if it was not made any more.")
                    @Nullable AccessBody access) {}

    private static final long BYTES_OF_RESULT = 16 << 10;

    private final MachineHost host;
    private final Operations operations;
    private final long mostWaitedFor;

    PredictionController(MachineHost host, Operations operations, ApiSettings settings) {
        this.host = host;
        this.operations = operations;
        mostWaitedFor = settings.sweepAccesses();
    }

    @PostMapping(
            path = "/v1/machines/{machine}/processes/{pid}/predictions",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "judgePrediction",
            summary = "Compare what is expected of accesses with what they would come to")
    @ApiResponse(
            responseCode = "200",
            description = "How far the client was right.",
            content = @Content(schema = @Schema(implementation = PredictionBody.class)))
    @ApiResponse(
            responseCode = "202",
            description =
                    "What takes long, on a machine of many frames, or with Prefer: respond-async,"
                            + " goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> judge(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody @Valid PredictionRequest body) {
        HostedMachine hosted = host.find(machine);
        int number = Pids.parse(pid);
        Command.Access command =
                new Command.Access(number, block(body.accesses(), hosted.spec()), true);
        HostedMachine.Versioned<HostedMachine.Copy> copy = hosted.copy();
        int count = body.accesses().size();
        double effort = count * hosted.spec().effort();
        boolean behind = Prefer.isAsync(prefer) || effort > mostWaitedFor;
        boolean begun = false;
        try {
            ResponseEntity<?> answer =
                    OperationBody.run(
                            operations,
                            behind,
                            "prediction",
                            count,
                            BYTES_OF_RESULT,
                            operation ->
                                    operation.compute(
                                            () ->
                                                    judge(
                                                            copy.value(),
                                                            command,
                                                            body.accesses(),
                                                            operation)));
            begun = true;
            return behind
                    ? answer
                    : Versions.ok(
                            new HostedMachine.Versioned<>(
                                    Objects.requireNonNull(answer.getBody()),
                                    copy.version(),
                                    copy.inMotion()));
        } finally {
            if (!begun) {
                copy.value().close();
            }
        }
    }

    /** Makes the accesses on a copy, which is given back. */
    private static PredictionBody judge(
            HostedMachine.Copy copy,
            Command.Access command,
            List<PredictedRequest> accesses,
            dev.faultline.hosting.Operation operation) {
        try (copy) {
            Machine machine = copy.machine();
            Portions portions = machine.portions(command);
            long before = machine.counters().get(Counter.ACCESSES);
            while (!portions.isDone()) {
                portions.next();
                long made = machine.counters().get(Counter.ACCESSES);
                operation.advance(made - before);
                before = made;
            }
            return compare(machine, command.pid(), accesses, portions.outcome());
        }
    }

    private static AccessBlock block(List<PredictedRequest> accesses, MachineSpec spec) {
        AccessBlock block = new AccessBlock(spec, accesses.size());
        for (int at = 0; at < accesses.size(); at++) {
            PredictedRequest access = accesses.get(at);
            String pointer = "/accesses/" + at;
            int op = op(pointer + "/op", access.op());
            if (!block.fits(access.address().value(), 1)) {
                throw ApiException.badField(
                        pointer + "/address",
                        "is beyond the space's last address, "
                                + Address.format(block.lastAddress()));
            }
            block.add(op, access.address().value());
        }
        return block;
    }

    private static int op(String pointer, String word) {
        for (int op = Op.READ; op <= Op.EXECUTE; op++) {
            if (Op.name(op).equals(word)) {
                return op;
            }
        }
        throw ApiException.badField(pointer, "no '" + word + "'; known: read, write, execute");
    }

    private static PredictionBody compare(
            Machine machine, int pid, List<PredictedRequest> accesses, Outcome outcome) {
        if (!(outcome instanceof Outcome.Accessed accessed)) {
            throw Pids.impossible(outcome);
        }
        for (int at = 0; at < accesses.size(); at++) {
            if (at == accessed.results().size()) {
                return new PredictionBody(
                        at,
                        new DifferenceBody(
                                at,
                                "stopped",
                                "the access is made",
                                "it is not",
                                "the signal of the access before ended the process",
                                null));
            }
            Judge judge = new Judge(machine, pid, at, accessed.results().get(at));
            DifferenceBody difference = judge.difference(accesses.get(at).expected());
            if (difference != null) {
                return new PredictionBody(at, difference);
            }
        }
        return new PredictionBody(accesses.size(), null);
    }

    /** Compares one access with what is expected of it. */
    private record Judge(Machine machine, int pid, int at, AccessResult result) {

        @Nullable DifferenceBody difference(@Nullable ExpectedRequest expected) {
            if (expected == null) {
                return null;
            }
            Boolean fault = expected.fault();
            if (fault != null && fault == result.faults().isEmpty()) {
                return other("fault", fault, !fault);
            }
            Boolean evicts = expected.evicts();
            if (evicts != null && evicts == evicted().isEmpty()) {
                return other("evicts", evicts, !evicts);
            }
            VictimRequest victim = expected.victim();
            if (victim != null && !evicted().contains(page(victim))) {
                String actual = evicted().isEmpty() ? "nobody leaves" : words(evicted());
                return other("victim", words(List.of(page(victim))), actual);
            }
            Integer frame = expected.frame();
            if (frame != null && frame != result.frame()) {
                return other("frame", frame, result.frame() < 0 ? "none" : result.frame());
            }
            return null;
        }

        private Mapping page(VictimRequest victim) {
            Integer whose = victim.pid();
            return new Mapping(whose == null ? pid : whose, victim.page());
        }

        private List<Mapping> evicted() {
            return result.faults().stream()
                    .flatMap(
                            fault ->
                                    fault.evicted() == null
                                            ? Stream.empty()
                                            : fault.evicted().mappings().stream())
                    .toList();
        }

        private static String words(List<Mapping> pages) {
            return pages.stream()
                    .map(page -> "page " + page.page() + " of process " + page.pid())
                    .collect(Collectors.joining(", "));
        }

        private DifferenceBody other(String field, Object expected, Object actual) {
            return new DifferenceBody(
                    at,
                    field,
                    String.valueOf(expected),
                    String.valueOf(actual),
                    explanation(),
                    AccessBody.of(List.of(result), machine.spec()));
        }

        private String explanation() {
            long page = result.address() >>> machine.spec().offsetBits();
            if (result.faults().isEmpty()) {
                return "page %d is in frame %d, and its entry allows the %s: no fault"
                        .formatted(page, result.frame(), Op.name(result.op()));
            }
            String faults =
                    result.faults().stream()
                            .map(
                                    fault ->
                                            "a %s fault at page %d, resolved by %s%s"
                                                    .formatted(
                                                            fault.type().word(),
                                                            page,
                                                            fault.resolution().word(),
                                                            fault.why() == null
                                                                    ? ""
                                                                    : " (" + fault.why() + ")"))
                            .collect(Collectors.joining(", then "));
            return evicted().isEmpty()
                    ? faults + "; a frame was free, or none was needed"
                    : faults
                            + "; no frame was free, and %s chose %s"
                                    .formatted(machine.spec().policy(), words(evicted()));
        }
    }
}
