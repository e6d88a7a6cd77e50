package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

/**
 * Everything that decides how a machine behaves. Two machines of equal spec that get the same
 * commands are in the same state.
 *
 * <p>{@link #of} fills in what was left out and checks the whole. What is left out follows from
 * what is given: without address bits, they are what the levels of the page table cover, else 48.
 *
 * @param seed of everything random in the machine
 * @param pageSize bytes of a page and a frame, a power of two
 * @param frames number of page frames
 * @param addressBits bits of a virtual address
 * @param replacement the replacement policy
 * @param blockSize bytes that the disk moves at once, a power of two
 * @param cpus processors, each with a TLB of its own
 * @param quantum ticks that a process runs before it is another's turn
 * @param paging what the kernel does beside pure demand paging
 * @param values all of this field by field, as it is shown
 */
public record MachineSpec(
        long seed,
        long pageSize,
        int frames,
        int addressBits,
        Translation translation,
        TlbSpec tlb,
        PolicySpec replacement,
        SwapSpec swap,
        Costs costs,
        Limits limits,
        long blockSize,
        int cpus,
        long quantum,
        PagingSpec paging,
        SpecValues values) {

    /** Addresses are packed into 62 bits. */
    public static final int MAX_ADDRESS_BITS = 62;

    /** Bytes of a page at most; at least it is one. */
    public static final long MAX_PAGE_SIZE = 1L << 30;

    /** Blocks of a page at most, and pages of a block. */
    private static final long MAX_BLOCKS = 1024;

    /** Frames that the policies of all processes may look after together, with local scope. */
    private static final long MAX_LOCAL_PLACES = 4L << 20;

    /** The whole spec. */
    public static final Section SECTION =
            Section.at("", "Machine", "A machine's spec; what is left out takes a sensible value.");

    public static final Field<Long> SEED =
            SECTION.number("seed", Long.MIN_VALUE, Long.MAX_VALUE)
                    .otherwise(1L)
                    .numbered(1)
                    .says("Seed of everything random in the machine.");

    public static final Field<Long> PAGE_SIZE =
            SECTION.number("pageSize", 1, MAX_PAGE_SIZE)
                    .otherwise(4096L)
                    .numbered(2)
                    .says("Bytes of a page, a power of two.");

    public static final Field<Long> FRAMES =
            SECTION.count("frames", 1, Integer.MAX_VALUE)
                    .otherwise(64L)
                    .numbered(3)
                    .says("Page frames.");

    public static final Field<Long> ADDRESS_BITS =
            SECTION.count("addressBits", 1, MAX_ADDRESS_BITS)
                    .numbered(4)
                    .says("Bits of a virtual address, more than the offset in a page takes.");

    static {
        SECTION.add(Translation.SECTION);
        SECTION.add(TlbSpec.SECTION);
        SECTION.add(PolicySpec.SECTION);
        SECTION.add(PolicySpec.RANDOM);
        SECTION.add(SwapSpec.SECTION);
    }

    private static final Section DISK = SECTION.add(Section.at("/disk", "Disk", "The disk."));

    public static final Field<Long> BLOCK_SIZE =
            DISK.number("blockSize", 1, Long.MAX_VALUE)
                    .numbered(5)
                    .says(
                            "Bytes that it moves at once, a power of two; the page size if left"
                                    + " out.");

    /** A bit each in a mask. */
    public static final Field<Long> CPUS =
            SECTION.count("cpus", 1, 64)
                    .otherwise(1L)
                    .numbered(6)
                    .says("Processors, each with a TLB of its own.");

    private static final Section SCHEDULER =
            SECTION.add(
                    Section.at(
                            "/scheduler", "Scheduler", "How processes with programs take turns."));

    /** A thousand references to a memory of 100 ticks, where nothing is said. */
    public static final Field<Long> QUANTUM =
            SCHEDULER
                    .number("quantum", 1, 1L << 40)
                    .otherwise(100_000L)
                    .numbered(7)
                    .says("Ticks of a turn; 100000 if left out.");

    static {
        SCHEDULER.add(PagingSpec.LoadControl.SECTION);
        SECTION.add(PagingSpec.RECLAIM);
        SECTION.add(PagingSpec.ReadAhead.SECTION);
        SECTION.add(Costs.SECTION);
        SECTION.add(Limits.SECTION);
    }

    /** The machine that is made where nothing is said. */
    public static final MachineSpec DEFAULT = of(SpecValues.EMPTY, SpecValues.EMPTY);

    /**
     * The spec that comes of what is given. Raises {@link InvalidSpecException}.
     *
     * @param bounds the largest numbers that may be asked for here
     */
    public static MachineSpec of(SpecValues given, SpecValues bounds) {
        Resolution spec = new Resolution(given, bounds);
        long seed = spec.settle(SEED);
        long pageSize = spec.settle(PAGE_SIZE);
        checkPowerOfTwo(spec, PAGE_SIZE, pageSize);
        int frames = spec.settle(FRAMES).intValue();
        spec.done();

        int addressBits = Translation.addressBits(spec, pageSize);
        Translation translation = Translation.of(spec, addressBits, pageSize, frames);
        spec.done();
        boolean contiguous = translation.isContiguous();
        TlbSpec tlb = TlbSpec.of(spec, translation);
        PolicySpec replacement = PolicySpec.of(spec, contiguous ? "fifo" : "clock", seed, frames);
        if (contiguous && !replacement.policy().equals("fifo")) {
            spec.fail(
                    PolicySpec.POLICY,
                    "what is in memory whole leaves in the order in which it came: fifo");
        }
        long quantum = spec.settle(QUANTUM);
        SwapSpec swap = SwapSpec.of(spec, frames);
        checkSwap(spec, swap, translation);
        long blockSize =
                spec.settle(
                        BLOCK_SIZE,
                        pageSize,
                        Math.max(1, pageSize / MAX_BLOCKS),
                        pageSize * MAX_BLOCKS);
        checkPowerOfTwo(spec, BLOCK_SIZE, blockSize);
        int cpus = spec.settle(CPUS).intValue();
        Costs costs = Costs.of(spec);
        PagingSpec paging = PagingSpec.of(spec, frames);
        if (contiguous && !paging.equals(PagingSpec.NONE)) {
            spec.fail("/reclaim", "nothing is paged where memory is relocated or segmented");
        }
        Limits limits = Limits.of(spec);
        if (replacement.isLocal() && (double) limits.processes() * frames > MAX_LOCAL_PLACES) {
            spec.fail(
                    "/replacement/scope",
                    "each process has a policy of its own then: frames times limits.processes must"
                            + " be at most "
                            + MAX_LOCAL_PLACES);
        }
        translation.checkFixed(spec, frames, limits);
        spec.done();
        return new MachineSpec(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                tlb,
                replacement,
                swap,
                costs,
                limits,
                blockSize,
                cpus,
                quantum,
                paging,
                spec.settled().with(replacement.values()));
    }

    private static void checkPowerOfTwo(Resolution spec, Field<Long> field, long value) {
        if (Long.bitCount(value) != 1) {
            spec.fail(field, "must be a power of two, not " + value);
        }
    }

    private static void checkSwap(Resolution spec, SwapSpec swap, Translation translation) {
        if (translation.memory() == Translation.Memory.PAGEABLE
                && swap.reservation() == SwapSpec.Reservation.EAGER) {
            spec.fail(
                    Translation.MEMORY,
                    "tables take slots that nobody has reserved: not with swap.reservation eager");
        }
        if (translation.isContiguous() && swap.spareFrame()) {
            spec.fail(SwapSpec.SPARE_FRAME, "only pages are exchanged through a spare frame");
        }
    }

    /** Writes the spec, as a digest knows it and {@link #load} reads it. */
    public void save(StateWriter out) {
        SECTION.save(values, out);
    }

    /**
     * Reads a spec back. Raises {@link UnreadableStateException} for what is no spec, and {@link
     * InvalidSpecException} for one that no machine can have.
     *
     * @param bounds the largest numbers that may be asked for here
     */
    public static MachineSpec load(StateReader in, SpecValues bounds) {
        return of(SECTION.load(in), bounds);
    }

    /** The name of the replacement policy. */
    public String policy() {
        return replacement.policy();
    }

    /** Bits of the offset within a page. */
    public int offsetBits() {
        return Long.numberOfTrailingZeros(pageSize);
    }

    /** Bits of a page number. */
    public int vpnBits() {
        return addressBits - offsetBits();
    }

    /**
     * The highest address that an access may name: the last of the space, unless one beyond is a
     * fault of the simulated computer, as with limits of its own.
     */
    public long lastAddress() {
        return (1L << (translation.hasLimits() ? MAX_ADDRESS_BITS : addressBits)) - 1;
    }

    /**
     * Bytes of the memory that a process has if it says nothing of it: the whole space, or where it
     * is in memory whole, a quarter of the machine's, at most what a segment can have.
     */
    public long defaultProcessBytes() {
        long space = 1L << addressBits - translation.segmentBits();
        return translation.isContiguous()
                ? Math.min(space, Math.max(1, frames / 4) * pageSize)
                : 1L << addressBits;
    }

    /**
     * How long accesses take the host, about, where those of a machine whose policy chooses without
     * looking far are 1.
     */
    public double effort() {
        return replacement.scans() ? 1 + frames / 256.0 : 1;
    }

    /** Pages of an address space. */
    public long pages() {
        return 1L << vpnBits();
    }
}
