package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Reply;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.CpuView;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.Locale;

/** Emptying the TLB, and what translation has cost so far. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Translation")
class TlbController {

    /** Whose entries are to go. */
    record FlushRequest(
            @Schema(description = "The process; all entries go if it is left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Integer pid,
            @Schema(description = "An address of the page; all of the process's if left out.")
                    @Nullable Address address) {

        static final FlushRequest ALL = new FlushRequest(null, null);
    }

    /** How many entries went. */
    record FlushBody(int dropped, long version) {}

    /** The processors, and what it took to keep their TLBs right. */
    record CpuList(
            List<CpuView> cpus,
            @Schema(description = "Processors that were made to drop entries, each time one was.")
                    long shootdowns,
            @Schema(description = "Times that all address-space numbers had been given out.")
                    long asidRollovers) {}

    /** What an access has cost on average, in ticks, without what faults cost beyond the walks. */
    record TranslationCostsBody(
            long accesses,
            @Schema(description = "The share of look-ups that found their page; null without TLB.")
                    @Nullable Double hitRatio,
            @Schema(description = "The share of all look-ups that only the second level answered.")
                    @Nullable Double secondLevelHitRatio,
            @Schema(description = "Memory references of walks, for each access.")
                    double walkReferences,
            @Schema(description = "Walks that the walk cache cut down to one reference.")
                    long walkCacheHits,
            @Schema(description = "TLB look-up, walks and the datum itself, as counted.")
                    double measured,
            @Schema(description = "What the formula gives for this hit ratio.") double textbook,
            String formula,
            @Schema(description = "All ticks, faults and traps included.") double withFaults) {}

    @PostMapping(path = "/tlb/flush", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "flushTlb",
            summary = "Drop entries from the TLB: a page's, a process's, or all",
            description = "Drops TLB entries: those of a page, of a process, or all.")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = FlushBody.class)))
    ResponseEntity<?> flush(
            Mutation mutation, @RequestBody(required = false) @Valid @Nullable FlushRequest body) {
        FlushRequest wish = body == null ? FlushRequest.ALL : body;
        Address address = wish.address();
        if (address != null && wish.pid() == null) {
            throw ApiException.badField("/pid", "is required with an address");
        }
        if (address != null && address.value() >= 1L << mutation.spec().addressBits()) {
            throw ApiException.badField("/address", "is beyond the address space");
        }
        Long page = address == null ? null : address.value() >>> mutation.spec().offsetBits();
        return mutation.change(
                change ->
                        Reply.to(change, new Command.FlushTlb(wish.pid(), page))
                                .ok(
                                        Outcome.Dropped.class,
                                        (m, dropped) ->
                                                new FlushBody(
                                                        dropped.entries(), change.version())));
    }

    @GetMapping("/cpus")
    @Operation(
            operationId = "listCpus",
            summary = "List the processors, with what they ran last and their TLBs hold",
            description =
                    "Lists the processors, with the process that each ran last and "
                            + "how full its TLBs are.")
    ResponseEntity<CpuList> cpus(Subject subject) {
        return subject.show(
                m ->
                        new CpuList(
                                m.inspect().translation().cpus(),
                                m.counters().get(Counter.SHOOTDOWNS),
                                m.counters().get(Counter.ASID_ROLLOVERS)));
    }

    @GetMapping("/translation-costs")
    @Operation(
            operationId = "getTranslationCosts",
            summary = "Show the effective access time, beside the textbook's formula",
            description =
                    "Shows the effective access time of the accesses made so far, "
                            + "in ticks, beside the textbook's formula with the same numbers.")
    ResponseEntity<TranslationCostsBody> costs(Subject subject) {
        return subject.show(TlbController::costs);
    }

    private static TranslationCostsBody costs(Machine machine) {
        MachineSpec spec = machine.spec();
        Counters counters = machine.counters();
        long accesses = counters.get(Counter.ACCESSES);
        boolean present = spec.tlb().entries() > 0;
        double hits = share(counters.get(Counter.TLB_HITS), accesses);
        double seconds = share(counters.get(Counter.TLB_SECOND_HITS), accesses);
        double secondLookUps = spec.tlb().second() == null ? 0 : 1 - (hits - seconds);
        double walks = share(counters.get(Counter.WALK_REFERENCES), accesses);
        long lookUp = present ? spec.costs().tlbLookup() : 0;
        long memory = spec.costs().memoryReference();
        Translation translation = spec.translation();
        int levels =
                switch (translation.kind()) {
                    case RELOCATION -> 0;
                    case LINEAR, SEGMENTATION -> 1;
                    case HASHED, INVERTED, SEGMENTED_PAGING -> 2;
                    case HIERARCHICAL -> translation.levels().size();
                };
        return new TranslationCostsBody(
                accesses,
                present ? hits : null,
                spec.tlb().second() == null ? null : seconds,
                walks,
                counters.get(Counter.WALK_CACHE_HITS),
                (1 + secondLookUps) * lookUp + (1 + walks) * memory,
                lookUp + (1 + (1 - hits) * levels) * memory,
                present
                        ? ("look-up + memory + (1 - hit ratio) × %1$d × memory"
                                        + " = %2$d + %3$d + (1 - %4$s) × %1$d × %3$d")
                                .formatted(levels, lookUp, memory, rounded(hits))
                        : "memory + %1$d × memory = %2$d + %1$d × %2$d".formatted(levels, memory),
                share(counters.get(Counter.TICKS), accesses));
    }

    private static String rounded(double ratio) {
        return String.format(Locale.ROOT, "%.4f", ratio);
    }

    private static double share(long part, long all) {
        return all == 0 ? 0 : (double) part / all;
    }
}
