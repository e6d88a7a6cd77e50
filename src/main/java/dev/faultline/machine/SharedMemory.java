package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;

/**
 * The machine's named shared memory. Page tables cannot say where an evicted page of it is, because
 * all who map it must find the same: so each segment knows for each of its pages the frame or the
 * slot that holds it. A page with neither is zero. Segments last as long as the machine.
 */
final class SharedMemory {

    static final int NONE = -1;

    /** Bytes of the host's memory that a segment, and a page of one, take of the table memory. */
    static final long HOST_BYTES = 96;

    /** Memory with a name. */
    static final class Segment {

        private final int id;
        private final String name;
        private final Map<Long, Integer> frames = new TreeMap<>();
        private final Map<Long, Integer> slots = new TreeMap<>();

        private Segment(int id, String name) {
            this.id = id;
            this.name = name;
        }

        int id() {
            return id;
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

        /** The page has left its frame, for a slot, or for {@link #NONE} as it is zero. */
        void evicted(long page, int slot) {
            frames.remove(page);
            if (slot != NONE) {
                slots.put(page, slot);
            }
        }

        /** The pages from a number to below another that are in the store. */
        List<Long> storedPages(long from, long to) {
            return slots.keySet().stream().filter(page -> page >= from && page < to).toList();
        }

        void forEachFrame(ObjIntConsumer<Long> visitor) {
            frames.forEach((page, frame) -> visitor.accept(page, frame));
        }

        void forEachSlot(ObjIntConsumer<Long> visitor) {
            slots.forEach((page, slot) -> visitor.accept(page, slot));
        }
    }

    private final List<Segment> segments = new ArrayList<>();
    private final Map<String, Segment> byName = new TreeMap<>();
    private final Quota tableMemory;

    SharedMemory(Quota tableMemory) {
        this.tableMemory = tableMemory;
    }

    List<Segment> segments() {
        return segments;
    }

    Segment segment(int id) {
        return segments.get(id);
    }

    /** The segment of a name, or null while nobody has touched it. */
    @Nullable Segment find(String name) {
        return byName.get(name);
    }

    /** The segment of a name, made now if need be; null when the table memory is used up. */
    @Nullable Segment open(String name) {
        Segment known = find(name);
        if (known != null || !tableMemory.take(HOST_BYTES)) {
            return known;
        }
        return add(name);
    }

    private Segment add(String name) {
        Segment made = new Segment(segments.size(), name);
        segments.add(made);
        byName.put(name, made);
        return made;
    }

    /** Makes room to remember a page. Answers false when the table memory is used up. */
    boolean prepare(Segment segment, long page) {
        return segment.frames.containsKey(page)
                || segment.slots.containsKey(page)
                || tableMemory.take(HOST_BYTES);
    }

    /** A page is zero again, and need not be remembered. */
    void forgotten() {
        tableMemory.give(HOST_BYTES);
    }

    void save(StateWriter out) {
        out.writeInt(segments.size());
        for (Segment segment : segments) {
            out.writeString(segment.name);
            save(segment.frames, out);
            save(segment.slots, out);
        }
    }

    private static void save(Map<Long, Integer> places, StateWriter out) {
        out.writeInt(places.size());
        places.forEach(
                (page, place) -> {
                    out.writeLong(page);
                    out.writeInt(place);
                });
    }

    void load(StateReader in, FrameTable frameTable) {
        for (int left = in.readInt(); left > 0; left--) {
            Segment segment = add(in.readString());
            load(segment.frames, in);
            load(segment.slots, in);
            tableMemory.charge(HOST_BYTES * (1L + segment.frames.size() + segment.slots.size()));
            segment.forEachFrame((page, frame) -> frameTable.own(frame, segment.id, page));
        }
    }

    private static void load(Map<Long, Integer> places, StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            places.put(in.readLong(), in.readInt());
        }
    }
}
