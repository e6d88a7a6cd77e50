package dev.faultline.machine;

import dev.faultline.machine.protocol.MemoryArea;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * A process's memory as the slowest of models has it: what each page allows, where it comes from,
 * and the bytes of each page that is the process's own.
 */
final class FlatProcess {

    /** Bytes of a page that are looked at. */
    static final int BYTES = 4;

    /** A page of a file or of shared memory; {@code shared} if writes go to it. */
    record Source(FlatObject object, long page, boolean shared) {}

    /** A file or shared memory: its bytes by page, those that are not zero. */
    static final class FlatObject {
        final Map<Long, byte[]> pages = new HashMap<>();

        /** Pages of a file; a page from there on cannot be touched. */
        long size = Long.MAX_VALUE;

        byte[] page(long number) {
            return pages.computeIfAbsent(number, missing -> new byte[BYTES]);
        }
    }

    final Map<Long, Integer> protection = new TreeMap<>();
    final Map<Long, Source> sources = new HashMap<>();

    /** Pages with bytes of the process's own. */
    final Map<Long, byte[]> own = new HashMap<>();

    long heapStart;
    long heapEnd;

    /** A process that begins with these areas, and a heap behind the last of them. */
    static FlatProcess of(List<MemoryArea> areas, long pageSize) {
        FlatProcess made = new FlatProcess();
        for (MemoryArea area : areas) {
            long end = (area.end() + pageSize - 1) / pageSize;
            for (long page = area.start() / pageSize; page < end; page++) {
                made.protection.put(page, area.protection());
            }
            made.heapStart = end * pageSize;
        }
        made.heapEnd = made.heapStart;
        return made;
    }

    FlatProcess fork() {
        FlatProcess child = new FlatProcess();
        child.protection.putAll(protection);
        child.sources.putAll(sources);
        own.forEach((page, bytes) -> child.own.put(page, bytes.clone()));
        child.heapStart = heapStart;
        child.heapEnd = heapEnd;
        return child;
    }

    void remove(long from, long to) {
        for (long page = from; page < to; page++) {
            protection.remove(page);
            sources.remove(page);
            own.remove(page);
        }
    }

    void forget(long from, long to) {
        LongStream.range(from, to).forEach(own::remove);
    }

    /** Moves pages to where there are none. */
    void move(long from, long to, long count) {
        for (long i = 0; i < count; i++) {
            move(protection, from + i, to + i);
            move(sources, from + i, to + i);
            move(own, from + i, to + i);
        }
    }

    private static <V> void move(Map<Long, V> pages, long from, long to) {
        V value = pages.remove(from);
        if (value != null) {
            pages.put(to, value);
        }
    }

    boolean isFree(long from, long to) {
        return LongStream.range(from, to).noneMatch(protection::containsKey);
    }

    boolean isCovered(long from, long to) {
        return LongStream.range(from, to).allMatch(protection::containsKey);
    }

    /** Whether a touch of a page gets SIGBUS, as it is past the end of its file. */
    boolean isPastEnd(long page) {
        Source source = sources.get(page);
        return source != null && !own.containsKey(page) && source.page() >= source.object().size;
    }

    /** Copies of pages that a file does not have any more are gone. */
    void forgetBeyondEnd(FlatObject file) {
        sources.forEach(
                (page, source) -> {
                    if (source.object() == file && source.page() >= file.size) {
                        own.remove(page);
                    }
                });
    }

    /** The bytes that a read finds. */
    byte[] bytes(long page) {
        byte[] mine = own.get(page);
        Source source = sources.get(page);
        return mine != null
                ? mine
                : source == null ? new byte[BYTES] : source.object().page(source.page());
    }

    void write(long page, int offset, byte value) {
        Source source = sources.get(page);
        if (source != null && source.shared()) {
            source.object().page(source.page())[offset] = value;
        } else {
            copy(page)[offset] = value;
        }
    }

    /** The process has bytes of its own in a private page, from now on. */
    byte[] copy(long page) {
        Source source = sources.get(page);
        return source != null && source.shared()
                ? source.object().page(source.page())
                : own.computeIfAbsent(page, first -> bytes(first).clone());
    }
}
