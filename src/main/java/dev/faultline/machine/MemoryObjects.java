package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The machine's files and shared memory. Both last as long as the machine, but shared memory that
 * has no name of its own: it goes with the last area that maps it.
 */
final class MemoryObjects {

    /** Bytes of the host's memory that an object, and a page of one, take of the table memory. */
    static final long HOST_BYTES = 96;

    /** What an object takes beside: its lists, its name, its file. */
    private static final long OBJECT_OVERHEAD = 1024;

    /** What the kernel's own names begin with; no client's does. */
    private static final String UNNAMED = "#";

    private final Overcommit overcommit;
    private final HostBudget tableMemory;
    private final HostBudget content;
    private final long pageSize;
    private final int offsetBits;
    private final NavigableMap<Integer, MemoryObject> objects = new TreeMap<>();
    private final Map<String, MemoryObject> memory = new TreeMap<>();
    private final NavigableMap<String, MemoryObject> files = new TreeMap<>();

    /** Shared memory without a name that no area maps any more. */
    private final List<MemoryObject> orphans = new ArrayList<>();

    private int nextId;

    MemoryObjects(
            MachineSpec spec, Overcommit overcommit, HostBudget tableMemory, HostBudget content) {
        this.overcommit = overcommit;
        this.tableMemory = tableMemory;
        this.content = content;
        this.pageSize = spec.pageSize();
        this.offsetBits = spec.offsetBits();
    }

    Collection<MemoryObject> all() {
        return objects.values();
    }

    MemoryObject object(int id) {
        MemoryObject known = objects.get(id);
        if (known == null) {
            throw new IllegalStateException("MemoryObjects: no object " + id);
        }
        return known;
    }

    /** The file whose page a frame may hold, or null. */
    @Nullable DiskFile fileOf(int id) {
        return id == MemoryObject.NONE ? null : object(id).file();
    }

    /** The files by name. */
    NavigableMap<String, MemoryObject> files() {
        return files;
    }

    @Nullable DiskFile file(String name) {
        MemoryObject known = files.get(name);
        return known == null ? null : known.file();
    }

    /** What an area maps, or null if it is private memory that begins as zeros. */
    @Nullable MemoryObject find(MemoryArea area) {
        String name = area.backing().name();
        return name == null ? null : area.backing().isFile() ? files.get(name) : memory.get(name);
    }

    /** What an area maps that maps a file or shared memory. */
    MemoryObject of(MemoryArea area) {
        MemoryObject object = find(area);
        if (object == null) {
            throw new IllegalStateException("MemoryObjects: nothing for " + area);
        }
        return object;
    }

    /** A name for shared memory that has none. */
    String newName() {
        return UNNAMED + nextId;
    }

    static boolean isUnnamed(@Nullable String name) {
        return name != null && name.startsWith(UNNAMED);
    }

    /** Makes an empty file. Answers null when the table memory is used up. */
    @Nullable MemoryObject create(String name) {
        return tableMemory.take(HOST_BYTES)
                ? add(nextId++, name, new DiskFile(pageSize, content))
                : null;
    }

    private MemoryObject add(int id, String name, @Nullable DiskFile file) {
        MemoryObject made = new MemoryObject(id, name, file);
        tableMemory.needMore(OBJECT_OVERHEAD);
        objects.put(id, made);
        (file == null ? memory : files).put(name, made);
        return made;
    }

    /** Bytes of the host's memory that one more may need. */
    static long growth() {
        return HOST_BYTES + OBJECT_OVERHEAD;
    }

    /** Makes room to remember a page. Answers false when the table memory is used up. */
    boolean prepare(MemoryObject object, long page) {
        return object.frame(page) != MemoryObject.NONE
                || object.slot(page) != MemoryObject.NONE
                || tableMemory.take(HOST_BYTES);
    }

    /** A page is zero or in its file again, and need not be remembered. */
    void forgotten() {
        tableMemory.give(HOST_BYTES);
    }

    /**
     * An area maps its object from now on; shared memory that is not there yet is made. It is
     * promised a place in the store for as many pages as anybody ever mapped of it, once.
     */
    void mapped(MemoryArea area) {
        MemoryObject object = memoryOf(area);
        if (object != null) {
            object.addMappedPages(pages(area));
            overcommit.add(object.extend(endPage(area)));
        }
    }

    /** An area, or a part of one, is gone. */
    void unmapped(MemoryArea area) {
        MemoryObject object = memoryOf(area);
        if (object != null) {
            object.addMappedPages(-pages(area));
            if (object.mappedPages() == 0 && isUnnamed(object.name())) {
                orphans.add(object);
            }
        }
    }

    /** Pages that would be promised if an area were mapped, beside those of the process itself. */
    long promise(MemoryArea area) {
        if (!area.isShared() || area.backing().isFile()) {
            return 0;
        }
        MemoryObject object = find(area);
        return Math.max(0, endPage(area) - (object == null ? 0 : object.extent()));
    }

    private @Nullable MemoryObject memoryOf(MemoryArea area) {
        String name = area.backing().name();
        if (name == null || area.backing().isFile()) {
            return null;
        }
        MemoryObject known = memory.get(name);
        if (known != null) {
            return known;
        }
        tableMemory.charge(HOST_BYTES);
        return add(nextId++, name, null);
    }

    private long pages(MemoryArea area) {
        return area.bytesInPages(pageSize) >> offsetBits;
    }

    private long endPage(MemoryArea area) {
        return (area.backing().offset() >> offsetBits) + pages(area);
    }

    /** The objects that nobody can reach any more, which are forgotten with this. */
    List<MemoryObject> takeOrphans() {
        if (orphans.isEmpty()) {
            return List.of();
        }
        List<MemoryObject> taken =
                orphans.stream().filter(each -> each.mappedPages() == 0).toList();
        orphans.clear();
        for (MemoryObject object : taken) {
            objects.remove(object.id());
            memory.remove(object.name());
            tableMemory.needMore(-OBJECT_OVERHEAD);
            overcommit.add(-object.extent());
            tableMemory.give(HOST_BYTES * (1L + object.placedPages()));
        }
        return taken;
    }

    void save(StateWriter out) {
        out.writeInt(nextId);
        out.writeInt(objects.size());
        for (MemoryObject object : objects.values()) {
            out.writeInt(object.id());
            out.writeString(object.name());
            out.writeLong(object.extent());
            DiskFile file = object.file();
            out.writeBoolean(file != null);
            if (file != null) {
                file.save(out);
            }
            save(object.frames(), out);
            save(object.slots(), out);
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
        nextId = in.readInt();
        for (int left = in.readInt(); left > 0; left--) {
            int id = in.readInt();
            String name = in.readString();
            long extent = in.readLong();
            DiskFile file = in.readBoolean() ? new DiskFile(pageSize, content) : null;
            if (file != null) {
                file.load(in);
            }
            MemoryObject object = add(id, name, file);
            overcommit.add(object.extend(extent));
            load(object.frames(), in);
            load(object.slots(), in);
            tableMemory.charge(HOST_BYTES * (1L + object.placedPages()));
            object.forEachFrame((page, frame) -> frameTable.own(frame, id, page));
        }
    }

    private static void load(Map<Long, Integer> places, StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            places.put(in.readLong(), in.readInt());
        }
    }
}
