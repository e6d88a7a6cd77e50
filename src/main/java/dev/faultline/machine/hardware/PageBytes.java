package dev.faultline.machine.hardware;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The bytes of one page, in blocks of at most 4 KiB. A block exists once something has been stored
 * in it; the others read as zero.
 */
public final class PageBytes {

    /** The size of a block in bytes; a smaller page is one block. */
    public static final int BLOCK = 4096;

    /**
     * Host bytes beside the page's bytes: the object, the array of blocks, and the header of a
     * block.
     */
    private static final long HOST_OVERHEAD = 72;

    private final int blockSize;
    private final byte[] @Nullable [] blocks;

    PageBytes(long pageSize) {
        blockSize = (int) Math.min(pageSize, BLOCK);
        blocks = new byte[(int) (pageSize / blockSize)][];
    }

    /** Host bytes that it takes. */
    public long hostBytes() {
        long bytes = 8L * blocks.length;
        for (byte[] block : blocks) {
            bytes += block == null ? 0 : block.length;
        }
        return bytes;
    }

    /** Charges the bytes to a budget, even beyond its limit. */
    void charge(HostBudget budget) {
        budget.charge(hostBytes());
        budget.needMore(HOST_OVERHEAD);
    }

    /** Returns the bytes to a budget. */
    void leave(HostBudget budget) {
        budget.give(hostBytes());
        budget.needMore(-HOST_OVERHEAD);
    }

    /** The most host memory, in bytes, that a page takes. */
    public static long mostHostBytes(long pageSize) {
        long blocks = Math.max(1, pageSize / BLOCK);
        return Math.max(pageSize, 8) + 8 * blocks + HOST_OVERHEAD;
    }

    /** The most host memory, in bytes, that a page takes after one access has stored into it. */
    public static long leastHostBytes(long pageSize) {
        long blocks = Math.max(1, pageSize / BLOCK);
        return 2 * Math.min(Math.max(pageSize, 8), BLOCK) + 8 * blocks + HOST_OVERHEAD;
    }

    /** How much storing at this offset would add to {@link #hostBytes}. */
    long growth(long offset) {
        return blocks[(int) (offset / blockSize)] == null ? blockSize : 0;
    }

    /** The byte at an offset. */
    public byte get(long offset) {
        byte[] block = blocks[(int) (offset / blockSize)];
        return block == null ? 0 : block[(int) (offset % blockSize)];
    }

    void put(long offset, byte value) {
        int at = (int) (offset / blockSize);
        byte[] block = blocks[at];
        if (block == null) {
            block = new byte[blockSize];
            blocks[at] = block;
        }
        block[(int) (offset % blockSize)] = value;
    }

    PageBytes copy() {
        PageBytes copy = new PageBytes((long) blockSize * blocks.length);
        for (int i = 0; i < blocks.length; i++) {
            byte[] block = blocks[i];
            copy.blocks[i] = block == null ? null : block.clone();
        }
        return copy;
    }

    /** Whether another page holds the same bytes in the same blocks. */
    boolean isStoredAs(PageBytes other) {
        return Arrays.deepEquals(blocks, other.blocks);
    }

    void save(StateWriter out) {
        for (byte[] block : blocks) {
            out.writeBoolean(block != null);
            if (block != null) {
                out.writeBytes(block);
            }
        }
    }

    static PageBytes load(long pageSize, StateReader in) {
        PageBytes page = new PageBytes(pageSize);
        for (int i = 0; i < page.blocks.length; i++) {
            page.blocks[i] = in.readBoolean() ? in.readBytes() : null;
        }
        return page;
    }
}
