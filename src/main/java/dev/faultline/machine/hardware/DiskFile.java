package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A named file on the machine's disk. Its bytes are kept in pages; a page of zeros takes no memory.
 */
public final class DiskFile {

    /** Host bytes of a page's place in the map. */
    private static final long HOST_BYTES_PER_PAGE = 64;

    private final long pageSize;
    private final HostBudget budget;
    private final Map<Long, PageBytes> pages = new TreeMap<>();
    private int protection;
    private long size;

    /** An empty file, with pages of {@code pageSize} bytes. */
    public DiskFile(long pageSize, HostBudget budget) {
        this.pageSize = pageSize;
        this.budget = budget;
    }

    /** Its size in bytes. */
    public long size() {
        return size;
    }

    /** The number of pages it has; the last one may be partial. */
    public long pageCount() {
        return pages(size, pageSize);
    }

    /** The number of pages that {@code bytes} bytes take. */
    public static long pages(long bytes, long pageSize) {
        return (bytes + pageSize - 1) / pageSize;
    }

    /** The most that a mapping of it may allow, a mask of {@link Protection}. */
    public int protection() {
        return protection;
    }

    /** The bytes of a page, or null if they are all zero. */
    public @Nullable PageBytes page(long number) {
        return pages.get(number);
    }

    /** Writes a page's bytes. Bytes beyond the end of the file are dropped. */
    public void write(long number, @Nullable PageBytes bytes) {
        PageBytes kept = bytes == null ? null : bytes.copy();
        for (long at = size - number * pageSize; kept != null && at < pageSize; at++) {
            if (kept.get(at) != 0) {
                kept.put(at, (byte) 0);
            }
        }
        put(number, kept);
    }

    private void put(long number, @Nullable PageBytes bytes) {
        PageBytes old = bytes == null ? pages.remove(number) : pages.put(number, bytes);
        if (old != null) {
            forget(old);
        }
        if (bytes != null) {
            bytes.charge(budget);
            budget.needMore(HOST_BYTES_PER_PAGE);
        }
    }

    private void forget(PageBytes old) {
        old.leave(budget);
        budget.needMore(-HOST_BYTES_PER_PAGE);
    }

    /** The most host memory, in bytes, that the contents of a file of {@code length} bytes take. */
    public static long hostBytes(long length, long pageSize) {
        return pages(length, pageSize) * new PageBytes(pageSize).hostBytes()
                + (length + PageBytes.BLOCK) / PageBytes.BLOCK * PageBytes.BLOCK;
    }

    /** The most host memory, in bytes, that a file of {@code length} bytes takes in all. */
    public static long mostHostBytes(long length, long pageSize) {
        long pages = (length + pageSize - 1) / pageSize;
        long overhead = PageBytes.mostHostBytes(pageSize) - pageSize + HOST_BYTES_PER_PAGE;
        return pages * overhead + length + PageBytes.BLOCK;
    }

    /** Replaces the file's bytes and protection. */
    public void replace(ByteBuffer content, int newProtection) {
        pages.values().forEach(this::forget);
        pages.clear();
        protection = newProtection;
        size = content.capacity();
        for (long page = 0; page < pageCount(); page++) {
            put(page, page(content, page));
        }
    }

    /** Whether {@link #replace} would change nothing. */
    public boolean holds(ByteBuffer content, int wantedProtection) {
        boolean same = protection == wantedProtection && size == content.capacity();
        for (long number = 0; same && number < pageCount(); number++) {
            PageBytes wanted = page(content, number);
            PageBytes held = page(number);
            same = wanted == null || held == null ? wanted == held : wanted.isStoredAs(held);
        }
        return same;
    }

    /** One page of some content, or null if its bytes are all zero. */
    private @Nullable PageBytes page(ByteBuffer content, long number) {
        int from = (int) (number * pageSize);
        int to = (int) Math.min(content.capacity(), from + pageSize);
        PageBytes bytes = null;
        for (int at = from; at < to; at++) {
            if (content.get(at) != 0) {
                bytes = bytes == null ? new PageBytes(pageSize) : bytes;
                bytes.put(at - from, content.get(at));
            }
        }
        return bytes;
    }

    /** All its bytes. */
    public byte[] bytes() {
        byte[] all = new byte[(int) size];
        pages.forEach(
                (page, bytes) -> {
                    int from = (int) (page * pageSize);
                    for (int at = 0; at < pageSize && from + at < all.length; at++) {
                        all[from + at] = bytes.get(at);
                    }
                });
        return all;
    }

    /** Saves the file. */
    public void save(StateWriter out) {
        out.writeInt(protection);
        out.writeLong(size);
        out.writeInt(pages.size());
        pages.forEach(
                (page, bytes) -> {
                    out.writeLong(page);
                    bytes.save(out);
                });
    }

    /** Restores the file. */
    public void load(StateReader in) {
        protection = in.readInt();
        size = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            put(in.readLong(), PageBytes.load(pageSize, in));
        }
    }
}
