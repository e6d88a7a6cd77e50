package dev.faultline.machine;

/**
 * Everything that decides how a machine behaves. Two machines of equal spec that get the same
 * commands are in the same state.
 *
 * @param seed of everything random in the machine
 * @param pageSize bytes of a page and a frame, a power of two
 * @param frames number of page frames
 * @param addressBits bits of a virtual address
 * @param policy name of the replacement policy
 * @param blockSize bytes that the disk moves at once, a power of two
 */
public record MachineSpec(
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

    /** Bits of the offset within a page. */
    public int offsetBits() {
        return Long.numberOfTrailingZeros(pageSize);
    }

    /** Bits of a page number. */
    public int vpnBits() {
        return addressBits - offsetBits();
    }

    /** Pages of an address space. */
    public long pages() {
        return 1L << vpnBits();
    }
}
