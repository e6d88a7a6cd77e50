package dev.faultline.api.studies;

import dev.faultline.analysis.Multiprogramming;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.processes.ProgramRequest.GeneratorRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Reservation;
import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.owners.Caller;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Experiments over many machines that are thrown away. */
@RestController
@Tag(name = "Running")
class ExperimentController {

    private static final long DEFAULT_TICKS = 40_000_000;

    /** What a process and the next accesses of its program take, beside its program's own. */
    private static final long BYTES_OF_PROCESS = 40_000;

    /** The heap bytes of a point: its spec (about 2,700) and its counters (600). */
    private static final long BYTES_OF_POINT = 4096;

    /** What the programs of one run may take together. */
    private static final long MOST_BYTES = 64L << 20;

    /** The machine whose curve every textbook has: 64 frames, and a disk that is not too slow. */
    private static final long DEFAULT_DISK = 30_000;

    private static final long DEFAULT_QUANTUM = 50_000;
    private static final long DEFAULT_THINK = 10;

    /** Working sets of eight pages of 400, each for a time. */
    private static final GeneratorRequest DEFAULT_PROGRAM =
            new GeneratorRequest(
                    "phases", 2_000_000L, null, null, 400L, null, 0.2, null, null, 1000, 8, null);

    private final MachineHost host;
    private final JobAnswers answers;
    private final HostingSettings hosting;
    private final ApiSettings settings;

    ExperimentController(
            MachineHost host, JobAnswers answers, HostingSettings hosting, ApiSettings settings) {
        this.host = host;
        this.answers = answers;
        this.hosting = hosting;
        this.settings = settings;
    }

