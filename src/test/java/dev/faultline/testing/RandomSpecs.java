package dev.faultline.testing;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Specs;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.Translation.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Valid specs of every feature at once, drawn by a seed: few frames, small spaces and cheap disks,
 * so that a short life of a machine has many faults, evictions and refusals. A test that cannot
 * judge a feature leaves it out by {@link #without}. A spec drawn here that is refused is a fault
 * of this class.
 */
public final class RandomSpecs {

    /** What a test may have to do without. */
    public enum Feature {
        /** Relocation and segmentation: whole processes or segments in one piece. */
        WHOLE_SEGMENTS,
        /** Page tables that take the machine's frames. */
        TABLES_IN_FRAMES,
        /** Kernels that forget to drop TLB entries, so that accesses go to stale frames. */
        STALE_TLBS,
        SEVERAL_CPUS,
        /** The page daemon, and the cleaning of dirty pages. */
        RECLAIM,
        READ_AHEAD,
        LOAD_CONTROL,
        /** Policies that each process plays with its own pages. */
        LOCAL_SCOPE,
        /** A policy that has to know what is to come. */
        FORESIGHT,
        /** Limits that a short life reaches. */
        TIGHT_LIMITS
    }

    /** Bounds as wide as a machine can have; no spec drawn here gets near them. */
    private static final SpecValues BOUNDS =
            SpecValues.of(MachineSpec.FRAMES, 1 << 16)
                    .with(SwapSpec.SLOTS, 1 << 16)
                    .with(TlbSpec.ENTRIES, 1 << 10)
                    .with(Limits.PROCESSES, 1 << 17)
                    .with(Limits.TABLE_BYTES, 1L << 28)
                    .with(Limits.CONTENT_BYTES, 1L << 28)
                    .with(Limits.EVENTS, 1 << 16)
                    .with(Limits.AREAS, 65_530)
                    .with(Limits.STACK_BYTES, Long.MAX_VALUE)
                    .with(Limits.HANDLER_TRIES, 100);

    private static final long HARDWARE_PAGE = EntryLayout.PAGE;

    private final SplittableRandom random;
    private final Set<Feature> features = EnumSet.allOf(Feature.class);
    private @Nullable Long givenPageSize;
    private int givenVpnBits;

    public RandomSpecs(SplittableRandom random) {
        this.random = random;
    }

    /**
     * Paged machines with 32 pages of so many bytes, whose TLBs keep no stale entries. Without load
     * control, since one whose patience is shorter than an exchange takes may never get on.
     */
    public static RandomSpecs paged(SplittableRandom random, long pageSize) {
        return new RandomSpecs(random)
                .without(
                        Feature.WHOLE_SEGMENTS,
                        Feature.STALE_TLBS,
                        Feature.LOAD_CONTROL,
                        Feature.TIGHT_LIMITS)
                .withPages(pageSize, 5);
    }

    /** Leaves features out from now on. */
    public RandomSpecs without(Feature... unwanted) {
        features.removeAll(List.of(unwanted));
        return this;
    }

    /** Gives all machines pages of so many bytes, and so many bits of page number. */
    public RandomSpecs withPages(long pageSize, int vpnBits) {
        givenPageSize = pageSize;
        givenVpnBits = vpnBits;
        return this;
    }

    /** The next machine's spec. */
    public MachineSpec next() {
        Kind kind = kind();
        EntryLayout layout = layout(kind);
        long pageSize = pageSize(layout);
        Translation.Memory memory = memory(kind, layout, pageSize);
        boolean free = memory == Translation.Memory.FREE;
        int frames = frames(free);
        int vpnBits = layout == null ? vpnBits(kind) : total(layout.levels());
        int offsetBits = Long.numberOfTrailingZeros(pageSize);
        List<Integer> levels = kind != Kind.HIERARCHICAL || layout != null ? null : levels(vpnBits);
        boolean walksNodes = free && (layout != null || levels != null && levels.size() > 1);
        boolean whole = kind.isContiguous();
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, random.nextLong(1000))
                        .with(MachineSpec.PAGE_SIZE, pageSize)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, (long) vpnBits + offsetBits)
                        .with(translation(kind, levels, memory, layout, vpnBits))
                        .with(
                                whole || oneIn(5)
                                        ? SpecValues.EMPTY.withNo(TlbSpec.SECTION)
                                        : tlb(walksNodes))
                        .with(
                                whole
                                        ? SpecValues.of(PolicySpec.POLICY, oneIn(2) ? "fifo" : null)
                                        : policy(frames))
                        .with(swap(frames, memory, whole))
                        .with(costs())
                        .with(limits())
                        .with(MachineSpec.BLOCK_SIZE, blockSize(pageSize))
                        .with(
                                MachineSpec.CPUS,
                                has(Feature.SEVERAL_CPUS) && oneIn(3) ? 1L + random.nextInt(4) : 1L)
                        .with(MachineSpec.QUANTUM, oneOf(100_000L, 1L, 7L, 500L, 3_000L))
                        .with(whole ? SpecValues.EMPTY : paging(frames)),
                BOUNDS);
    }

    private boolean has(Feature feature) {
        return features.contains(feature);
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** A value, or nothing said. */
    private <T> @Nullable T maybe(T value) {
        return random.nextBoolean() ? value : null;
    }

    private Kind kind() {
        Kind kind = oneOf(Kind.values());
        return kind.isContiguous() && !has(Feature.WHOLE_SEGMENTS) ? Kind.HIERARCHICAL : kind;
    }

    private @Nullable EntryLayout layout(Kind kind) {
        boolean fits = givenPageSize == null || givenPageSize == HARDWARE_PAGE;
        return kind == Kind.HIERARCHICAL && fits && givenVpnBits == 0 && oneIn(4)
                ? oneOf(EntryLayout.values())
                : null;
    }

    private long pageSize(@Nullable EntryLayout layout) {
        long drawn = oneOf(16L, 64L, 64L, 256L, 4096L, 1L << random.nextInt(4));
        return layout != null ? HARDWARE_PAGE : givenPageSize != null ? givenPageSize : drawn;
    }

    private Translation.Memory memory(Kind kind, @Nullable EntryLayout layout, long pageSize) {
        boolean movable = kind == Kind.LINEAR || kind == Kind.HIERARCHICAL;
        boolean wordsFit = layout == null || layout.entryBytes() == Long.BYTES;
        return movable
                        && wordsFit
                        && pageSize >= Long.BYTES
                        && has(Feature.TABLES_IN_FRAMES)
                        && oneIn(3)
                ? oneOf(Translation.Memory.FRAMES, Translation.Memory.PAGEABLE)
                : Translation.Memory.FREE;
    }

    private int frames(boolean free) {
        if (oneIn(12)) {
            return 1 + random.nextInt(4);
        }
        return (free ? 3 : 12) + random.nextInt(14);
    }

    /** Mostly so few pages that commands meet; sometimes as many as real traces have. */
    private int vpnBits(Kind kind) {
        if (givenVpnBits > 0) {
            return givenVpnBits;
        }
        return oneIn(8) && kind != Kind.LINEAR ? 20 + random.nextInt(16) : 3 + random.nextInt(4);
    }

    private static int total(List<Integer> levels) {
        return levels.stream().mapToInt(Integer::intValue).sum();
    }

    /** Up to five levels, each of 20 bits at most, that cover so many bits. */
    private List<Integer> levels(int vpnBits) {
        List<Integer> levels = new ArrayList<>();
        int left = vpnBits;
        while (left > 0) {
            int others = 5 - levels.size() - 1;
            int least = Math.max(1, left - 20 * others);
            int most = Math.min(Math.min(20, left), least + random.nextInt(12));
            levels.add(others == 0 ? left : Math.max(least, most));
            left -= levels.getLast();
        }
        return levels;
    }

    private SpecValues translation(
            Kind kind,
            @Nullable List<Integer> levels,
            Translation.Memory memory,
            @Nullable EntryLayout layout,
            int vpnBits) {
        boolean chained = kind == Kind.HASHED || kind == Kind.INVERTED;
        int mostSegmentBits = Math.min(12, vpnBits - 1);
        return SpecValues.of(Translation.KIND, kind)
                .with(Translation.LEVELS, levels)
                .with(Translation.MEMORY, memory)
                .with(Translation.BUCKETS, chained ? maybe(1L + random.nextInt(20)) : null)
                .with(Translation.LAYOUT, layout)
                .with(
                        Translation.SEGMENT_BITS,
                        kind.hasSegments()
                                ? maybe(1L + random.nextInt(Math.min(3, mostSegmentBits)))
                                : null)
                .with(
                        Translation.PLACEMENT,
                        kind.isContiguous() ? oneOf(Translation.Fit.values()) : null)
                .with(
                        Translation.COMPACTION,
                        kind.isContiguous() ? maybe(random.nextBoolean()) : null);
    }

    private SpecValues tlb(boolean walksNodes) {
        SpecValues first = oneLevel();
        boolean tagged = random.nextInt(3) > 0;
        TlbSpec.Management management = oneOf(TlbSpec.Management.values());
        boolean remembersWalks =
                walksNodes && management == TlbSpec.Management.HARDWARE && oneIn(2);
        return first.with(TlbSpec.TAGGED, tagged)
                .with(TlbSpec.MANAGEMENT, management)
                .with(TlbSpec.SPLIT, maybe(random.nextBoolean()))
                .with(oneIn(3) ? Specs.behind(oneLevel()) : SpecValues.EMPTY)
                .with(TlbSpec.ASID_BITS, tagged && oneIn(3) ? 1L + random.nextInt(4) : null)
                .with(TlbSpec.WALK_CACHE, remembersWalks ? 1L + random.nextInt(5) : null)
                .with(TlbSpec.GLOBAL, maybe(random.nextBoolean()))
                .with(
                        TlbSpec.INVALIDATION,
                        has(Feature.STALE_TLBS) && oneIn(6)
                                ? oneOf(TlbSpec.Invalidation.values())
                                : TlbSpec.Invalidation.ALL);
    }

    private SpecValues oneLevel() {
        TlbSpec.Replacement replacement = oneOf(TlbSpec.Replacement.values());
        long ways =
                replacement == TlbSpec.Replacement.TREE_PLRU
                        ? 1L << random.nextInt(3)
                        : 1L + random.nextInt(4);
        return SpecValues.of(TlbSpec.ENTRIES, ways * (1 + random.nextInt(4)))
                .with(TlbSpec.WAYS, ways)
                .with(TlbSpec.REPLACEMENT, replacement);
    }

    private SpecValues policy(int frames) {
        String name = oneOf(Machine.policyNames().toArray(String[]::new));
        if (!has(Feature.FORESIGHT) && Policies.entry(name).is(PolicyEntry.Trait.NEEDS_FUTURE)) {
            name = "clock";
        }
        boolean local =
                has(Feature.LOCAL_SCOPE)
                        && !Policies.entry(name).is(PolicyEntry.Trait.GLOBAL)
                        && oneIn(3);
        return SpecValues.of(Parameters.POLICY, name)
                .with(Parameters.DIALECT, maybe(oneOf(Dialect.values())))
                .with(Parameters.ORDER, maybe(oneOf(Parameters.Order.values())))
                .with(Parameters.SCAN, maybe(oneOf(Parameters.Scan.values())))
                .with(Parameters.REFERENCED_ON_LOAD, maybe(random.nextBoolean()))
                .with(Parameters.HAND_START, maybe((long) random.nextInt(frames)))
                .with(Parameters.HAND_PASSES_FILLED, maybe(random.nextBoolean()))
                .with(Parameters.TIES, maybe(oneOf(Parameters.Ties.values())))
                .with(Parameters.TAU, maybe((long) random.nextInt(40)))
                .with(Parameters.CLEAR_EVERY, maybe(1L + random.nextInt(30)))
                .with(Parameters.BITS, maybe(1L + random.nextInt(32)))
                .with(Parameters.AGE_AT, maybe(oneOf(Parameters.AgeAt.values())))
                .with(Parameters.K, maybe(1L + random.nextInt(8)))
                .with(Parameters.CORRELATED, maybe((long) random.nextInt(5)))
                .with(Parameters.HALVE_EVERY, maybe((long) random.nextInt(60)))
                .with(
                        Parameters.REMEMBERED,
                        maybe(oneIn(4) ? Parameters.UNBOUNDED : 1L + random.nextInt(300)))
                .with(Parameters.FIRST_IN, maybe(1L + random.nextInt(100)))
                .with(Parameters.REFAULTS, maybe(random.nextBoolean()))
                .with(Parameters.MOVE_AFTER, maybe(1L + random.nextInt(3)))
                .with(
                        Parameters.SCOPE,
                        local ? Parameters.Scope.LOCAL : maybe(Parameters.Scope.GLOBAL))
                .with(
                        Parameters.ALLOTMENT,
                        local ? maybe(oneOf(Parameters.Allotment.values())) : null)
                .with(
                        Parameters.FRAME_SHARE,
                        local ? maybe((long) random.nextInt(frames + 1)) : null)
                .with(
                        Parameters.NUMBERS,
                        oneIn(4)
                                ? random.ints(1 + random.nextInt(7), 0, 1000).boxed().toList()
                                : null);
    }

    private SpecValues swap(int frames, Translation.Memory memory, boolean whole) {
        boolean mayBeEager = memory != Translation.Memory.PAGEABLE;
        return SpecValues.of(SwapSpec.SLOTS, oneOf(4096L, 64L, 64L, 12L, 3L, 0L))
                .with(
                        SwapSpec.RESERVATION,
                        mayBeEager && oneIn(4)
                                ? SwapSpec.Reservation.EAGER
                                : SwapSpec.Reservation.LAZY)
                .with(
                        SwapSpec.OVERCOMMIT,
                        oneOf(
                                SwapSpec.Overcommit.ALWAYS,
                                SwapSpec.Overcommit.ALWAYS,
                                SwapSpec.Overcommit.HEURISTIC,
                                SwapSpec.Overcommit.NEVER))
                .with(SwapSpec.OVERCOMMIT_RATIO, maybe((long) random.nextInt(101)))
                .with(SwapSpec.SPARE_FRAME, frames > 1 && !whole && oneIn(5))
                .with(SwapSpec.OUT_OF_MEMORY, oneOf(SwapSpec.OutOfMemory.values()));
    }

    private SpecValues costs() {
        if (oneIn(2)) {
            return SpecValues.of(Costs.PRESET, oneOf(Costs.Preset.values()));
        }
        return SpecValues.of(Costs.MEMORY_REFERENCE, few(3))
                .with(Costs.TLB_LOOKUP, few(2))
                .with(Costs.TRAP, few(5))
                .with(Costs.ZERO_FILL, few(5))
                .with(Costs.PAGE_COPY, few(9))
                .with(Costs.SWAP_IN, few(50))
                .with(Costs.SWAP_OUT, few(50))
                .with(Costs.FILE_IN, few(50))
                .with(Costs.FILE_OUT, few(50))
                .with(Costs.CONTEXT_SWITCH, few(9))
                .with(Costs.SHOOTDOWN, few(9))
                .with(Costs.SEEK, few(20))
                .with(Costs.MAP, few(5))
                .with(Costs.UNMAP, few(5))
                .with(Costs.SIGNAL, few(5))
                .with(Costs.EXIT, few(5));
    }

    /** Ticks from 0 to a bound. */
    private long few(int most) {
        return random.nextInt(most + 1);
    }

    private SpecValues limits() {
        if (!has(Feature.TIGHT_LIMITS) || oneIn(2)) {
            return SpecValues.of(Limits.PROCESSES, 1000)
                    .with(Limits.TABLE_BYTES, 1L << 22)
                    .with(Limits.CONTENT_BYTES, 1L << 22)
                    .with(Limits.EVENTS, oneOf(100, 1000))
                    .with(Limits.AREAS, 1000)
                    .with(Limits.STACK_BYTES, 8L << 20)
                    .with(Limits.HANDLER_TRIES, 3);
        }
        return SpecValues.of(Limits.PROCESSES, 2 + random.nextInt(20))
                .with(Limits.TABLE_BYTES, oneOf(8_192L, 50_000L, 1L << 20))
                .with(Limits.CONTENT_BYTES, oneOf(0L, 100L, 5_000L, 1L << 20))
                .with(Limits.EVENTS, oneOf(1, 5, 40, 300))
                .with(Limits.AREAS, 1 + random.nextInt(12))
                .with(Limits.STACK_BYTES, oneOf(0L, 100L, 1_000L, 1L << 20))
                .with(Limits.HANDLER_TRIES, 1 + random.nextInt(3));
    }

    private @Nullable Long blockSize(long pageSize) {
        return maybe(Math.max(1, oneOf(pageSize / 4, pageSize, 2 * pageSize, 8 * pageSize)));
    }

    private SpecValues paging(int frames) {
        int high = has(Feature.RECLAIM) && oneIn(2) ? random.nextInt(frames) : 0;
        int low = random.nextInt(high + 1);
        boolean cleans = has(Feature.RECLAIM) && oneIn(3);
        int background = cleans ? random.nextInt(101) : 100;
        boolean limited = background < 100;
        return SpecValues.of(PagingSpec.MIN, random.nextInt(low + 1))
                .with(PagingSpec.LOW, low)
                .with(PagingSpec.HIGH, high)
                .with(PagingSpec.IN_FLIGHT, 1 + random.nextInt(8))
                .with(PagingSpec.DIRTY_BACKGROUND, background)
                .with(
                        PagingSpec.DIRTY_LIMIT,
                        limited ? Math.max(1, background + random.nextInt(101 - background)) : 100)
                .with(
                        has(Feature.READ_AHEAD) && oneIn(3)
                                ? SpecValues.of(PagingSpec.ReadAhead.SWAP, 1 + random.nextInt(5))
                                        .with(PagingSpec.ReadAhead.FILE, 1 + random.nextInt(5))
                                        .with(PagingSpec.ReadAhead.STRIDE, random.nextInt(4))
                                : SpecValues.EMPTY)
                .with(loadControl());
    }

    private SpecValues loadControl() {
        if (!has(Feature.LOAD_CONTROL) || random.nextInt(4) > 0) {
            return SpecValues.EMPTY;
        }
        int high = 1 + random.nextInt(1000);
        return SpecValues.of(
                        PagingSpec.LoadControl.KIND, oneOf(PagingSpec.LoadControl.Kind.values()))
                .with(PagingSpec.LoadControl.WINDOW, 1 + random.nextInt(60))
                .with(PagingSpec.LoadControl.HIGH, high)
                .with(PagingSpec.LoadControl.LOW, random.nextInt(high + 1))
                .with(PagingSpec.LoadControl.PATIENCE, 1 + random.nextInt(5_000));
    }
}
