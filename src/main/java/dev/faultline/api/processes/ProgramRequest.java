package dev.faultline.api.processes;

import dev.faultline.api.accesses.InlineAccess;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceProgram;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What a process runs by itself: one of the three. */
public record ProgramRequest(
        @Size(max = InlineAccess.MOST, message = "must have at most 1000000 accesses")
                @Nullable List<@Valid @NotNull(message = "must not be null") InlineAccess> accesses,
        @Schema(description = "A stored trace.") @Nullable String trace,
        @Valid @Nullable GeneratorRequest generator,
        @Schema(description = "Ticks of computing before each access; 0 if left out.")
                @Min(value = 0, message = "must be at least 0")
                @Max(value = MOST_THINKING, message = "must be at most 1000000000")
                @Nullable Long think) {

    public static final long MOST_THINKING = 1_000_000_000;

    /** Copies of a program's accesses that there are at most while it is made. */
    private static final long COPIES = 3;

    private static final long MOST_ACCESSES = 1L << 40;
    private static final long DEFAULT_ACCESSES = 10_000;
    private static final int DEFAULT_PAGES = 64;

    /** A rule, a seed and a few numbers. */
    public record GeneratorRequest(
            @Schema(
                            allowableValues = {
                                "sequential",
                                "strided",
                                "loop",
                                "random",
                                "zipf",
                                "phases",
                                "matrix-rows",
                                "matrix-columns",
                                "quicksort",
                                "linked-list",
                                "garbage-collector"
                            })
                    @NotNull(message = "is required")
                    String kind,
            @Schema(description = "10000 if left out; a program with an end may have fewer.")
                    @Min(value = 0, message = "must be at least 0")
                    @Max(value = MOST_ACCESSES, message = "must be at most 1099511627776")
                    @Nullable Long accesses,
            @Schema(description = "The first address; 0 if left out.") @Nullable Address start,
            @Schema(description = "Bytes that it works on; 64 pages if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long bytes,
            @Schema(description = "Pages that it works on, instead of bytes.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long pages,
            @Schema(description = "Of strided: bytes between accesses; a page if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 1L << 32, message = "must be at most 4294967296")
                    @Nullable Long stride,
            @Schema(description = "The share of accesses that write; 0 if left out.")
                    @DecimalMin(value = "0", message = "must be from 0 to 1")
                    @DecimalMax(value = "1", message = "must be from 0 to 1")
                    @Nullable Double writes,
            @Schema(description = "Of what is random; the machine's if left out.")
                    @Nullable Long seed,
            @Schema(description = "Of zipf: how uneven; 1 if left out.")
                    @DecimalMin(value = "0", message = "must be from 0 to 10")
                    @DecimalMax(value = "10", message = "must be from 0 to 10")
                    @Nullable Double theta,
            @Schema(description = "Of phases: how many; 4 if left out.")
                    @Min(value = 1, message = "must be from 1 to 1000000")
                    @Max(value = 1_000_000, message = "must be from 1 to 1000000")
                    @Nullable Integer phases,
            @Schema(description = "Of phases: pages of each working set; 8 if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Integer workingSet,
            @Schema(description = "Of garbage-collector: the share that lives; 0.3 if left out.")
                    @DecimalMin(value = "0", message = "must be from 0 to 0.9")
                    @DecimalMax(value = "0.9", message = "must be from 0 to 0.9")
                    @Nullable Double live) {

        /** What it does on a machine. Raises a 400 about the fields at a pointer. */
        public Generator.Shape shape(String pointer, MachineSpec spec) {
            Generator.Kind rule =
                    MachineRequest.word(pointer + "/kind", kind, Generator.Kind.values());
            if (bytes != null && pages != null) {
                throw ApiException.badField(pointer + "/pages", "give bytes or pages");
            }
            long first = start == null ? 0 : start.value();
            long space = 1L << spec.addressBits();
            long most = Math.max(0, space - first);
            long wanted =
                    bytes != null
                            ? bytes
                            : pages != null
                                    ? Math.multiplyExact(Math.min(pages, 1L << 32), spec.pageSize())
                                    : Math.min(DEFAULT_PAGES * spec.pageSize(), most);
            if (first >= space || wanted > most) {
                throw ApiException.badField(
                        pointer, "reaches beyond the " + spec.addressBits() + "-bit space");
            }
            checkThings(pointer, rule, wanted, spec);
            return new Generator.Shape(
                    rule,
                    accesses == null ? DEFAULT_ACCESSES : accesses,
                    first,
                    wanted,
                    stride == null ? spec.pageSize() : stride,
                    writes == null ? 0 : writes,
                    seed == null ? spec.seed() : seed,
                    theta == null ? 1 : theta,
                    phases == null ? 4 : phases,
                    workingSet == null ? 8 : workingSet,
                    live == null ? 0.3 : live);
        }

        /** The least that a rule works on; it must be there. */
        private static long least(Generator.Kind rule, MachineSpec spec) {
            return switch (rule) {
                case LOOP, ZIPF, PHASES -> spec.pageSize();
                case LINKED_LIST, GARBAGE_COLLECTOR -> 2 * Generator.OBJECT;
                case MATRIX_ROWS, MATRIX_COLUMNS -> 3 * Generator.ELEMENT;
                case SEQUENTIAL, STRIDED, RANDOM, QUICKSORT -> Generator.ELEMENT;
            };
        }

        private static void checkThings(
                String pointer, Generator.Kind rule, long bytes, MachineSpec spec) {
            if (bytes < least(rule, spec)) {
                throw ApiException.badField(
                        pointer, "needs at least " + least(rule, spec) + " bytes to work on");
            }
            long things =
                    switch (rule) {
                        case ZIPF -> bytes / spec.pageSize();
                        case LINKED_LIST -> bytes / Generator.OBJECT;
                        case QUICKSORT -> bytes / Generator.ELEMENT;
                        default -> 0;
                    };
            if (things > Generator.MOST_THINGS) {
                throw ApiException.badField(
                        pointer,
                        "of this kind works on at most "
                                + Generator.MOST_THINGS
                                + " pages, nodes or numbers, not "
                                + things);
            }
        }
    }

    /** Bytes of the server's memory that making the program takes at most. */
    long mostHostBytes(MachineSpec spec) {
        return generator != null
                ? Generator.mostHostBytes(
                        generator.shape("/program/generator", spec), spec.pageSize())
                : COPIES * Long.BYTES * (accesses == null ? 0L : accesses.size());
    }

    /** The program for a machine. Raises a 404 for a trace that the caller does not see. */
    Program program(Caller caller, MachineSpec spec, TraceStore traces) {
        int given =
                (accesses == null ? 0 : 1) + (trace == null ? 0 : 1) + (generator == null ? 0 : 1);
        if (given != 1) {
            throw ApiException.badField("/program", "give one of accesses, trace and generator");
        }
        if (generator != null) {
            return new Generator(generator.shape("/program/generator", spec), spec.pageSize());
        }
        return trace != null ? traced(traces.find(caller, trace), spec) : recorded(spec);
    }

    private static Program traced(StoredTrace stored, MachineSpec spec) {
        if (stored.highest() > spec.lastAddress()) {
            throw ApiException.badField(
                    "/program/trace",
                    "has addresses up to "
                            + Address.format(stored.highest())
                            + ", beyond the "
                            + spec.addressBits()
                            + "-bit space");
        }
        return new TraceProgram(stored);
    }

    private Program recorded(MachineSpec spec) {
        List<InlineAccess> list = accesses == null ? List.of() : accesses;
        AccessBlock block = new AccessBlock(spec, Math.max(1, list.size()));
        for (int i = 0; i < list.size(); i++) {
            list.get(i).addTo(block, "/program/accesses/" + i);
        }
        return RecordedProgram.of(block);
    }
}
