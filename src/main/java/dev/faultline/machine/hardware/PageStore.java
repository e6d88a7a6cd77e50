package dev.faultline.machine.hardware;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

/**
 * An array of pages with real bytes: what memory and the backing store have in common. A page into
 * which nothing was ever stored holds zeros and takes no host memory. Stored bytes count against
 * the machine's budget.
 */
public abstract class PageStore {

    /** Host bytes of a reference to a page's bytes, at most. */
    private static final long HOST_BYTES_PER_PAGE = 8;

    private final long pageSize;
    private final HostBudget budget;
    private @Nullable PageBytes[] pages;

    PageStore(int count, long pageSize, HostBudget budget) {
        this.pageSize = pageSize;
        this.budget = budget;
        this.pages = new PageBytes[count];
    }

    long pageSize() {
        return pageSize;
    }

    /** The number of pages. */
    public int size() {
        return pages.length;
    }

    /** Host bytes that {@code count} pages take while nothing is stored in them. */
    public static long hostBytes(long count) {
        return HOST_BYTES_PER_PAGE * count;
    }

    void grow(int count) {
        pages = java.util.Arrays.copyOf(pages, count);
    }

    /** The bytes of a page, or null as long as they are all zero. */
    public @Nullable PageBytes page(int number) {
        return pages[number];
    }

    /** Replaces a page's bytes by a copy of the given ones; null stands for zeros. */
    public void fill(int number, @Nullable PageBytes bytes) {
        PageBytes old = pages[number];
        if (old == null && bytes == null) {
            return;
        }
        if (old != null) {
            old.leave(budget);
        }
        if (bytes != null) {
            bytes.charge(budget);
        }
        pages[number] = bytes == null ? null : bytes.copy();
    }

    /** Whether the budget has room for another copy of a page. */
    public boolean canCopy(int number) {
        PageBytes bytes = pages[number];
        return bytes == null || budget.has(bytes.hostBytes());
    }

    /** Reads {@code size} bytes (1 to 8) at an offset, as an unsigned little-endian number. */
    public long read(int number, long offset, int size) {
        PageBytes bytes = pages[number];
        long value = 0;
        for (int i = size - 1; bytes != null && i >= 0; i--) {
            value = value << 8 | bytes.get(offset + i) & 0xFF;
        }
        return value;
    }

    /**
     * Stores {@code size} bytes (1 to 8) of a little-endian number. Returns false if the budget
     * does not allow it; nothing is stored then.
     */
    public boolean write(int number, long offset, int size, long value) {
        PageBytes bytes = pages[number];
        if (bytes == null) {
            bytes = new PageBytes(pageSize);
            if (!budget.has(bytes.hostBytes())) {
                return false;
            }
            bytes.charge(budget);
            pages[number] = bytes;
        }
        long last = offset + size - 1;
        boolean twoBlocks = offset / PageBytes.BLOCK != last / PageBytes.BLOCK;
        if (!budget.take(bytes.growth(offset) + (twoBlocks ? bytes.growth(last) : 0))) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            bytes.put(offset + i, (byte) (value >>> 8 * i));
        }
        return true;
    }

    /** Saves all pages. */
    public void save(StateWriter out) {
        out.writeInt(pages.length);
        for (PageBytes bytes : pages) {
            out.writeBoolean(bytes != null);
            if (bytes != null) {
                bytes.save(out);
            }
        }
    }

    /** Restores all pages. */
    public void load(StateReader in) {
        grow(in.readInt());
        for (int i = 0; i < pages.length; i++) {
            PageBytes bytes = in.readBoolean() ? PageBytes.load(pageSize, in) : null;
            pages[i] = bytes;
            if (bytes != null) {
                bytes.charge(budget);
            }
        }
    }
}
