package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The bytes of one page, kept in blocks of at most 4 KiB that exist once something was stored in
 * them; the rest reads as zero.
 */
final class PageBytes {

    static final int BLOCK = 4096;

    /** Bytes of the host's memory for the objects of a page and of a block, about. */
    private static final long OBJECTS_OF_PAGE = 40;

    private static final long OBJECTS_OF_BLOCK = 16;

    private final int blockSize;
    private final byte[] @Nullable [] blocks;

    PageBytes(long pageSize) {
        blockSize = (int) Math.min(pageSize, BLOCK);
        blocks = new byte[(int) (pageSize / blockSize)][];
    }

    /** Bytes of the host's memory. */
    long hostBytes() {
        long bytes = OBJECTS_OF_PAGE + 8L * blocks.length;
        for (byte[] block : blocks) {
            bytes += block == null ? 0 : OBJECTS_OF_BLOCK + block.length;
        }
        return bytes;
    }

    /** What so many bytes take at most, in the pages that hold them. */
    static long hostBytes(long length, long pageSize) {
        long blockSize = Math.min(pageSize, BLOCK);
        long pages = (length + pageSize - 1) / pageSize;
        long blocks = (length + blockSize - 1) / blockSize;
        return pages * (OBJECTS_OF_PAGE + 8 * (pageSize / blockSize))
                + blocks * (OBJECTS_OF_BLOCK + blockSize);
    }

    /** What storing at an offset would add to {@link #hostBytes}. */
    long growth(long offset) {
        return blocks[(int) (offset / blockSize)] == null ? OBJECTS_OF_BLOCK + blockSize : 0;
    }

    byte get(long offset) {
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