    @PostMapping(
            path = "/v1/experiments/multiprogramming",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "multiprogramming",
            summary = "Show how busy a machine is with more and more processes: thrashing",
            description =
                    "Runs more and more processes on the same memory, and shows the "
                            + "processor's utilisation for each number. Beyond a certain "
                            + "number the machine does nothing but paging: thrashing.")
    @ApiResponse(
            responseCode = "200",
            description = "A point for each combination.",
            content = @Content(schema = @Schema(implementation = MultiprogrammingBody.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A long one goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> multiprogramming(
            Caller caller,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody(required = false) @Valid @Nullable MultiprogrammingRequest given) {
        MultiprogrammingRequest body = given == null ? MultiprogrammingRequest.EMPTY : given;
        long ticks = body.ticks() == null ? DEFAULT_TICKS : body.ticks();
        long think = body.think() == null ? DEFAULT_THINK : body.think();
        GeneratorRequest program = body.program() == null ? DEFAULT_PROGRAM : body.program();
        List<Integer> degrees =
                body.degrees() == null
                        ? IntStream.rangeClosed(1, 16).boxed().toList()
                        : body.degrees();
        long combinations = body.machines() * degrees.size();
        if (combinations > settings.sweepCombinations()) {
            throw new ApiException(
                    Reason.SWEEP_TOO_LARGE,
                    "an experiment has at most "
                            + settings.sweepCombinations()
                            + " combinations, and this one "
                            + combinations);
        }
        List<MachineSpec> specs = specs(body);
        List<Run> runs = new ArrayList<>();
        Map<Long, Long> bytes = new HashMap<>();
        for (MachineSpec spec : specs) {
            Generator.Shape shape = program.shape("/program", spec);
            long each = bytes.computeIfAbsent(spec.pageSize(), size -> bytes(caller, shape, size));
            if (each * Collections.max(degrees) > MOST_BYTES) {
                throw ApiException.badField(
                        "/program", "takes " + each + " bytes for each process; make it smaller");
            }
            degrees.forEach(degree -> runs.add(new Run(spec, degree, shape)));
        }
        double total = (double) combinations * ticks;
        double anAccess = 1.0 + think + specs.getFirst().costs().memoryReference();
        double effort = specs.stream().mapToDouble(MachineSpec::effort).max().orElse(1);
        return answers.answer(
                caller.owner(),
                prefer,
                new Job(
                        "multiprogramming",
                        (long) Math.min(Long.MAX_VALUE, total),
                        effort * total / anAccess,
                        BYTES_OF_POINT * combinations,
                        execution -> {
                            List<Callable<Multiprogramming.Row>> work =
                                    runs.stream()
                                            .<Callable<Multiprogramming.Row>>map(
                                                    run -> () -> run(run, think, ticks, execution))
                                            .toList();
                            return MultiprogrammingBody.of(execution.runAll(work));
                        }));
    }

    /** Bytes that a process takes with its program. */
    private long bytes(Caller caller, Generator.Shape shape, long pageSize) {
        long most = Generator.mostHostBytes(shape, pageSize);
        try (Reservation memory = host.reserve(caller.owner(), most)) {
            return new Generator(shape, pageSize).hostBytes() + BYTES_OF_PROCESS;
        }
    }

    /** The machine and its programs count to the server's memory while they live. */
    private Multiprogramming.Row run(Run run, long think, long ticks, Execution execution) {
        long program = Generator.mostHostBytes(run.shape(), run.spec().pageSize());
        try (Reservation memory = execution.reserve();
                Reservation making = execution.reserve()) {
            making.add(program);
            return Multiprogramming.run(
                    new Machine(run.spec(), memory),
                    run.degree(),
                    run.shape(),
                    think,
                    ticks,
                    execution::advance);
        }
    }

    private record Run(MachineSpec spec, int degree, Generator.Shape shape) {}

    private List<MachineSpec> specs(MultiprogrammingRequest body) {
        MachineRequest machine = body.machine() == null ? MachineRequest.EMPTY : body.machine();
        SpecValues given = machine.common("/machine");
        SpecValues base = SpecValues.of(SwapSpec.SLOTS, hosting.swapSlots()).with(given);
        boolean plain = !machine.spec().has(Costs.SECTION);
        boolean turns = !given.has(MachineSpec.QUANTUM);
        List<@Nullable Long> disks =
                orOne(body.diskTicks(), plain ? Long.valueOf(DEFAULT_DISK) : null);
        List<@Nullable Long> quanta =
                orOne(body.quanta(), turns ? Long.valueOf(DEFAULT_QUANTUM) : null);
        List<@Nullable Long> pageSizes = orOne(body.pageSizes(), null);
        List<@Nullable Long> counts = orOne(body.frames(), null);
        List<SpecValues> controls = controls(body);
        List<MachineSpec> specs = new ArrayList<>();
        for (int p = 0; p < pageSizes.size(); p++) {
            for (int f = 0; f < counts.size(); f++) {
                for (int q = 0; q < quanta.size(); q++) {
                    for (int d = 0; d < disks.size(); d++) {
                        Long disk = disks.get(d);
                        SpecValues values =
                                base.with(MachineSpec.PAGE_SIZE, pageSizes.get(p))
                                        .with(MachineSpec.FRAMES, counts.get(f))
                                        .with(MachineSpec.QUANTUM, quanta.get(q))
                                        .with(
                                                disk == null
                                                        ? SpecValues.EMPTY
                                                        : Costs.disk(disk, disk));
                        Place place = new Place(body, p, f, q, d);
                        for (SpecValues control : controls) {
                            specs.add(
                                    BodyPart.read(
                                            place::of,
                                            () ->
                                                    MachineSpec.of(
                                                            values.with(control),
                                                            hosting.bounds())));
                        }
                    }
                }
            }
        }
        if (specs.getFirst().replacement().needsFuture()) {
            throw ApiException.badField(
                    "/machine/replacement/policy",
                    "has to know all of a program, and those of an experiment have no end");
        }
        return specs;
    }

    /** Where the fields of one combination stand in the body: in a list, or in the machine. */
    private record Place(
            MultiprogrammingRequest body, int pageSize, int frames, int quantum, int disk) {

        String of(String pointer) {
            return switch (pointer) {
                case "/pageSize" -> placed(body.pageSizes(), "/pageSizes/" + pageSize, pointer);
                case "/frames" -> placed(body.frames(), "/frames/" + frames, pointer);
                case "/scheduler/quantum" -> placed(body.quanta(), "/quanta/" + quantum, pointer);
                case "/costs/swapIn", "/costs/swapOut", "/costs/fileIn", "/costs/fileOut" ->
                        placed(body.diskTicks(), "/diskTicks/" + disk, pointer);
                default -> "/machine" + pointer;
            };
        }

        private static String placed(@Nullable List<?> list, String inList, String pointer) {
            return list == null ? "/machine" + pointer : inList;
        }
    }

    private static List<SpecValues> controls(MultiprogrammingRequest body) {
        if (body.loadControls() == null) {
            return List.of(SpecValues.EMPTY);
        }
        List<SpecValues> controls = new ArrayList<>();
        for (int i = 0; i < body.loadControls().size(); i++) {
            PagingSpec.LoadControl.Kind kind =
                    MachineRequest.word(
                            "/loadControls/" + i,
                            body.loadControls().get(i),
                            PagingSpec.LoadControl.Kind.values());
            controls.add(SpecValues.of(PagingSpec.LoadControl.KIND, kind));
        }
        return controls;
    }

    private static List<@Nullable Long> orOne(@Nullable List<Long> list, @Nullable Long one) {
        List<@Nullable Long> all = new ArrayList<>();
        if (list == null) {
            all.add(one);
        } else {
            all.addAll(list);
        }
        return all;
    }
}
