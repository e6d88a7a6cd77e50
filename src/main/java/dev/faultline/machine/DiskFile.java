package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A named file on the machine's disk: bytes in pages, of which those that are all zero cost none.
 */
final class DiskFile {

    /** Bytes of the host's memory for a page's place in the map, about. */
    private static final long OBJECTS_OF_PLACE = 64;

    private final long pageSize;
    private final Quota quota;
    private final Map<Long, PageBytes> pages = new TreeMap<>();
    private int protection;
    private long size;

    DiskFile(long pageSize, Quota quota) {
        this.pageSize = pageSize;
        this.quota = quota;
    }

    /** Bytes. */
    long size() {
        return size;
    }

    /** Pages that hold its bytes, the last perhaps in part. */
    long pageCount() {
        return pages(size, pageSize);
    }

    /** Pages that so many bytes take. */
    static long pages(long bytes, long pageSize) {
        return (bytes + pageSize - 1) / pageSize;
    }

    /** What a mapping may allow at most, a mask of {@link Protection}. */
    int protection() {
        return protection;
    }

    /** The bytes of a page, or null if they are all zero. */
    @Nullable PageBytes page(long number) {
        return pages.get(number);
    }

    /** Writes a page's bytes; those beyond the end of the file are not kept. */
    void write(long number, @Nullable PageBytes bytes) {
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
        quota.give(old == null ? 0 : hostBytes(old));
        quota.charge(bytes == null ? 0 : hostBytes(bytes));
    }

    private static long hostBytes(PageBytes bytes) {
        return OBJECTS_OF_PLACE + bytes.hostBytes();
    }

    /** Bytes of the host's memory that a file of so many bytes takes at most. */
    static long hostBytes(long length, long pageSize) {
        return pages(length, pageSize) * OBJECTS_OF_PLACE + PageBytes.hostBytes(length, pageSize);
    }

    /** Gives the file other bytes. */
    void replace(ByteBuffer content, int newProtection) {
        pages.values().forEach(old -> quota.give(hostBytes(old)));
        pages.clear();
        protection = newProtection;
        size = content.capacity();
        for (long page = 0; page < pageCount(); page++) {
            put(page, page(content, page));
        }
    }

    /** Whether {@link #replace} would change nothing. */
    boolean holds(ByteBuffer content, int wantedProtection) {
        boolean same = protection == wantedProtection && size == content.capacity();
        for (long number = 0; same && number < pageCount(); number++) {
            PageBytes wanted = page(content, number);
            PageBytes held = page(number);
            same = wanted == null || held == null ? wanted == held : wanted.isStoredAs(held);
        }
        return same;
    }

    /** The bytes of a page of some content, or null if they are all zero. */
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

    /** All bytes. */
    byte[] bytes() {
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

    void save(StateWriter out) {
        out.writeInt(protection);
        out.writeLong(size);
        out.writeInt(pages.size());
        pages.forEach(
                (page, bytes) -> {
                    out.writeLong(page);
                    bytes.save(out);
                });
    }

    void load(StateReader in) {
        protection = in.readInt();
        size = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            put(in.readLong(), PageBytes.load(pageSize, in));
        }
    }
}
