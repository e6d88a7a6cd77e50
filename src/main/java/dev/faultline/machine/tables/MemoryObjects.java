package dev.faultline.machine.tables;

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
 * The machine's files and shared memory. They last as long as the machine, except shared memory
 * without a name of its own, which ends with the last area that maps it.
 */
public final class MemoryObjects {

    /** Host bytes of an object, and of each of its pages, charged to table memory. */
    public static final long HOST_BYTES = 96;

    /** Further host bytes of an object: its lists, its name, its file. */
    private static final long OBJECT_OVERHEAD = 1024;

    /** The prefix of names that the kernel makes; no client's name begins with it. */
    private static final String UNNAMED = "#";

    private final Overcommit overcommit;
    private final HostBudget tableMemory;
    private final HostBudget content;
    private final long pageSize;
    private final int offsetBits;
    private final NavigableMap<Integer, MemoryObject> objects = new TreeMap<>();
    private final Map<String, MemoryObject> memory = new TreeMap<>();
    private final NavigableMap<String, MemoryObject> files = new TreeMap<>();

    /** Unnamed shared memory that no area maps any more. */
    private final List<MemoryObject> orphans = new ArrayList<>();

    private int nextId;

    /** No objects yet; what they take is counted to the budgets. */
    public MemoryObjects(
            MachineSpec spec, Overcommit overcommit, HostBudget tableMemory, HostBudget content) {
        this.overcommit = overcommit;
        this.tableMemory = tableMemory;
        this.content = content;
        this.pageSize = spec.pageSize();
        this.offsetBits = spec.offsetBits();
    }

    /** All files and shared memory, in the order of their numbers. */
    public Collection<MemoryObject> all() {
        return objects.values();
    }

    /** The object of a number. */
    public MemoryObject object(int id) {
        MemoryObject known = objects.get(id);
        if (known == null) {
            throw new IllegalStateException("MemoryObjects: no object " + id);
        }
        return known;
    }

    /** The file whose page a frame may hold, or null. */
    public @Nullable DiskFile fileOf(int id) {
        return id == MemoryObject.NONE ? null : object(id).file();
    }

    /** The files, by name. */
    public NavigableMap<String, MemoryObject> files() {
        return files;
    }

    /** The file of a name, or null. */
    public @Nullable DiskFile file(String name) {
        MemoryObject known = files.get(name);
        return known == null ? null : known.file();
    }

    /** The object that an area maps, or null if it is private memory that starts as zeros. */
    public @Nullable MemoryObject find(MemoryArea area) {
        String name = area.backing().name();
        return name == null ? null : area.backing().isFile() ? files.get(name) : memory.get(name);
    }

    /** The object that an area maps. The area must map a file or shared memory. */
    public MemoryObject of(MemoryArea area) {
        MemoryObject object = find(area);
        if (object == null) {
            throw new IllegalStateException("MemoryObjects: nothing for " + area);
        }
        return object;
    }

    /** A new name for shared memory that has none. */
    public String newName() {
        return UNNAMED + nextId;
    }

    static boolean isUnnamed(@Nullable String name) {
        return name != null && name.startsWith(UNNAMED);
    }

    /** Makes an empty file. Answers null when the table memory is used up. */
    public @Nullable MemoryObject create(String name) {
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

    /** The most host memory, in bytes, that one more object needs. */
    public static long growth() {
        return HOST_BYTES + OBJECT_OVERHEAD;
    }

    /** Makes room to record where a page is. Returns false if table memory has run out. */
    public boolean prepare(MemoryObject object, long page) {
        return object.frame(page) != MemoryObject.NONE
                || object.slot(page) != MemoryObject.NONE
                || tableMemory.take(HOST_BYTES);
    }

    /** Records that a page is zero or in its file again and need not be recorded. */
    public void forgotten() {
        tableMemory.give(HOST_BYTES);
    }

    /**
     * Records that an area maps its object; shared memory that does not exist yet is created. Pages
     * mapped for the first time are promised a place in the store, once.
     */
    public void mapped(MemoryArea area) {
        MemoryObject object = memoryOf(area);
        if (object != null) {
            object.addMappedPages(pages(area));
            overcommit.add(object.extend(endPage(area)));
        }
    }

    /** Records that an area, or a part of one, is gone. */
    public void unmapped(MemoryArea area) {
        MemoryObject object = memoryOf(area);
        if (object != null) {
            object.addMappedPages(-pages(area));
            if (object.mappedPages() == 0 && isUnnamed(object.name())) {
                orphans.add(object);
            }
        }
    }

    /** Pages that mapping an area would promise, beside the process's own. */
    public long promise(MemoryArea area) {
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

    /** Removes and returns the objects that nothing can reach any more. */
    public List<MemoryObject> takeOrphans() {
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

    /** Writes the state. */
    public void save(StateWriter out) {
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

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in, FrameTable frameTable) {
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
