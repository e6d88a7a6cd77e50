package dev.faultline.machine.spec;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A spec with things left out; {@link #resolve} fills them in and checks the whole.
 *
 * <p>What is left out follows from what is given: without address bits, they are what the levels of
 * the page table cover, else 48.
 */
public record SpecDraft(
        @Nullable Long seed,
        @Nullable Long pageSize,
        @Nullable Long frames,
        @Nullable Long addressBits,
        TranslationDraft translation,
        TlbDraft tlb,
        PolicyDraft policy,
        SwapDraft swap,
        Costs costs,
        Limits limits,
        @Nullable Long blockSize,
        @Nullable Long cpus,
        @Nullable Long quantum,
        PagingSpec paging) {

    /** A draft whose processes take turns as they do by default. */
    public SpecDraft(
            @Nullable Long seed,
            @Nullable Long pageSize,
            @Nullable Long frames,
            @Nullable Long addressBits,
            TranslationDraft translation,
            TlbDraft tlb,
            PolicyDraft policy,
            SwapDraft swap,
            Costs costs,
            Limits limits,
            @Nullable Long blockSize,
            @Nullable Long cpus) {
        this(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                tlb,
                policy,
                swap,
                costs,
                limits,
                blockSize,
                cpus,
                null,
                PagingSpec.NONE);
    }

    /** Bytes of a page where nothing is said. */
    public static final long DEFAULT_PAGE_SIZE = 4096;

    /** Bytes of a page at most; at least it is one. */
    public static final long MAX_PAGE_SIZE = 1L << 30;

    /** Frames where nothing is said. */
    public static final long DEFAULT_FRAMES = 64;

    private static final long MAX_QUANTUM = 1L << 40;

    /** Frames that the policies of all processes may look after together, with local scope. */
    private static final long MAX_LOCAL_PLACES = 4L << 20;

    /** The same with other frames, TLB and policy. */
    public SpecDraft with(@Nullable Long newFrames, TlbDraft newTlb, PolicyDraft newPolicy) {
        return new SpecDraft(
                seed,
                pageSize,
                newFrames,
                addressBits,
                translation,
                newTlb,
                newPolicy,
                swap,
                costs,
                limits,
                blockSize,
                cpus,
                quantum,
                paging);
    }

    /** The same with other turns, a disk of so many ticks a page, and pages of so many bytes. */
    public SpecDraft with(
            @Nullable Long newPageSize, @Nullable Long newQuantum, @Nullable Long diskTicks) {
        return new SpecDraft(
                seed,
                newPageSize == null ? pageSize : newPageSize,
                frames,
                addressBits,
                translation,
                tlb,
                policy,
                swap,
                diskTicks == null ? costs : costs.withDisk(diskTicks),
                limits,
                blockSize,
                cpus,
                newQuantum == null ? quantum : newQuantum,
                paging);
    }

    /** The same with another way of paging. */
    public SpecDraft with(PagingSpec newPaging) {
        return new SpecDraft(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                tlb,
                policy,
                swap,
                costs,
                limits,
                blockSize,
                cpus,
                quantum,
                newPaging);
    }

    /** The same with a store of so many slots, unless it says how many itself. */
    public SpecDraft withSlots(long slots) {
        return new SpecDraft(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                tlb,
                policy,
                swap.slots() == null ? swap.withSlots(slots) : swap,
                costs,
                limits,
                blockSize,
                cpus,
                quantum,
                paging);
    }

    /** A bit each in a mask. */
    private static final int MAX_CPUS = 64;

    /** Blocks of a page at most, and pages of a block. */
    private static final long MAX_BLOCKS = 1024;

    /** Addresses are packed into 62 bits. */
    public static final int MAX_ADDRESS_BITS = 62;

    /** A spec whose disk moves pages. */
    public SpecDraft(
            @Nullable Long seed,
            @Nullable Long pageSize,
            @Nullable Long frames,
            @Nullable Long addressBits,
            TranslationDraft translation,
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
                tlb,
                PolicyDraft.of(policy),
                swap,
                costs,
                limits,
                null,
                null);
    }

    /** Everything left out. */
    public static final SpecDraft EMPTY =
            new SpecDraft(
                    null,
                    null,
                    null,
                    null,
                    TranslationDraft.EMPTY,
                    TlbDraft.EMPTY,
                    null,
                    SwapDraft.EMPTY,
                    Costs.DEFAULT,
                    Limits.DEFAULT);

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

        public InvalidSpecException(List<Problem> problems) {
            super(
                    problems.stream()
                            .map(problem -> problem.pointer() + ": " + problem.detail())
                            .collect(Collectors.joining("; ")));
            this.problems = List.copyOf(problems);
        }

        public List<Problem> problems() {
            return problems;
        }
    }

    /** The spec with every field filled in. Raises {@link InvalidSpecException}. */
    public MachineSpec resolve(Bounds bounds) {
        SpecChecker check = new SpecChecker();
        long page = pageSize == null ? DEFAULT_PAGE_SIZE : pageSize;
        check.range("/pageSize", page, 1, MAX_PAGE_SIZE);
        if (Long.bitCount(page) != 1) {
            check.fail("/pageSize", "must be a power of two, not " + page);
        }
        long frameCount = frames == null ? DEFAULT_FRAMES : frames;
        check.range("/frames", frameCount, 1, bounds.frames());
        check.done();

        if (translation.layout() != null && page != EntryLayout.PAGE) {
            check.fail("/pageSize", "is 4096 in every layout of real hardware");
        }
        int offsetBits = Long.numberOfTrailingZeros(page);
        int covered = translation.coveredBits(check);
        long bits =
                addressBits != null
                        ? addressBits
                        : covered > 0 ? covered + offsetBits : translation.defaultAddressBits();
        check.range("/addressBits", bits, offsetBits + 1, MAX_ADDRESS_BITS);
        check.done();
        Translation effective =
                translation.resolve((int) bits - offsetBits, (int) frameCount, check);
        if (effective.memory() != Translation.Memory.FREE && page < effective.entryBytes()) {
            check.fail(
                    "/translation/memory",
                    "in frames, an entry of "
                            + effective.entryBytes()
                            + " bytes needs pages that hold it, not of "
                            + page);
        }
        check.done();
        boolean contiguous = effective.isContiguous();
        TlbSpec effectiveTlb =
                contiguous && tlb.entries() == null ? TlbSpec.NONE : tlb.resolve(bounds, check);
        if (contiguous && effectiveTlb.entries() > 0) {
            check.fail("/tlb", "a base and a limit are in registers: there is no TLB");
        }
        boolean walksNodes =
                effective.levels().size() > 1 && effective.memory() == Translation.Memory.FREE;
        if (effectiveTlb.walkCache() > 0 && !walksNodes) {
            check.fail(
                    "/tlb/walkCache",
                    "only walks of a hierarchical table that takes no frames are remembered");
        }
        PolicySpec replacement =
                policy.resolve(
                        contiguous ? "fifo" : "clock",
                        seed == null ? 1 : seed,
                        (int) frameCount,
                        check);
        if (contiguous && !replacement.policy().equals("fifo")) {
            check.fail(
                    "/replacement/policy",
                    "what is in memory whole leaves in the order in which it came: fifo");
        }
        long turn = quantum == null ? MachineSpec.DEFAULT_QUANTUM : quantum;
        check.range("/scheduler/quantum", turn, 1, MAX_QUANTUM);
        SwapSpec effectiveSwap = swap.resolve(bounds, (int) frameCount, check);
        if (effective.memory() == Translation.Memory.PAGEABLE
                && effectiveSwap.reservation() == SwapSpec.Reservation.EAGER) {
            check.fail(
                    "/translation/memory",
                    "tables take slots that nobody has reserved: not with swap.reservation eager");
        }
        if (contiguous && effectiveSwap.spareFrame()) {
            check.fail("/swap/spareFrame", "only pages are exchanged through a spare frame");
        }
        long block = blockSize == null ? page : blockSize;
        check.range("/disk/blockSize", block, Math.max(1, page / MAX_BLOCKS), page * MAX_BLOCKS);
        if (Long.bitCount(block) != 1) {
            check.fail("/disk/blockSize", "must be a power of two, not " + block);
        }
        long cpuCount = cpus == null ? 1 : cpus;
        check.range("/cpus", cpuCount, 1, MAX_CPUS);
        checkCosts(check);
        paging.check(check, (int) frameCount);
        if (contiguous && !paging.equals(PagingSpec.NONE)) {
            check.fail("/reclaim", "nothing is paged where memory is relocated or segmented");
        }
        if (replacement.isLocal() && (double) limits.processes() * frameCount > MAX_LOCAL_PLACES) {
            check.fail(
                    "/replacement/scope",
                    "each process has a policy of its own then: frames times limits.processes must"
                            + " be at most "
                            + MAX_LOCAL_PLACES);
        }
        check.range("/limits/processes", limits.processes(), 1, bounds.limits().processes());
        check.range("/limits/tableBytes", limits.tableBytes(), 4096, bounds.limits().tableBytes());
        if (effective.fixedBytes((int) frameCount) > limits.tableBytes()) {
            check.fail(
                    "/translation/buckets",
                    "the table takes "
                            + effective.fixedBytes((int) frameCount)
                            + " bytes, more than limits.tableBytes");
        }
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
                effective,
                effectiveTlb,
                replacement,
                effectiveSwap,
                costs,
                limits,
                block,
                (int) cpuCount,
                turn,
                paging);
    }

    private void checkCosts(SpecChecker check) {
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
        check.range("/costs/shootdown", costs.shootdown(), 0, Costs.MAX);
        check.range("/costs/seek", costs.seek(), 0, Costs.MAX);
        check.range("/costs/map", costs.map(), 0, Costs.MAX);
        check.range("/costs/unmap", costs.unmap(), 0, Costs.MAX);
        check.range("/costs/signal", costs.signal(), 0, Costs.MAX);
        check.range("/costs/exit", costs.exit(), 0, Costs.MAX);
    }
}
