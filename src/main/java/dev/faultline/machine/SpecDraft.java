package dev.faultline.machine;

import dev.faultline.machine.replacement.Policies;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * A spec with things left out; {@link #resolve} fills them in and checks the whole.
 *
 * <p>What is left out follows from what is given: without levels, a hierarchical table has 9 index
 * bits a level and the rest at the root; without address bits, they are what the levels cover, else
 * 48. Ways default to the entries.
 */
public record SpecDraft(
        @Nullable Long seed,
        @Nullable Long pageSize,
        @Nullable Long frames,
        @Nullable Long addressBits,
        Translation.@Nullable Kind translation,
        @Nullable List<Integer> levels,
        TlbDraft tlb,
        @Nullable String policy,
        SwapDraft swap,
        Costs costs,
        Limits limits,
        Translation.@Nullable Memory tableMemory) {

    private static final int LEVEL_BITS = 9;
    private static final int MAX_LEVELS = 5;
    private static final int MAX_LEVEL_BITS = 20;
    private static final int MAX_LINEAR_BITS = 40;

    /** Addresses are packed into 62 bits. */
    public static final int MAX_ADDRESS_BITS = 62;

    /** A spec whose page tables are where they are by default. */
    public SpecDraft(
            @Nullable Long seed,
            @Nullable Long pageSize,
            @Nullable Long frames,
            @Nullable Long addressBits,
            Translation.@Nullable Kind translation,
            @Nullable List<Integer> levels,
            TlbDraft tlb,
            @Nullable String policy,
            SwapDraft swap,
            Costs costs,
            Limits limits) {
        this(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                levels,
                tlb,
                policy,
                swap,
                costs,
                limits,
                null);
    }

    /** Everything left out. */
    public static final SpecDraft EMPTY =
            new SpecDraft(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    TlbDraft.EMPTY,
                    null,
                    SwapDraft.EMPTY,
                    Costs.DEFAULT,
                    Limits.DEFAULT);

    /** A TLB with things left out; {@code entries} 0 is none. */
    public record TlbDraft(
            @Nullable Long entries,
            @Nullable Long ways,
            TlbSpec.@Nullable Replacement replacement,
            @Nullable Boolean tagged) {

        public static final TlbDraft EMPTY = new TlbDraft(null, null, null, null);
    }

    /** A backing store with things left out. */
    public record SwapDraft(
            @Nullable Long slots,
            SwapSpec.@Nullable Reservation reservation,
            SwapSpec.@Nullable Overcommit overcommit,
            @Nullable Long overcommitRatio,
            @Nullable Boolean spareFrame,
            SwapSpec.@Nullable OutOfMemory outOfMemory) {

        public static final SwapDraft EMPTY = new SwapDraft(null, null, null, null, null, null);

        /** A store of so many slots. */
        public static SwapDraft of(long slots) {
            return new SwapDraft(slots, null, null, null, null, null);
        }
    }

    /**
     * What may be asked for at most; larger wishes are refused when a machine is made.
     *
     * @param frames page frames
     * @param swapSlots slots of the backing store
     * @param tlbEntries entries of the TLB
     */
    public record Bounds(int frames, int swapSlots, int tlbEntries, Limits limits) {}

    /** Raised for a spec that no machine can have; names each field by its JSON pointer. */
    public static final class InvalidSpecException extends IllegalArgumentException {

        /** What is wrong with one field. */
        public record Problem(String pointer, String detail) {}

        private final transient List<Problem> problems;

        InvalidSpecException(List<Problem> problems) {
            super(problems.toString());
            this.problems = List.copyOf(problems);
        }

        public List<Problem> problems() {
            return problems;
        }
    }

    /** The spec with every field filled in. Raises {@link InvalidSpecException}. */
    public MachineSpec resolve(Bounds bounds) {
        Checker check = new Checker();
        long page = pageSize == null ? 4096 : pageSize;
        check.range("/pageSize", page, 16, 1L << 30);
        if (Long.bitCount(page) != 1) {
            check.fail("/pageSize", "must be a power of two, not " + page);
        }
        long frameCount = frames == null ? 64 : frames;
        check.range("/frames", frameCount, 1, bounds.frames());
        check.done();

        int offsetBits = Long.numberOfTrailingZeros(page);
        Translation.Kind kind = translation == null ? Translation.Kind.HIERARCHICAL : translation;
        if (levels != null) {
            checkLevels(kind, levels, check);
            check.done();
        }
        int covered = levels == null ? 0 : levels.stream().mapToInt(Integer::intValue).sum();
        long bits = addressBits != null ? addressBits : levels != null ? covered + offsetBits : 48;
        check.range("/addressBits", bits, offsetBits + 1, MAX_ADDRESS_BITS);
        long vpnBits = bits - offsetBits;
        if (levels != null && covered != vpnBits) {
            check.fail(
                    "/translation/levels",
                    "cover "
                            + covered
                            + " bits of page number, but addressBits "
                            + bits
                            + " with pageSize "
                            + page
                            + " leaves "
                            + vpnBits);
        }
        if (kind == Translation.Kind.LINEAR && vpnBits > MAX_LINEAR_BITS) {
            check.fail(
                    "/addressBits",
                    "a linear table has at most "
                            + MAX_LINEAR_BITS
                            + " bits of page number, not "
                            + vpnBits);
        }
        check.done();

        List<Integer> effectiveLevels =
                kind == Translation.Kind.LINEAR
                        ? List.of()
                        : levels != null ? levels : defaultLevels((int) vpnBits);
        TlbSpec effectiveTlb = resolveTlb(bounds, check);
        String policyName = policy == null ? "clock" : policy;
        if (!Policies.names().contains(policyName)) {
            check.fail(
                    "/replacement/policy",
                    "no policy '"
                            + policyName
                            + "'; known: "
                            + String.join(", ", Policies.names()));
        }
        SwapSpec effectiveSwap = resolveSwap(bounds, (int) frameCount, check);
        Translation.Memory tables = tableMemory == null ? Translation.Memory.FREE : tableMemory;
        if (tables == Translation.Memory.PAGEABLE
                && effectiveSwap.reservation() == SwapSpec.Reservation.EAGER) {
            check.fail(
                    "/translation/memory",
                    "tables take slots that nobody has reserved: not with swap.reservation eager");
        }
        checkCosts(check);
        check.range("/limits/processes", limits.processes(), 1, bounds.limits().processes());
        check.range("/limits/tableBytes", limits.tableBytes(), 4096, bounds.limits().tableBytes());
        check.range(
                "/limits/contentBytes", limits.contentBytes(), 0, bounds.limits().contentBytes());
        check.range("/limits/events", limits.events(), 1, bounds.limits().events());
        check.range("/limits/areas", limits.areas(), 1, bounds.limits().areas());
        check.range("/limits/handlerTries", limits.handlerTries(), 1, 100);
        check.range("/limits/stackBytes", limits.stackBytes(), 0, bounds.limits().stackBytes());
        check.done();
        return new MachineSpec(
                seed == null ? 1 : seed,
                page,
                (int) frameCount,
                (int) bits,
                new Translation(kind, effectiveLevels, tables),
                effectiveTlb,
                policyName,
                effectiveSwap,
                costs,
                limits);
    }

    private static void checkLevels(Translation.Kind kind, List<Integer> levels, Checker check) {
        if (kind == Translation.Kind.LINEAR) {
            check.fail("/translation/levels", "a linear table has no levels");
        }
        check.range("/translation/levels", levels.size(), 1, MAX_LEVELS);
        for (int i = 0; i < levels.size(); i++) {
            check.range("/translation/levels/" + i, levels.get(i), 1, MAX_LEVEL_BITS);
        }
    }

    private TlbSpec resolveTlb(Bounds bounds, Checker check) {
        long entries = tlb.entries() == null ? 16 : tlb.entries();
        if (entries == 0) {
            return TlbSpec.NONE;
        }
        check.range("/tlb/entries", entries, 1, bounds.tlbEntries());
        long ways = tlb.ways() == null ? entries : tlb.ways();
        if (ways < 1 || ways > entries || entries % ways != 0) {
            check.fail("/tlb/ways", "must divide the " + entries + " entries, not " + ways);
        }
        check.done();
        return new TlbSpec(
                (int) entries,
                (int) ways,
                tlb.replacement() == null ? TlbSpec.Replacement.LRU : tlb.replacement(),
                tlb.tagged() == null || tlb.tagged());
    }

    private SwapSpec resolveSwap(Bounds bounds, int frameCount, Checker check) {
        long slots = swap.slots() == null ? 1024 : swap.slots();
        check.range("/swap/slots", slots, 0, bounds.swapSlots());
        long ratio = swap.overcommitRatio() == null ? 50 : swap.overcommitRatio();
        check.range("/swap/overcommitRatio", ratio, 0, 100);
        boolean spare = swap.spareFrame() != null && swap.spareFrame();
        if (spare && frameCount < 2) {
            check.fail("/swap/spareFrame", "needs a second frame beside the one kept free");
        }
        return new SwapSpec(
                (int) slots,
                swap.reservation() == null ? SwapSpec.Reservation.LAZY : swap.reservation(),
                swap.overcommit() == null ? SwapSpec.Overcommit.ALWAYS : swap.overcommit(),
                (int) ratio,
                spare,
                swap.outOfMemory() == null ? SwapSpec.OutOfMemory.KILL : swap.outOfMemory());
    }

    private void checkCosts(Checker check) {
        check.range("/costs/memoryReference", costs.memoryReference(), 0, Costs.MAX);
        check.range("/costs/tlbLookup", costs.tlbLookup(), 0, Costs.MAX);
        check.range("/costs/trap", costs.trap(), 0, Costs.MAX);
        check.range("/costs/zeroFill", costs.zeroFill(), 0, Costs.MAX);
        check.range("/costs/pageCopy", costs.pageCopy(), 0, Costs.MAX);
        check.range("/costs/swapIn", costs.swapIn(), 0, Costs.MAX);
        check.range("/costs/swapOut", costs.swapOut(), 0, Costs.MAX);
        check.range("/costs/fileIn", costs.fileIn(), 0, Costs.MAX);
        check.range("/costs/fileOut", costs.fileOut(), 0, Costs.MAX);
        check.range("/costs/contextSwitch", costs.contextSwitch(), 0, Costs.MAX);
    }

    /** Nine bits a level from the leaf up, the rest at the root; wider when five do not suffice. */
    private static List<Integer> defaultLevels(int vpnBits) {
        int width = Math.max(LEVEL_BITS, (vpnBits + MAX_LEVELS - 1) / MAX_LEVELS);
        List<Integer> levels = new ArrayList<>();
        for (int left = vpnBits; left > 0; left -= width) {
            levels.addFirst(Math.min(width, left));
        }
        return levels;
    }

    /** Collects what is wrong, field by field. */
    private static final class Checker {

        private final List<InvalidSpecException.Problem> problems = new ArrayList<>();

        void fail(String pointer, String detail) {
            problems.add(new InvalidSpecException.Problem(pointer, detail));
        }

        void range(String pointer, long value, long least, long most) {
            if (value < least || value > most) {
                fail(pointer, "must be from " + least + " to " + most + ", not " + value);
            }
        }

        void done() {
            if (!problems.isEmpty()) {
                throw new InvalidSpecException(problems);
            }
        }
    }
}
