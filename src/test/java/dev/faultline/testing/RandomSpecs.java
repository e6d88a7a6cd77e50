package dev.faultline.testing;

import dev.faultline.machine.Machine;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.Translation.Kind;
import dev.faultline.machine.spec.TranslationDraft;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Valid specs of every feature at once, drawn by a seed: few frames, small spaces and cheap disks,
 * so that a short life of a machine has many faults, evictions and refusals. A test that cannot
 * judge a feature leaves it out by {@link #without}. A spec drawn here that {@link
 * SpecDraft#resolve} refuses is a fault of this class.
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
    private static final SpecDraft.Bounds BOUNDS =
            new SpecDraft.Bounds(
                    1 << 16,
                    1 << 16,
                    1 << 10,
                    new Limits(1 << 17, 1L << 28, 1L << 28, 1 << 16, 65_530, Long.MAX_VALUE, 100));

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
        return new SpecDraft(
                        random.nextLong(1000),
                        pageSize,
                        (long) frames,
                        (long) vpnBits + offsetBits,
                        translation(kind, levels, memory, layout, vpnBits),
                        whole || oneIn(5) ? new TlbDraft(0L, null, null, null) : tlb(walksNodes),
                        whole ? PolicyDraft.of(oneIn(2) ? "fifo" : null) : policy(frames),
                        swap(frames, memory, whole),
                        costs(),
                        limits(),
                        blockSize(pageSize),
                        has(Feature.SEVERAL_CPUS) && oneIn(3) ? 1L + random.nextInt(4) : 1L,
                        oneOf(100_000L, 1L, 7L, 500L, 3_000L),
                        whole ? PagingSpec.NONE : paging(frames))
                .resolve(BOUNDS);
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

    private TranslationDraft translation(
            Kind kind,
            @Nullable List<Integer> levels,
            Translation.Memory memory,
            @Nullable EntryLayout layout,
            int vpnBits) {
        boolean chained = kind == Kind.HASHED || kind == Kind.INVERTED;
        int mostSegmentBits = Math.min(12, vpnBits - 1);
        return new TranslationDraft(
                kind,
                levels,
                memory,
                chained ? maybe(1L + random.nextInt(20)) : null,
                layout,
                kind.hasSegments()
                        ? maybe(1L + random.nextInt(Math.min(3, mostSegmentBits)))
                        : null,
                kind.isContiguous() ? oneOf(Translation.Fit.values()) : null,
                kind.isContiguous() ? maybe(random.nextBoolean()) : null);
    }

    private TlbDraft tlb(boolean walksNodes) {
        TlbDraft first = oneLevel();
        boolean tagged = random.nextInt(3) > 0;
        TlbSpec.Management management = oneOf(TlbSpec.Management.values());
        boolean remembersWalks =
                walksNodes && management == TlbSpec.Management.HARDWARE && oneIn(2);
        return new TlbDraft(
                first.entries(),
                first.ways(),
                first.replacement(),
                tagged,
                management,
                maybe(random.nextBoolean()),
                oneIn(3) ? oneLevel() : null,
                tagged && oneIn(3) ? 1L + random.nextInt(4) : null,
                remembersWalks ? 1L + random.nextInt(5) : null,
                maybe(random.nextBoolean()),
                has(Feature.STALE_TLBS) && oneIn(6)
                        ? oneOf(TlbSpec.Invalidation.values())
                        : TlbSpec.Invalidation.ALL);
    }

    private TlbDraft oneLevel() {
        TlbSpec.Replacement replacement = oneOf(TlbSpec.Replacement.values());
        long ways =
                replacement == TlbSpec.Replacement.TREE_PLRU
                        ? 1L << random.nextInt(3)
                        : 1L + random.nextInt(4);
        return new TlbDraft(ways * (1 + random.nextInt(4)), ways, replacement, null);
    }

    private PolicyDraft policy(int frames) {
        String name = oneOf(Machine.policyNames().toArray(String[]::new));
        if (!has(Feature.FORESIGHT) && Policies.needFuture(name)) {
            name = "clock";
        }
        boolean local = has(Feature.LOCAL_SCOPE) && Policies.canBeLocal(name) && oneIn(3);
        return new PolicyDraft(
                name,
                maybe(oneOf(PolicySpec.DIALECTS.toArray(String[]::new))),
                maybe(oneOf(PolicyDraft.Order.values())),
                maybe(oneOf(PolicyDraft.Scan.values())),
                maybe(random.nextBoolean()),
                maybe((long) random.nextInt(frames)),
                maybe(random.nextBoolean()),
                maybe(oneOf(PolicyDraft.Ties.values())),
                maybe((long) random.nextInt(40)),
                maybe(1L + random.nextInt(30)),
                maybe(1L + random.nextInt(32)),
                maybe(oneOf(PolicyDraft.AgeAt.values())),
                maybe(1L + random.nextInt(8)),
                maybe((long) random.nextInt(5)),
                maybe((long) random.nextInt(60)),
                maybe(oneIn(4) ? PolicyDraft.UNBOUNDED : 1L + random.nextInt(300)),
                maybe(1L + random.nextInt(100)),
                maybe(random.nextBoolean()),
                local ? PolicyDraft.Scope.LOCAL : maybe(PolicyDraft.Scope.GLOBAL),
                local ? maybe(oneOf(PolicySpec.Allotment.values())) : null,
                local ? maybe((long) random.nextInt(frames + 1)) : null,
                oneIn(4) ? random.ints(1 + random.nextInt(7), 0, 1000).boxed().toList() : null);
    }

    private SwapDraft swap(int frames, Translation.Memory memory, boolean whole) {
        boolean mayBeEager = memory != Translation.Memory.PAGEABLE;
        return new SwapDraft(
                oneOf(4096L, 64L, 64L, 12L, 3L, 0L),
                mayBeEager && oneIn(4) ? SwapSpec.Reservation.EAGER : SwapSpec.Reservation.LAZY,
                oneOf(
                        SwapSpec.Overcommit.ALWAYS,
                        SwapSpec.Overcommit.ALWAYS,
                        SwapSpec.Overcommit.HEURISTIC,
                        SwapSpec.Overcommit.NEVER),
                maybe((long) random.nextInt(101)),
                frames > 1 && !whole && oneIn(5),
                oneOf(SwapSpec.OutOfMemory.values()));
    }

    private Costs costs() {
        if (oneIn(2)) {
            return oneOf(Costs.Preset.values()).costs();
        }
        return new Costs(
                few(3), few(2), few(5), few(5), few(9), few(50), few(50), few(50), few(50), few(9),
                few(9), few(20), few(5), few(5), few(5), few(5));
    }

    /** Ticks from 0 to a bound. */
    private long few(int most) {
        return random.nextInt(most + 1);
    }

    private Limits limits() {
        if (!has(Feature.TIGHT_LIMITS) || oneIn(2)) {
            return new Limits(1000, 1L << 22, 1L << 22, oneOf(100, 1000), 1000, 8L << 20, 3);
        }
        return new Limits(
                2 + random.nextInt(20),
                oneOf(8_192L, 50_000L, 1L << 20),
                oneOf(0L, 100L, 5_000L, 1L << 20),
                oneOf(1, 5, 40, 300),
                1 + random.nextInt(12),
                oneOf(0L, 100L, 1_000L, 1L << 20),
                1 + random.nextInt(3));
    }

    private @Nullable Long blockSize(long pageSize) {
        return maybe(Math.max(1, oneOf(pageSize / 4, pageSize, 2 * pageSize, 8 * pageSize)));
    }

    private PagingSpec paging(int frames) {
        int high = has(Feature.RECLAIM) && oneIn(2) ? random.nextInt(frames) : 0;
        int low = random.nextInt(high + 1);
        boolean cleans = has(Feature.RECLAIM) && oneIn(3);
        int background = cleans ? random.nextInt(101) : 100;
        boolean limited = background < 100;
        return new PagingSpec(
                new PagingSpec.Watermarks(random.nextInt(low + 1), low, high),
                1 + random.nextInt(8),
                background,
                limited ? Math.max(1, background + random.nextInt(101 - background)) : 100,
                has(Feature.READ_AHEAD) && oneIn(3)
                        ? new PagingSpec.ReadAhead(
                                1 + random.nextInt(5), 1 + random.nextInt(5), random.nextInt(4))
                        : PagingSpec.NONE.readAhead(),
                loadControl());
    }

    private PagingSpec.LoadControl loadControl() {
        if (!has(Feature.LOAD_CONTROL) || random.nextInt(4) > 0) {
            return PagingSpec.LoadControl.NONE;
        }
        int high = 1 + random.nextInt(1000);
        return new PagingSpec.LoadControl(
                oneOf(PagingSpec.LoadControl.Kind.values()),
                1 + random.nextInt(60),
                high,
                random.nextInt(high + 1),
                1 + random.nextInt(5_000));
    }
}
