package dev.faultline.api.processes;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Reservation;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/** The processes of a machine. */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/processes",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Processes")
class ProcessController {

    /** Some processes. */
    record ProcessList(List<ProcessBody> processes, @Nullable String nextCursor) {}

    private final MachineHost host;
    private final TraceStore traces;

    ProcessController(MachineHost host, TraceStore traces) {
        this.traces = traces;
        this.host = host;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "createProcess", summary = "Make a process")
    @ApiResponse(
            responseCode = "201",
            description = "The process.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> create(
            @PathVariable String machine,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable ProcessRequest body) {
        HostedMachine hosted = host.find(machine);
        ProcessRequest request = body == null ? ProcessRequest.EMPTY : body;
        ProgramRequest wanted = request.program();
        if (wanted == null && request.arrival() != null) {
            throw ApiException.badField("/arrival", "is for a process with a program");
        }
        String group = request.group();
        if (group != null && !hosted.read(m -> m.inspect().hasGroup(group)).value()) {
            throw ApiException.badField("/group", "there is no group '" + group + "'");
        }
        Command command = request.command(hosted.spec());
        if (wanted == null) {
            return make(hosted, ifMatch, command, group, null, 0, null);
        }
        try (Reservation memory = host.reserve(wanted.mostHostBytes(hosted.spec()))) {
            Program program = wanted.program(hosted.spec(), traces);
            Long think = wanted.think();
            return make(
                    hosted,
                    ifMatch,
                    command,
                    group,
                    program,
                    think == null ? 0 : think,
                    request.arrival());
        }
    }

    @PostMapping(path = "/{pid}/fork", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "forkProcess", summary = "Fork a process by copy-on-write")
    @ApiResponse(
            responseCode = "201",
            description = "The child.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> fork(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Nullable NoFields body) {
        HostedMachine hosted = host.find(machine);
        return make(hosted, ifMatch, new Command.Fork(Pids.parse(pid)));
    }

    private static ResponseEntity<?> make(
            HostedMachine hosted, @Nullable String ifMatch, Command command) {
        return make(hosted, ifMatch, command, null, null, 0, null);
    }

    private static ResponseEntity<?> make(
            HostedMachine hosted,
            @Nullable String ifMatch,
            Command command,
            @Nullable String group,
            @Nullable Program program,
            long think,
            @Nullable Long arrival) {
        try (HostedMachine.Change change = hosted.change(Versions.wanted(ifMatch))) {
            long clock = change.read(m -> m.inspect().time().schedule()).ticks();
            if (arrival != null && arrival < clock) {
                throw ApiException.badField(
                        "/arrival", "is past: the clock of runs stands at " + clock);
            }
            if (program != null) {
                change.hold(Machine.hostBytes(program, hosted.spec())); // or nothing is made
            }
            Outcome outcome = change.apply(command);
            change.letGo();
            if (outcome instanceof Outcome.Refused refused) {
                return RefusalBody.answer(refused, change);
            }
            if (!(outcome instanceof Outcome.Made(int pid))) {
                throw Pids.impossible(outcome);
            }
            if (group != null) {
                change.apply(new Command.JoinGroup(pid, group));
            }
            if (program != null) {
                change.apply(
                        new Command.GiveProgram(
                                pid, program, think, arrival == null ? clock : arrival));
            }
            return Versions.changed(HttpStatus.CREATED, change)
                    .location(URI.create("/v1/machines/" + hosted.id() + "/processes/" + pid))
                    .body(change.read(m -> ProcessBody.of(Pids.view(m, pid))));
        }
    }

    @PostMapping(path = "/{pid}/vfork", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "vforkProcess",
            summary = "Make a child that borrows its parent's memory until it ends or runs exec")
    @ApiResponse(
            responseCode = "201",
            description = "The child.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> vfork(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Nullable NoFields body) {
        return make(host.find(machine), ifMatch, new Command.Vfork(Pids.parse(pid)));
    }

    @PostMapping(path = "/{pid}/exec", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "execProcess", summary = "Replace a process's memory")
    @ApiResponse(
            responseCode = "200",
            description = "The process, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {ProcessBody.class, RefusalBody.class})))
    ResponseEntity<?> exec(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable ProcessRequest body) {
        int number = Pids.parse(pid);
        ProcessRequest request = body == null ? ProcessRequest.EMPTY : body;
        return changed(machine, number, ifMatch, request.exec(number, host.find(machine).spec()));
    }

    @PostMapping(path = "/{pid}/exit", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "exitProcess", summary = "End a process and give back all it held")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    ResponseEntity<?> exit(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Nullable NoFields body) {
        int number = Pids.parse(pid);
        return changed(machine, number, ifMatch, new Command.Exit(number));
    }

    @PostMapping(path = "/{pid}/swap-out", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "swapProcessOut", summary = "Move a whole process to the store")
    @ApiResponse(
            responseCode = "200",
            description = "The process, or why it stays.",
            content = @Content(schema = @Schema(anyOf = {ProcessBody.class, RefusalBody.class})))
    ResponseEntity<?> swapOut(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Nullable NoFields body) {
        int number = Pids.parse(pid);
        return changed(machine, number, ifMatch, new Command.SwapOut(number));
    }

    @PostMapping(path = "/{pid}/swap-in", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(operationId = "swapProcessIn", summary = "Bring a process back from the store")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    ResponseEntity<?> swapIn(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Nullable NoFields body) {
        int number = Pids.parse(pid);
        return changed(machine, number, ifMatch, new Command.SwapIn(number));
    }

    /** Carries a command of a process out and answers the process, or why the kernel refused. */
    private ResponseEntity<?> changed(
            String machine, int pid, @Nullable String ifMatch, Command command) {
        HostedMachine hosted = host.find(machine);
        try (HostedMachine.Change change = hosted.change(Versions.wanted(ifMatch))) {
            return RefusalBody.orElse(change, command, m -> ProcessBody.of(Pids.view(m, pid)));
        }
    }

    @GetMapping
    @Operation(operationId = "listProcesses", summary = "List processes, ended ones included")
    ResponseEntity<ProcessList> list(
            @PathVariable String machine,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long after = Lists.after(cursor, 0);
        return Versions.ok(host.find(machine).read(m -> part(m, after, limit)));
    }

    private static ProcessList part(Machine machine, long after, int limit) {
        Inspector inspector = machine.inspect();
        long last = Math.min(inspector.processCount(), after + limit);
        List<ProcessBody> processes =
                IntStream.rangeClosed((int) Math.min(after, last) + 1, (int) last)
                        .mapToObj(pid -> ProcessBody.of(Pids.view(machine, pid)))
                        .toList();
        boolean more = last < inspector.processCount();
        return new ProcessList(processes, more ? Lists.cursor(last) : null);
    }

    @GetMapping("/{pid}")
    @Operation(operationId = "getProcess", summary = "Show a process")
    ResponseEntity<ProcessBody> get(@PathVariable String machine, @PathVariable String pid) {
        int number = Pids.parse(pid);
        return Versions.ok(host.find(machine).read(m -> ProcessBody.of(Pids.view(m, number))));
    }
}
