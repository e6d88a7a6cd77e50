package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.stream.LongStream;

/**
 * Memory that is there whoever maps it: shared memory, or a file with those of its pages that are
 * cached. Page tables cannot say where an evicted page of it is, because all who map it must find
 * the same: so it knows for each of its pages the frame or the slot that holds it. A page with
 * neither is in the file, or zero.
 */
final class MemoryObject {

    static final int NONE = -1;

    private final int id;
    private final String name;
    private final @Nullable DiskFile file;
    private final NavigableMap<Long, Integer> frames = new TreeMap<>();
    private final NavigableMap<Long, Integer> slots = new TreeMap<>();
    private long mappedPages;
    private long extent;

    MemoryObject(int id, String name, @Nullable DiskFile file) {
        this.id = id;
        this.name = name;
        this.file = file;
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    /** The file whose pages these are, or null for shared memory. */
    @Nullable DiskFile file() {
        return file;
    }

    /** Pages of areas that map it, those of one process counted apart from another's. */
    long mappedPages() {
        return mappedPages;
    }

    void addMappedPages(long pages) {
        mappedPages += pages;
    }

    /** The number of pages that anybody ever mapped of it, from the first on. */
    long extent() {
        return extent;
    }

    /** Makes it reach to a page at least. Answers by how many pages it grew. */
    long extend(long endPage) {
        long growth = Math.max(0, endPage - extent);
        extent += growth;
        return growth;
    }

    /** The frame that holds a page, or {@link #NONE}. */
    int frame(long page) {
        return frames.getOrDefault(page, NONE);
    }

    /** The slot that holds a page which has no frame, or {@link #NONE}. */
    int slot(long page) {
        return slots.getOrDefault(page, NONE);
    }

    /** The page is in a frame from now on. */
    void loaded(long page, int frame) {
        slots.remove(page);
        frames.put(page, frame);
    }

    /** The page has left its frame, for a slot, or for {@link #NONE}. */
    void evicted(long page, int slot) {
        frames.remove(page);
        if (slot != NONE) {
            slots.put(page, slot);
        }
    }

    /** The page is in no slot any more. */
    void dropSlot(long page) {
        slots.remove(page);
    }

    /** Pages that it knows a place of. */
    int placedPages() {
        return frames.size() + slots.size();
    }

    /** The pages from a number to below another that are in the store or the file. */
    List<Long> storedPages(long from, long to) {
        if (file == null) {
            return slots.keySet().stream().filter(page -> page >= from && page < to).toList();
        }
        return LongStream.range(from, Math.max(from, Math.min(to, file.pageCount())))
                .boxed()
                .toList();
    }

    /** The frames that hold pages from a number to below another, in the order of the pages. */
    List<Integer> framesIn(long from, long to) {
        return List.copyOf(frames.subMap(from, Math.max(from, to)).values());
    }

    void forEachFrame(ObjIntConsumer<Long> visitor) {
        new TreeMap<>(frames).forEach((page, frame) -> visitor.accept(page, frame));
    }

    void forEachSlot(ObjIntConsumer<Long> visitor) {
        new TreeMap<>(slots).forEach((page, slot) -> visitor.accept(page, slot));
    }

    Map<Long, Integer> frames() {
        return frames;
    }

    Map<Long, Integer> slots() {
        return slots;
    }
}
