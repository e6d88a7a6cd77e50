package dev.faultline.oracle;

import java.util.Arrays;
import java.util.List;

/**
 * What a {@link SlowMachine} is made of.
 *
 * @param pageSize bytes a page, a power of two
 * @param frames how many frames, at least 1
 * @param levels index bits of each level of the page table, root first; a linear table is one level
 * @param tlbEntries entries of the TLB; 0 means no TLB
 * @param tlbWays entries in each set of the TLB
 * @param tlbReplacement how a full set chooses the entry to replace
 * @param tlbTagged true if entries carry an ASID; false if a switch of process flushes the TLB
 * @param policy how a victim frame is chosen
 * @param swapSlots slots in the backing store, 0 or more
 * @param memoryReference ticks for one reference to memory
 * @param swapIn ticks to read a page from its slot
 * @param swapOut ticks to write a page to its slot
 */
public record Config(
        int pageSize,
        int frames,
        List<Integer> levels,
        int tlbEntries,
        int tlbWays,
        TlbReplacement tlbReplacement,
        boolean tlbTagged,
        Policy policy,
        int swapSlots,
        long memoryReference,
        long swapIn,
        long swapOut) {

    /** How a victim frame is chosen. */
    public enum Policy {
        /** The frame loaded longest ago. */
        FIFO,
        /** The frame used longest ago. */
        LRU,
        /** The first frame under the hand whose accessed bits are all clear. */
        CLOCK
    }

    /** How a full set of the TLB chooses the entry to replace. */
    public enum TlbReplacement {
        /** The entry hit or filled longest ago. */
        LRU,
        /** The entry filled longest ago. */
        FIFO
    }

    /** Checks the numbers. */
    public Config {
        levels = List.copyOf(levels);
        if (Integer.bitCount(pageSize) != 1 || frames < 1 || swapSlots < 0 || tlbEntries < 0) {
            throw new IllegalArgumentException("page size, frames, slots or TLB entries");
        }
        if (tlbEntries > 0 && (tlbWays < 1 || tlbEntries % tlbWays != 0)) {
            throw new IllegalArgumentException("the ways must divide the TLB entries");
        }
        int bits = Integer.numberOfTrailingZeros(pageSize);
        for (int level : levels) {
            if (level < 1) {
                throw new IllegalArgumentException("a level needs at least one bit");
            }
            bits += level;
        }
        if (levels.isEmpty() || bits > 62) {
            throw new IllegalArgumentException("an address has at most 62 bits");
        }
    }

    /** 64 frames of 4096 bytes, four levels of 9 bits, 16 tagged LRU ways, Clock, 1024 slots. */
    public static Config defaults() {
        return new Config(
                4096,
                64,
                List.of(9, 9, 9, 9),
                16,
                16,
                TlbReplacement.LRU,
                true,
                Policy.CLOCK,
                1024,
                100,
                8_000_000,
                8_000_000);
    }

    /** The same with another page size in bytes. */
    public Config withPageSize(int bytes) {
        return new Config(
                bytes,
                frames,
                levels,
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                policy,
                swapSlots,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same with another number of frames. */
    public Config withFrames(int count) {
        return new Config(
                pageSize,
                count,
                levels,
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                policy,
                swapSlots,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same with other index bits a level, root first. */
    public Config withLevels(int... bits) {
        return new Config(
                pageSize,
                frames,
                Arrays.stream(bits).boxed().toList(),
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                policy,
                swapSlots,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same with another TLB. */
    public Config withTlb(int entries, int ways, TlbReplacement replacement, boolean tagged) {
        return new Config(
                pageSize,
                frames,
                levels,
                entries,
                ways,
                replacement,
                tagged,
                policy,
                swapSlots,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same without a TLB. */
    public Config withoutTlb() {
        return withTlb(0, 0, tlbReplacement, tlbTagged);
    }

    /** The same with another replacement policy. */
    public Config withPolicy(Policy other) {
        return new Config(
                pageSize,
                frames,
                levels,
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                other,
                swapSlots,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same with another number of swap slots. */
    public Config withSwapSlots(int count) {
        return new Config(
                pageSize,
                frames,
                levels,
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                policy,
                count,
                memoryReference,
                swapIn,
                swapOut);
    }

    /** The same with other costs in ticks. */
    public Config withCosts(long reference, long in, long out) {
        return new Config(
                pageSize,
                frames,
                levels,
                tlbEntries,
                tlbWays,
                tlbReplacement,
                tlbTagged,
                policy,
                swapSlots,
                reference,
                in,
                out);
    }

    /** Pages in an address space. */
    long spacePages() {
        return 1L << levels.stream().mapToInt(Integer::intValue).sum();
    }
}
