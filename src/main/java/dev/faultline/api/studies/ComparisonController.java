package dev.faultline.api.studies;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.operations.JobAnswers;
import dev.faultline.api.operations.OperationBody;
import dev.faultline.api.processes.ProcessRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.Prefer;
import dev.faultline.hosting.Execution;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.Reservation;
import dev.faultline.machine.PageTableComparison;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.owners.Caller;

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
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Comparisons that need no machine. */
@RestController
@Tag(name = "Comparisons")
class ComparisonController {

    /** The most pages that are compared at once. */
    static final int MAX_PAGES = 1_000_000;

    /** An address space: all pages of the areas, and the pages of the addresses. */
    record PageTablesRequest(
            @Schema(description = "48 if left out, or what the levels cover.")
                    @Nullable Long addressBits,
            @Nullable Long pageSize,
            @Schema(description = "Frames of the machine; 64, or as many as pages if that is more.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long frames,
            @Schema(description = "Index bits of each level of the hierarchical table, root first.")
                    @Nullable List<@NotNull(message = "must not be null") Integer> levels,
            @Schema(description = "Chains of the hashed and anchors of the inverted table.")
                    @Nullable Long buckets,
            @Size(max = ProcessRequest.MAX_AREAS, message = "must have at most 1000 areas")
                    @Nullable List<@Valid @NotNull(message = "must not be null") SpanRequest> areas,
            @Schema(description = "Addresses of a trace; each touches its page.")
                    @Size(max = MAX_PAGES, message = "must have at most 1000000 addresses")
                    @Nullable List<@NotNull(message = "must not be null") Address> addresses) {}

    /** Bytes from an address on. */
    record SpanRequest(
            @NotNull(message = "is required") Address start,
            @Min(value = 1, message = "must be at least 1") @NotNull(message = "is required")
                    Long length) {}

    /** What the tables take. */
    record PageTablesBody(long pages, long pageSize, int addressBits, List<PageTableBody> tables) {}

    /** What one kind of table takes. */
    record PageTableBody(
            String kind,
            List<Integer> levels,
            @Nullable Integer buckets,
            @Schema(description = "Bytes; of the inverted table, the whole machine's.") long bytes,
            @Schema(description = "Memory references of a walk, on average over the pages.")
                    double referencesPerWalk,
            long longestWalk) {

        static PageTableBody of(PageTableComparison.Row row, long pages) {
            Translation translation = row.translation();
            return new PageTableBody(
                    MachineRequest.word(translation.kind()),
                    translation.levels(),
                    translation.buckets() == 0 ? null : translation.buckets(),
                    row.bytes(),
                    pages == 0 ? 0 : (double) row.walks() / pages,
                    row.longest());
        }
    }

    /** Bytes of a page number while all are put in order. */
    private static final long BYTES_OF_PAGE = 2L * Long.BYTES;

    private static final long BYTES_OF_RESULT = 4096;

    private final JobAnswers answers;
    private final HostingSettings hosting;

    ComparisonController(JobAnswers answers, HostingSettings hosting) {
        this.answers = answers;
        this.hosting = hosting;
    }

    @PostMapping(
            path = "/v1/comparisons/page-tables",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "comparePageTables",
            summary = "Compare what each kind of page table takes for the same address space",
            description =
                    "Compares the kinds of page tables for the same address space: "
                            + "the memory that each takes, and the longest walk.")
    @ApiResponse(
            responseCode = "200",
            description = "What each kind takes.",
            content = @Content(schema = @Schema(implementation = PageTablesBody.class)))
    @ApiResponse(
            responseCode = "202",
            description =
                    "A long comparison, or one with Prefer: respond-async, goes on behind the"
                            + " answer; Location is its operation.",
            content = @Content(schema = @Schema(implementation = OperationBody.class)))
    ResponseEntity<?> pageTables(
            Caller caller,
            @RequestHeader(name = Prefer.HEADER, required = false) @Nullable String prefer,
            @RequestBody @Valid PageTablesRequest body) {
        SpecValues wishes =
                SpecValues.of(MachineSpec.PAGE_SIZE, body.pageSize())
                        .with(MachineSpec.FRAMES, body.frames())
                        .with(MachineSpec.ADDRESS_BITS, body.addressBits())
                        .with(Translation.LEVELS, body.levels())
                        .with(Translation.BUCKETS, body.buckets());
        PageTableComparison comparison =
                read(() -> new PageTableComparison(wishes, hosting.bounds()));
        List<Pages> ranges = ranges(body, comparison.space());
        long most = ranges.stream().mapToLong(Pages::count).sum();
        double effort = read(() -> comparison.effort(most));
        return answers.answer(
                caller.owner(),
                prefer,
                new Job(
                        "page-tables",
                        (long) effort,
                        effort,
                        BYTES_OF_RESULT,
                        execution ->
                                execution.compute(
                                        () -> compare(comparison, ranges, most, execution))));
    }

    private PageTablesBody compare(
            PageTableComparison comparison, List<Pages> ranges, long most, Execution execution) {
        try (Reservation ofPages = execution.reserve();
                Reservation ofTables = execution.reserve()) {
            ofPages.add(BYTES_OF_PAGE * most);
            long[] pages = inOrder(ranges, (int) most);
            MachineSpec space = comparison.space();
            List<PageTableComparison.Row> rows =
                    read(() -> comparison.of(pages, execution::advance, ofTables));
            return new PageTablesBody(
                    pages.length,
                    space.pageSize(),
                    space.addressBits(),
                    rows.stream().map(row -> PageTableBody.of(row, pages.length)).toList());
        }
    }

    /** The fields of a table stand in the body itself, and not in a translation. */
    private static <T> T read(Supplier<T> reading) {
        return BodyPart.read(pointer -> pointer.replaceFirst("^/translation/", "/"), reading);
    }

    /** Page numbers from one on. */
    private record Pages(long first, long count) {}

    private static List<Pages> ranges(PageTablesRequest body, MachineSpec spec) {
        List<Pages> ranges = new ArrayList<>();
        long space = 1L << spec.addressBits();
        long count = 0;
        List<SpanRequest> areas = body.areas() == null ? List.of() : body.areas();
        for (int i = 0; i < areas.size(); i++) {
            long start = areas.get(i).start().value();
            long length = areas.get(i).length();
            if (start >= space || length > space - start) {
                throw ApiException.badField(
                        "/areas/" + i, "reaches beyond the " + spec.addressBits() + "-bit space");
            }
            long first = start >>> spec.offsetBits();
            long end = (start + length - 1 >>> spec.offsetBits()) + 1;
            count += end - first;
            if (count > MAX_PAGES) {
                throw ApiException.badField(
                        "/areas/" + i, "at most " + MAX_PAGES + " pages are compared at once");
            }
            ranges.add(new Pages(first, end - first));
        }
        List<Address> addresses = body.addresses() == null ? List.of() : body.addresses();
        for (int i = 0; i < addresses.size(); i++) {
            long address = addresses.get(i).value();
            if (address >= space) {
                throw ApiException.badField(
                        "/addresses/" + i, "is beyond the " + spec.addressBits() + "-bit space");
            }
            ranges.add(new Pages(address >>> spec.offsetBits(), 1));
        }
        return ranges;
    }

    /** All pages of ranges, each once and in order. */
    private static long[] inOrder(List<Pages> ranges, int most) {
        long[] pages = new long[most];
        int count = 0;
        for (Pages range : ranges) {
            for (long page = 0; page < range.count(); page++) {
                pages[count++] = range.first() + page;
            }
        }
        Arrays.sort(pages);
        int different = 0;
        for (int at = 0; at < count; at++) {
            if (at == 0 || pages[at] != pages[at - 1]) {
                pages[different++] = pages[at];
            }
        }
        return Arrays.copyOf(pages, different);
    }
}
