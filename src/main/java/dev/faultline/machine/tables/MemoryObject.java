package dev.faultline.machine.tables;

import dev.faultline.machine.hardware.DiskFile;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.stream.LongStream;

/**
 * Memory that exists independently of who maps it: shared memory, or a file with its cached pages.
 * Page tables cannot say where an evicted page of it is, because everyone who maps it must find the
 * same page. So the object knows, for each of its pages, the frame or slot that holds it. A page
 * with neither is in the file, or zero.
 */
public final class MemoryObject {

    /** No frame and no slot. */
    public static final int NONE = -1;

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

    /** Its number in the machine. */
    public int id() {
        return id;
    }

    /** The name of the file or of the shared memory. */
    public String name() {
        return name;
    }

    /** The file that the pages belong to, or null for shared memory. */
    public @Nullable DiskFile file() {
        return file;
    }

    /** Pages of areas that map it, counted separately for each process. */
    public long mappedPages() {
        return mappedPages;
    }

    void addMappedPages(long pages) {
        mappedPages += pages;
    }

    /** The number of pages ever mapped of it, from the first. */
    long extent() {
        return extent;
    }

    /** Makes it reach at least to a page. Returns by how many pages it grew. */
    long extend(long endPage) {
        long growth = Math.max(0, endPage - extent);
        extent += growth;
        return growth;
    }

    /** The frame that holds a page, or {@link #NONE}. */
    public int frame(long page) {
        return frames.getOrDefault(page, NONE);
    }

    /** The slot that holds a page without a frame, or {@link #NONE}. */
    public int slot(long page) {
        return slots.getOrDefault(page, NONE);
    }

    /** Records that a page is now in a frame. */
    public void loaded(long page, int frame) {
        slots.remove(page);
        frames.put(page, frame);
    }

    /** Records that a page left its frame for a slot, or for nowhere ({@link #NONE}). */
    public void evicted(long page, int slot) {
        frames.remove(page);
        if (slot != NONE) {
            slots.put(page, slot);
        }
    }

    /** Records that a page is in no slot any more. */
    void dropSlot(long page) {
        slots.remove(page);
    }

    /** The number of pages in frames and slots. */
    int placedPages() {
        return frames.size() + slots.size();
    }

    /** The pages in [{@code from}, {@code to}) that are in the store or the file. */
    public List<Long> storedPages(long from, long to) {
        if (file == null) {
            return slots.keySet().stream().filter(page -> page >= from && page < to).toList();
        }
        return LongStream.range(from, Math.max(from, Math.min(to, file.pageCount())))
                .boxed()
                .toList();
    }

    /** The frames that hold pages in [{@code from}, {@code to}), in page order. */
    public List<Integer> framesIn(long from, long to) {
        return List.copyOf(frames.subMap(from, Math.max(from, to)).values());
    }

    /** Visits the pages in memory, each with its frame, in page order. */
    public void forEachFrame(ObjIntConsumer<Long> visitor) {
        new TreeMap<>(frames).forEach((page, frame) -> visitor.accept(page, frame));
    }

    /** Visits the pages in the backing store, each with its slot, in page order. */
    public void forEachSlot(ObjIntConsumer<Long> visitor) {
        new TreeMap<>(slots).forEach((page, slot) -> visitor.accept(page, slot));
    }

    /** The frames of the pages in memory, by page. */
    public Map<Long, Integer> frames() {
        return frames;
    }

    Map<Long, Integer> slots() {
        return slots;
    }
}
