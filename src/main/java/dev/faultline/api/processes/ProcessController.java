package dev.faultline.api.processes;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Reservation;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

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
    @Operation(
            operationId = "createProcess",
            summary = "Make a process",
            description =
                    "Makes a process. Without `areas` it may use the whole address "
                            + "space; `[]` gives it none. With a `program` it runs by itself, "
                            + "in turns with others, once `run` is called. If the kernel has "
                            + "no room, the answer is its refusal.")
    @ApiResponse(
            responseCode = "201",
            description = "The process.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> create(
            Mutation mutation,
            @RequestBody(required = false) @Valid @Nullable ProcessRequest body) {
        ProcessRequest request = body == null ? ProcessRequest.EMPTY : body;
        ProgramRequest wanted = request.program();
        if (wanted == null && request.arrival() != null) {
            throw ApiException.badField("/arrival", "is for a process with a program");
        }
        String group = request.group();
        if (group != null && !mutation.machine().read(m -> m.inspect().hasGroup(group)).value()) {
            throw ApiException.badField("/group", "there is no group '" + group + "'");
        }
        Command command = request.command(mutation.spec());
        if (wanted == null) {
            return make(mutation, command, group, null);
        }
        try (Reservation memory =
                host.reserve(mutation.caller().owner(), wanted.mostHostBytes(mutation.spec()))) {
            Program program = wanted.program(mutation.caller(), mutation.spec(), traces);
            long think = wanted.think() == null ? 0 : wanted.think();
            return make(mutation, command, group, new Start(program, think, request.arrival()));
        }
    }

    @PostMapping(path = "/{pid}/fork", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "forkProcess",
            summary = "Fork a process by copy-on-write",
            description =
                    "Makes a child with a copy of the parent's memory. Nothing is "
                            + "copied at once: both map the same frames, write-protected, and "
                            + "the first write to a page makes a copy of it (copy-on-write). "
                            + "`fork` of the child says what that saved.")
    @ApiResponse(
            responseCode = "201",
            description = "The child.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> fork(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return make(mutation, new Command.Fork(mutation.pid()));
    }

    /** Makes a process that has no program, in no group. */
    private static ResponseEntity<?> make(Mutation mutation, Command command) {
        return make(mutation, command, null, null);
    }

    /**
     * Makes a process, puts it into its group and gives it its program, all as one change.
     *
     * @param group the group's name, or null for none
     * @param start what it is to run, or null for nothing
     */
    private static ResponseEntity<?> make(
            Mutation mutation, Command command, @Nullable String group, @Nullable Start start) {
        return mutation.change(
                change -> {
                    long clock = change.read(m -> m.inspect().time().schedule()).ticks();
                    if (start != null) {
                        start.checkArrival(clock);
                        change.hold(start.hostBytes(mutation.spec())); // or nothing is made
                    }
                    return Reply.to(change, command)
                            .then(
                                    Outcome.Made.class,
                                    made -> {
                                        change.letGo();
                                        if (group != null) {
                                            change.apply(new Command.JoinGroup(made.pid(), group));
                                        }
                                        if (start != null) {
                                            change.apply(start.command(made.pid(), clock));
                                        }
                                    })
                            .created(
                                    Outcome.Made.class,
                                    made -> mutation.path("/processes/" + made.pid()),
                                    (m, made) -> ProcessBody.of(Pids.view(m, made.pid())));
                });
    }

    /**
     * What a new process is to run.
     *
     * @param think ticks of computing before each access
     * @param arrival the tick at which it begins, or null for at once
     */
    private record Start(Program program, long think, @Nullable Long arrival) {

        void checkArrival(long clock) {
            if (arrival != null && arrival < clock) {
                throw ApiException.badField(
                        "/arrival", "is past: the clock of runs stands at " + clock);
            }
        }

        long hostBytes(MachineSpec spec) {
            return Machine.hostBytes(program, spec);
        }

        Command command(int pid, long clock) {
            return new Command.GiveProgram(pid, program, think, arrival == null ? clock : arrival);
        }
    }

    @PostMapping(path = "/{pid}/vfork", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "vforkProcess",
            summary = "Make a child that borrows its parent's memory until it ends or runs exec",
            description =
                    "Makes a child that runs in its parent's memory. The parent is "
                            + "blocked until the child ends or calls exec.")
    @ApiResponse(
            responseCode = "201",
            description = "The child.",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The simulated kernel refused; nothing was made.",
            content = @Content(schema = @Schema(implementation = RefusalBody.class)))
    ResponseEntity<?> vfork(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return make(mutation, new Command.Vfork(mutation.pid()));
    }

    @PostMapping(path = "/{pid}/exec", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "execProcess",
            summary = "Replace a process's memory",
            description = "Gives the process new memory in place of its own, as exec " + "does.")
    @ApiResponse(
            responseCode = "200",
            description = "The process, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {ProcessBody.class, RefusalBody.class})))
    ResponseEntity<?> exec(
            Mutation mutation,
            @RequestBody(required = false) @Valid @Nullable ProcessRequest body) {
        ProcessRequest request = body == null ? ProcessRequest.EMPTY : body;
        return changed(mutation, request.exec(mutation.pid(), mutation.spec()));
    }

    @PostMapping(path = "/{pid}/exit", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "exitProcess",
            summary = "End a process and give back all it held",
            description =
                    "Ends the process. Its frames and slots become free, unless "
                            + "others share them. It can still be read.")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    ResponseEntity<?> exit(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return changed(mutation, new Command.Exit(mutation.pid()));
    }

    @PostMapping(path = "/{pid}/swap-out", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "swapProcessOut",
            summary = "Move a whole process to the store",
            description =
                    "Moves all of the process's pages to the backing store. An "
                            + "access, or swap-in, brings it back.")
    @ApiResponse(
            responseCode = "200",
            description = "The process, or why it stays.",
            content = @Content(schema = @Schema(anyOf = {ProcessBody.class, RefusalBody.class})))
    ResponseEntity<?> swapOut(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return changed(mutation, new Command.SwapOut(mutation.pid()));
    }

    @PostMapping(path = "/{pid}/swap-in", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "swapProcessIn",
            summary = "Bring a process back from the store",
            description =
                    "Brings back the pages of a process that was swapped out as a " + "whole.")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ProcessBody.class)))
    ResponseEntity<?> swapIn(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        return changed(mutation, new Command.SwapIn(mutation.pid()));
    }

    /** Carries a command of a process out and answers the process, or why the kernel refused. */
    private static ResponseEntity<?> changed(Mutation mutation, Command command) {
        int pid = mutation.pid();
        return mutation.apply(command, m -> ProcessBody.of(Pids.view(m, pid)));
    }

    @GetMapping
    @Operation(
            operationId = "listProcesses",
            summary = "List processes, ended ones included",
            description =
                    "Lists the machine's processes in order of pid. Ended processes "
                            + "stay in the list.")
    ResponseEntity<ProcessList> list(
            Subject subject,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long after = Lists.after(cursor, 0);
        return subject.show(m -> part(m, after, limit));
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
    @Operation(
            operationId = "getProcess",
            summary = "Show a process",
            description =
                    "Shows the process: its state, how many of its pages are where, "
                            + "and its counters.")
    ResponseEntity<ProcessBody> get(Subject subject) {
        int number = subject.pid();
        return subject.show(m -> ProcessBody.of(Pids.view(m, number)));
    }
}
