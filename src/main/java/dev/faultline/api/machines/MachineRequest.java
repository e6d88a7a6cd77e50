package dev.faultline.api.machines;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The body that makes a machine. Everything may be left out. */
@Schema(description = "A machine's spec; what is left out takes a sensible value.")
public record MachineRequest(
        @Schema(description = "The client's choice; made by the server if left out.")
                @Pattern(regexp = ID, message = "must match " + ID)
                @Nullable String id,
        @Schema(description = "A preset to begin with; see /v1/presets. Other fields override it.")
                @Nullable String preset,
        @Schema(description = "Seed of everything random in the machine.") @Nullable Long seed,
        @Schema(
                        description = "Bytes of a page, a power of two.",
                        minimum = "1",
                        maximum = "1073741824")
                @Nullable Long pageSize,
        @Schema(description = "Page frames.", minimum = "1") @Nullable Long frames,
        @Schema(description = "Bits of a virtual address.") @Nullable Long addressBits,
        @Valid @Nullable TranslationRequest translation,
        @Schema(
                        implementation = TlbRequest.class,
                        nullable = true,
                        description = "The TLB; null for none.")
                @Nullable JsonNode tlb,
        @Valid @Nullable ReplacementRequest replacement,
        @Valid @Nullable RandomRequest random,
        @Valid @Nullable SwapRequest swap,
        @Nullable DiskRequest disk,
        @Schema(
                        description = "Processors, each with a TLB of its own.",
                        minimum = "1",
                        maximum = "64")
                @Nullable Long cpus,
        @Valid @Nullable SchedulerRequest scheduler,
        @Nullable ReclaimRequest reclaim,
        @Nullable ReadAheadRequest readAhead,
        @Nullable CostsRequest costs,
        @Nullable LimitsRequest limits) {

    public static final String ID = "^[a-z][a-z0-9-]{0,62}$";

    public static final MachineRequest EMPTY =
            new MachineRequest(
                    null, null, null, null, null, null, null, null, null, null, null, null, null,
                    null, null, null, null, null);

    /** How processes with programs take turns. */
    public record SchedulerRequest(
            @Schema(description = "Ticks of a turn; 100000 if left out.", minimum = "1")
                    @Nullable Long quantum,
            @Nullable LoadControlRequest loadControl) {}

    /** The kind of page table. */
    record TranslationRequest(
            @Schema(
                            allowableValues = {
                                "linear",
                                "hierarchical",
                                "hashed",
                                "inverted",
                                "relocation",
                                "segmentation",
                                "segmented-paging"
                            })
                    @Nullable String kind,
            @Schema(description = "Index bits of each level, root first.")
                    @Nullable List<@NotNull(message = "must not be null") Integer> levels,
            @Schema(
                            allowableValues = {"free", "frames", "pageable"},
                            description =
                                    "Where the tables are: nowhere in the machine, in its frames, or"
                                            + " in its frames and its store.")
                    @Nullable String memory,
            @Schema(
                            description =
                                    "Chains of a hashed table, anchors of an inverted one; the"
                                            + " frames, up to a power of two, if left out.",
                            minimum = "1")
                    @Nullable Long buckets,
            @Schema(
                            allowableValues = {"ia-32", "x86-64", "sv32", "sv39", "sv48"},
                            description = "Real hardware whose levels and entries these are.")
                    @Nullable String layout,
            @Schema(
                            description =
                                    "Bits of an address that choose its segment; 4 if left out.",
                            minimum = "1",
                            maximum = "12")
                    @Nullable Long segmentBits,
            @Schema(
                            allowableValues = {"first-fit", "best-fit", "worst-fit"},
                            description =
                                    "Which hole a process or a segment is put into, with relocation"
                                            + " and segmentation; first-fit if left out.")
                    @Nullable String placement,
            @Schema(
                            description =
                                    "Whether the kernel moves what is in memory together before it"
                                            + " swaps any of it out; false if left out.")
                    @Nullable Boolean compaction) {

        TranslationDraft over(TranslationDraft under) {
            return new TranslationDraft(
                    word("/translation/kind", kind, Translation.Kind.values(), under.kind()),
                    MachineRequest.over(levels, under.levels()),
                    word(
                            "/translation/memory",
                            memory,
                            Translation.Memory.values(),
                            under.memory()),
                    MachineRequest.over(buckets, under.buckets()),
                    word("/translation/layout", layout, EntryLayout.values(), under.layout()),
                    MachineRequest.over(segmentBits, under.segmentBits()),
                    word(
                            "/translation/placement",
                            placement,
                            Translation.Fit.values(),
                            under.fit()),
                    MachineRequest.over(compaction, under.compaction()));
        }
    }

    /** The TLB. */
    record TlbRequest(
            @Schema(minimum = "1") @Nullable Long entries,
            @Schema(description = "Entries a set; the entries if left out.", minimum = "1")
                    @Nullable Long ways,
            @Schema(allowableValues = {"lru", "fifo", "random", "tree-plru", "not-recently-used"})
                    @Nullable String replacement,
            @Schema(
                            allowableValues = {"hardware", "software"},
                            description =
                                    "Who loads an entry after a miss: a walk by the hardware, or the"
                                            + " kernel, to which each miss is a trap.")
                    @Nullable String management,
            @Schema(description = "Whether entries carry an address-space number.")
                    @Nullable Boolean tagged,
            @Schema(description = "Whether instructions have a TLB of their own, like this one.")
                    @Nullable Boolean split,
            @Nullable SecondLevelRequest secondLevel,
            @Schema(
                            description =
                                    "Bits of an address-space number; left out, each process has"
                                            + " one of its own for ever.",
                            minimum = "1",
                            maximum = "16")
                    @Nullable Long asidBits,
            @Schema(
                            description =
                                    "Last nodes of hierarchical tables that walks remember; none if"
                                            + " left out.",
                            minimum = "0",
                            maximum = "64")
                    @Nullable Long walkCache,
            @Schema(
                            description =
                                    "Whether the kernel's own entries are global: they stay when"
                                            + " processes are switched. False if left out.")
                    @Nullable Boolean global,
            @Schema(
                            allowableValues = {"all", "local", "none"},
                            description =
                                    "Which copies of an entry the kernel drops when it changes: all"
                                            + " processors', that of the one it runs on, or none.")
                    @Nullable String invalidation) {

        TlbDraft over(TlbDraft under) {
            if (entries != null && entries == 0) {
                throw ApiException.badField(
                        "/tlb/entries", "must be at least 1; for no TLB, tlb: null");
            }
            return new TlbDraft(
                    MachineRequest.over(entries, under.entries()),
                    MachineRequest.over(ways, under.ways()),
                    word(
                            "/tlb/replacement",
                            replacement,
                            TlbSpec.Replacement.values(),
                            under.replacement()),
                    MachineRequest.over(tagged, under.tagged()),
                    word(
                            "/tlb/management",
                            management,
                            TlbSpec.Management.values(),
                            under.management()),
                    MachineRequest.over(split, under.split()),
                    secondLevel == null ? under.second() : secondLevel.draft(),
                    MachineRequest.over(asidBits, under.asidBits()),
                    MachineRequest.over(walkCache, under.walkCache()),
                    MachineRequest.over(global, under.global()),
                    word(
                            "/tlb/invalidation",
                            invalidation,
                            TlbSpec.Invalidation.values(),
                            under.invalidation()));
        }
    }

    /** A larger TLB that is looked into when the first has not got the page. */
    record SecondLevelRequest(
            @Schema(minimum = "1", requiredMode = Schema.RequiredMode.REQUIRED)
                    @Nullable Long entries,
            @Schema(description = "Entries a set; the entries if left out.", minimum = "1")
                    @Nullable Long ways,
            @Schema(allowableValues = {"lru", "fifo", "random", "tree-plru", "not-recently-used"})
                    @Nullable String replacement) {

        TlbDraft draft() {
            if (entries == null || entries < 1) {
                throw ApiException.badField(
                        "/tlb/secondLevel/entries",
                        entries == null ? "is required" : "must be at least 1, not " + entries);
            }
            return new TlbDraft(
                    entries,
                    ways,
                    word(
                            "/tlb/secondLevel/replacement",
                            replacement,
                            TlbSpec.Replacement.values(),
                            null),
                    null);
        }
    }

    /** The disk. */
    record DiskRequest(
            @Schema(
                            description =
                                    "Bytes that it moves at once, a power of two; the page size if"
                                            + " left out.")
                    @Nullable Long blockSize) {}

    /** The backing store. */
    record SwapRequest(
            @Schema(minimum = "0") @Nullable Long slots,
            @Schema(
                            allowableValues = {"lazy", "eager"},
                            description =
                                    "eager: each page takes a slot when it is asked for; lazy: when"
                                            + " it leaves memory.")
                    @Nullable String reservation,
            @Schema(
                            allowableValues = {"always", "heuristic", "never"},
                            description = "What is promised, with lazy reservation.")
                    @Nullable String overcommit,
            @Schema(
                            minimum = "0",
                            maximum = "100",
                            description = "Percent of the frames that never counts on.")
                    @Nullable Long overcommitRatio,
            @Schema(description = "Whether one frame is kept free, to exchange pages through.")
                    @Nullable Boolean spareFrame,
            @Schema(
                            allowableValues = {"kill", "signal"},
                            description = "What happens when no frame can be had.")
                    @Nullable String outOfMemory) {

        SwapDraft over(SwapDraft base) {
            return new SwapDraft(
                    MachineRequest.over(slots, base.slots()),
                    reservation == null
                            ? base.reservation()
                            : word("/swap/reservation", reservation, SwapSpec.Reservation.values()),
                    overcommit == null
                            ? base.overcommit()
                            : word("/swap/overcommit", overcommit, SwapSpec.Overcommit.values()),
                    MachineRequest.over(overcommitRatio, base.overcommitRatio()),
                    MachineRequest.over(spareFrame, base.spareFrame()),
                    outOfMemory == null
                            ? base.outOfMemory()
                            : word(
                                    "/swap/outOfMemory",
                                    outOfMemory,
                                    SwapSpec.OutOfMemory.values()));
        }
    }

    /** Ticks; see docs/machine.md. */
    record CostsRequest(
            @Schema(
                            allowableValues = {"textbook", "ssd", "hard-disk"},
                            description = "Costs to begin with; the textbook's if left out.")
                    @Nullable String preset,
            @Nullable Long memoryReference,
            @Nullable Long tlbLookup,
            @Nullable Long trap,
            @Nullable Long zeroFill,
            @Nullable Long pageCopy,
            @Nullable Long swapIn,
            @Nullable Long swapOut,
            @Nullable Long fileIn,
            @Nullable Long fileOut,
            @Nullable Long contextSwitch,
            @Nullable Long shootdown,
            @Nullable Long seek,
            @Nullable Long map,
            @Nullable Long unmap,
            @Nullable Long signal,
            @Nullable Long exit) {

        Costs over(Costs under) {
            Costs base =
                    preset == null
                            ? under
                            : word("/costs/preset", preset, Costs.Preset.values()).costs();
            return new Costs(
                    or(memoryReference, base.memoryReference()),
                    or(tlbLookup, base.tlbLookup()),
                    or(trap, base.trap()),
                    or(zeroFill, base.zeroFill()),
                    or(pageCopy, base.pageCopy()),
                    or(swapIn, base.swapIn()),
                    or(swapOut, base.swapOut()),
                    or(fileIn, base.fileIn()),
                    or(fileOut, base.fileOut()),
                    or(contextSwitch, base.contextSwitch()),
                    or(shootdown, base.shootdown()),
                    or(seek, base.seek()),
                    or(map, base.map()),
                    or(unmap, base.unmap()),
                    or(signal, base.signal()),
                    or(exit, base.exit()));
        }
    }

    /** Where the simulated kernel refuses. */
    record LimitsRequest(
            @Nullable Integer processes,
            @Nullable Long tableBytes,
            @Nullable Long contentBytes,
            @Nullable Integer events,
            @Nullable Integer areas,
            @Nullable Long stackBytes,
            @Nullable Integer handlerTries) {

        Limits over(Limits base) {
            return new Limits(
                    or(processes, base.processes()),
                    or(tableBytes, base.tableBytes()),
                    or(contentBytes, base.contentBytes()),
                    or(events, base.events()),
                    or(areas, base.areas()),
                    or(stackBytes, base.stackBytes()),
                    or(handlerTries, base.handlerTries()));
        }
    }

    /**
     * The draft of machines that a study makes for itself; they have no id and begin empty.
     *
     * @param pointer where this stands in the study's body
     */
    public SpecDraft common(String pointer, JsonMapper mapper) {
        if (preset != null) {
            throw ApiException.badField(
                    pointer + "/preset", "the machines begin empty; give the spec itself");
        }
        if (id != null) {
            throw ApiException.badField(pointer + "/id", "the machines have no id");
        }
        return BodyPart.read(at -> pointer + at, () -> draft(null, mapper));
    }

    /** The draft that this request comes to, laid over its preset's. */
    public SpecDraft draft(@Nullable Preset base, JsonMapper mapper) {
        SpecDraft under = base == null ? SpecDraft.EMPTY : base.draft();
        return new SpecDraft(
                over(seed, under.seed()),
                over(pageSize, under.pageSize()),
                over(frames, under.frames()),
                over(addressBits, under.addressBits()),
                translation == null ? under.translation() : translation.over(under.translation()),
                tlbDraft(under.tlb(), mapper),
                policyDraft(under.policy()),
                swap == null ? under.swap() : swap.over(under.swap()),
                costs == null ? under.costs() : costs.over(under.costs()),
                limits == null ? under.limits() : limits.over(under.limits()),
                disk == null ? under.blockSize() : over(disk.blockSize(), under.blockSize()),
                over(cpus, under.cpus()),
                scheduler == null ? under.quantum() : over(scheduler.quantum(), under.quantum()),
                paging(under.paging()));
    }

    private PagingSpec paging(PagingSpec under) {
        LoadControlRequest control = scheduler == null ? null : scheduler.loadControl();
        PagingSpec asked = reclaim == null ? under : reclaim.over(under);
        return new PagingSpec(
                asked.watermarks(),
                asked.inFlight(),
                asked.dirtyBackground(),
                asked.dirtyLimit(),
                readAhead == null ? under.readAhead() : readAhead.over(under.readAhead()),
                control == null ? under.loadControl() : control.over(under.loadControl()));
    }

    private PolicyDraft policyDraft(PolicyDraft under) {
        PolicyDraft asked = replacement == null ? under : replacement.over(under);
        return random == null ? asked : random.over(asked);
    }

    /** Left out and null are not the same here, and only the tree tells them apart. */
    private TlbDraft tlbDraft(TlbDraft under, JsonMapper mapper) {
        return tlbDraft(tlb, "/tlb", under, mapper);
    }

    /** What a TLB in a body comes to, laid over another. */
    public static TlbDraft tlbDraft(
            @Nullable JsonNode tlb, String pointer, TlbDraft under, JsonMapper mapper) {
        if (tlb == null) {
            return under;
        }
        if (tlb.isNull()) {
            return new TlbDraft(0L, null, null, null);
        }
        try {
            TlbRequest request = mapper.treeToValue(tlb, TlbRequest.class);
            return BodyPart.read(
                    at -> at.replaceFirst("^/tlb", pointer), () -> request.over(under));
        } catch (JacksonException e) {
            throw JsonErrors.of(pointer, e);
        }
    }

    static long or(@Nullable Long wish, long otherwise) {
        return wish == null ? otherwise : wish;
    }

    static int or(@Nullable Integer wish, int otherwise) {
        return wish == null ? otherwise : wish;
    }

    /** The wish, or what lies under it; either may say nothing. */
    static <T> @Nullable T over(@Nullable T wish, @Nullable T under) {
        return wish == null ? under : wish;
    }

    static void only(String pointer, @Nullable String given, String known) {
        if (given != null && !given.equals(known)) {
            throw ApiException.badField(pointer, "no '" + given + "'; known: " + known);
        }
    }

    /** The value that is meant by a word, or what lies under it if there is none. */
    static <E extends Enum<E>> @Nullable E word(
            String pointer, @Nullable String word, E[] values, @Nullable E under) {
        return word == null ? under : word(pointer, word, values);
    }

    /** The value that is meant by a word. */
    public static <E extends Enum<E>> E word(String pointer, String word, E[] values) {
        for (E value : values) {
            if (word(value).equals(word)) {
                return value;
            }
        }
        String known =
                Arrays.stream(values).map(MachineRequest::word).collect(Collectors.joining(", "));
        throw ApiException.badField(pointer, "no '" + word + "'; known: " + known);
    }

    /** The word for a value: its name in lower case, with hyphens. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
