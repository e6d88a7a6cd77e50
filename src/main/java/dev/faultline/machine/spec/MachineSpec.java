package dev.faultline.machine.spec;

/**
 * Everything that decides how a machine behaves. Two machines of equal spec that get the same
 * commands are in the same state.
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
        PagingSpec paging) {

    /** Ticks of a turn where nothing is said: a thousand references to a memory of 100 ticks. */
    public static final long DEFAULT_QUANTUM = 100_000;

    /** A machine with one processor. */
    public MachineSpec(
            long seed,
            long pageSize,
            int frames,
            int addressBits,
            Translation translation,
            TlbSpec tlb,
            String policy,
            SwapSpec swap,
            Costs costs,
            Limits limits,
            long blockSize) {
        this(
                seed,
                pageSize,
                frames,
                addressBits,
                translation,
                tlb,
                PolicySpec.of(policy),
                swap,
                costs,
                limits,
                blockSize,
                1,
                DEFAULT_QUANTUM,
                PagingSpec.NONE);
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
        return (1L << (translation.hasLimits() ? SpecDraft.MAX_ADDRESS_BITS : addressBits)) - 1;
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
