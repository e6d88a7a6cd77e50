package dev.faultline.machine.hardware;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The bytes of one page, kept in blocks of at most 4 KiB that exist once something was stored in
 * them; the rest reads as zero.
 */
public final class PageBytes {

    public static final int BLOCK = 4096;

    /** What the host needs beside the bytes: the object, the list of blocks, its last block. */
    private static final long HOST_OVERHEAD = 72;

    private final int blockSize;
    private final byte[] @Nullable [] blocks;

    PageBytes(long pageSize) {
        blockSize = (int) Math.min(pageSize, BLOCK);
        blocks = new byte[(int) (pageSize / blockSize)][];
    }

    /** Bytes of the host's memory. */
    public long hostBytes() {
        long bytes = 8L * blocks.length;
        for (byte[] block : blocks) {
            bytes += block == null ? 0 : block.length;
        }
        return bytes;
    }

    /** Takes the bytes of a budget, whatever is left of it. */
    void charge(HostBudget budget) {
        budget.charge(hostBytes());
        budget.needMore(HOST_OVERHEAD);
    }

    /** Gives the bytes back to a budget. */
    void leave(HostBudget budget) {
        budget.give(hostBytes());
        budget.needMore(-HOST_OVERHEAD);
    }

    /** Bytes of the host's memory that a page takes at most. */
    public static long mostHostBytes(long pageSize) {
        long blocks = Math.max(1, pageSize / BLOCK);
        return Math.max(pageSize, 8) + 8 * blocks + HOST_OVERHEAD;
    }

    /** Bytes of the host's memory that a page takes at most in which one piece is stored. */
    public static long leastHostBytes(long pageSize) {
        long blocks = Math.max(1, pageSize / BLOCK);
        return 2 * Math.min(Math.max(pageSize, 8), BLOCK) + 8 * blocks + HOST_OVERHEAD;
    }

    /** What storing at an offset would add to {@link #hostBytes}. */
    long growth(long offset) {
        return blocks[(int) (offset / blockSize)] == null ? blockSize : 0;
    }

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

    /** Whether another page is stored in the same way, block by block. */
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
