package dev.faultline.api.studies;

import dev.faultline.analysis.Multiprogramming;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.processes.ProgramRequest;
import dev.faultline.api.processes.ProgramRequest.GeneratorRequest;
import dev.faultline.api.processes.RunController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.Prefer;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Reservation;
import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.SwapSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
    private static final int MOST_DEGREE = 200;

    /** What a process and the next accesses of its program take, beside its program's own. */
    private static final long BYTES_OF_PROCESS = 40_000;

    private static final long BYTES_OF_POINT = 512;

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

    /** What is varied; every combination is run. */
    record MultiprogrammingRequest(
            @Schema(description = "What all machines have in common.") @Valid
                    @Nullable MachineRequest machine,
            @Schema(description = "What each process does; phases over 400 pages if left out.")
                    @Valid
                    @Nullable GeneratorRequest program,
            @Schema(description = "Ticks of computing before each access; 10 if left out.")
                    @Min(value = 0, message = "must be at least 0")
                    @Max(
                            value = ProgramRequest.MOST_THINKING,
                            message = "must be at most 1000000000")
                    @Nullable Long think,
            @Schema(description = "Ticks of each run; 40000000 if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 1L << 40, message = "must be at most 1099511627776")
                    @Nullable Long ticks,
            @Schema(description = "Numbers of processes; 1 to 16 if left out.")
                    @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                    @Nullable
                            List<
                                    @NotNull(message = "must not be null")
                                    @Min(value = 1, message = "must be from 1 to 200")
                                    @Max(value = MOST_DEGREE, message = "must be from 1 to 200")
                                    Integer>
                            degrees,
            @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                    @Nullable List<@NotNull(message = "must not be null") Long> frames,
            @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                    @Nullable List<@NotNull(message = "must not be null") Long> quanta,
            @Schema(description = "Ticks of the disk for a page, in or out.")
                    @Size(min = 1, max = 200, message = "must have 1 to 200 numbers")
                    @Nullable List<@NotNull(message = "must not be null") Long> diskTicks,
            @Size(min = 1, max = 30, message = "must have 1 to 30 numbers")
                    @Nullable List<@NotNull(message = "must not be null") Long> pageSizes,
            @ArraySchema(
                            schema =
                                    @Schema(
                                            allowableValues = {
                                                "none",
                                                "working-set",
                                                "page-fault-frequency"
                                            }))
                    @Schema(description = "Load controls to compare; the machine's if left out.")
                    @Size(min = 1, max = 3, message = "must have 1 to 3 words")
                    @Nullable List<@NotNull(message = "must not be null") String> loadControls) {

        static final MultiprogrammingRequest EMPTY =
                new MultiprogrammingRequest(
                        null, null, null, null, null, null, null, null, null, null);

        /** How many machines there are, each for every degree. */
        long machines() {
            return size(frames)
                    * size(quanta)
                    * size(diskTicks)
                    * size(pageSizes)
                    * size(loadControls);
        }

        private static long size(@Nullable List<?> list) {
            return list == null ? 1 : list.size();
        }
    }

    /** What every combination came to. */
    record MultiprogrammingBody(List<MultiprogrammingPoint> points) {}

    /** What one came to. */
    record MultiprogrammingPoint(
            int degree,
            int frames,
            long quantum,
            @Schema(description = "Ticks of the disk for a page, as asked for in diskTicks.")
                    long pageTicks,
            long pageSize,
            String loadControl,
            @Schema(description = "The share of the processors' time that they worked.")
                    double utilisation,
            @Schema(description = "The same without switches from one process to another.")
                    double efficiency,
            @Schema(description = "Ticks of the disk at work, as of a run.") long diskTicks,
            @Schema(description = "The share of the time that the disk worked.")
                    double diskUtilisation,
            @Schema(description = "Page faults an access.") double faultRate,
            @Schema(description = "Accesses done in a thousand ticks.") double throughput,
            RunController.PressureBody pressure,
            @Schema(description = "Times that a process was put out of memory.") long putOut,
            long accesses,
            long pageFaults,
            long ticks) {

        static MultiprogrammingPoint of(Multiprogramming.Row row) {
            Outcome.Schedule schedule = row.schedule();
            MachineSpec spec = row.spec();
            double ticks = Math.max(1, schedule.ticks());
            long accesses = row.counters().get(Counter.ACCESSES);
            long faults = row.counters().get(Counter.PAGE_FAULTS);
            return new MultiprogrammingPoint(
                    row.degree(),
                    spec.frames(),
                    spec.quantum(),
                    spec.costs().swapIn(),
                    spec.pageSize(),
                    MachineRequest.word(spec.paging().loadControl().kind()),
                    schedule.utilisation(),
                    schedule.efficiency(),
                    schedule.diskTicks(),
                    schedule.diskTicks() / ticks,
                    accesses == 0 ? 0 : (double) faults / accesses,
                    Multiprogramming.throughput(row),
                    RunController.PressureBody.of(schedule),
                    row.counters().get(Counter.PUT_OUT),
                    accesses,
                    faults,
                    schedule.ticks());
        }
    }

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
            summary = "Show how busy a machine is with more and more processes: thrashing")
    @ApiResponse(
            responseCode = "200",
            description = "A point for each combination.",
            content = @Content(schema = @Schema(implementation = MultiprogrammingBody.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A long one goes on behind the answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> multiprogramming(
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
                    HttpStatus.CONTENT_TOO_LARGE,
                    "SWEEP_TOO_LARGE",
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
            long each = bytes.computeIfAbsent(spec.pageSize(), size -> bytes(shape, size));
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
                            return new MultiprogrammingBody(
                                    execution.runAll(work).stream()
                                            .map(MultiprogrammingPoint::of)
                                            .toList());
                        }));
    }

    /** Bytes that a process takes with its program. */
    private long bytes(Generator.Shape shape, long pageSize) {
        try (Reservation memory = host.reserve(Generator.mostHostBytes(shape, pageSize))) {
            return new Generator(shape, pageSize).hostBytes() + BYTES_OF_PROCESS;
        }
    }

    /** The machine and its programs count to the server's memory while they live. */
    private Multiprogramming.Row run(Run run, long think, long ticks, Execution execution) {
        long program = Generator.mostHostBytes(run.shape(), run.spec().pageSize());
        try (Reservation memory = host.reserve();
                Reservation making = host.reserve(program)) {
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
