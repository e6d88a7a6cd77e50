package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome.Refused;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Overcommit;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The reasons why the kernel refuses to create or change areas. Each rule returns null if it has no
 * objection.
 */
final class AreaRules {

    private static final String NO_MEMORY = "ENOMEM";

    private final MemoryObjects objects;
    private final Overcommit overcommit;
    private final HostBudget tableMemory;
    private final int mostAreas;
    private final long spaceSize;
    private final long pageSize;

    AreaRules(Parts parts) {
        objects = parts.objects();
        overcommit = parts.overcommit();
        tableMemory = parts.tableMemory();
        mostAreas = parts.spec().limits().areas();
        spaceSize = 1L << parts.spec().addressBits();
        pageSize = parts.spec().pageSize();
    }

    /**
     * Why areas cannot be made, of which so many pages are promised already, or null: a file that
     * is not there or allows less, or more pages than the kernel promises.
     */
    @Nullable Refused refuse(List<MemoryArea> areas, long promisedAlready) {
        long pages = -promisedAlready;
        for (MemoryArea area : areas) {
            pages += area.accounted().promisedPages(pageSize) + objects.promise(area);
            Refused refusal = refuseFile(area, area.protection());
            if (refusal != null) {
                return refusal;
            }
        }
        if (!tableMemory.has(areas.size() * MemoryObjects.HOST_BYTES)) {
            return refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
        }
        String promise = overcommit.refusal(pages);
        return promise == null ? null : refused(NO_MEMORY, promise);
    }

    /** Why a process cannot have one area more, or null. */
    @Nullable Refused refuseMap(Task task, MemoryArea area) {
        Refused refusal = tooMany(task.space(), task.space().areas().size() + 1);
        return refusal == null ? refuse(List.of(area), 0) : refusal;
    }

    /** Why an area cannot be promised the pages of a larger one, or null. */
    @Nullable Refused refuseGrowth(MemoryArea from, MemoryArea to) {
        long more = to.promisedPages(pageSize) - from.promisedPages(pageSize);
        String promise = overcommit.refusal(Math.max(0, more));
        return promise == null ? null : refused(NO_MEMORY, promise);
    }

    /** Why a range of areas cannot allow this, or null. */
    @Nullable Refused refuseProtection(Task task, Command.Protect command) {
        long end = task.space().roundedUp(command.start() + command.length());
        return refuseProtection(task.space(), command.start(), end, command.protection());
    }

    /** A mapping may not allow what the file forbids; writes to a private copy are its own. */
    private @Nullable Refused refuseFile(MemoryArea area, int protection) {
        String name = area.backing().name();
        if (!area.backing().isFile() || name == null) {
            return null;
        }
        DiskFile file = objects.file(name);
        if (file == null) {
            return refused("ENOENT", "there is no file '" + name + "'");
        }
        int wanted = area.isShared() ? protection : protection & ~Protection.WRITE;
        return (wanted & ~file.protection()) == 0
                ? null
                : refused(
                        "EACCES",
                        "file '"
                                + name
                                + "' is "
                                + Protection.format(file.protection())
                                + ", the mapping would be "
                                + Protection.format(protection));
    }

    /** The area, with a name made by the kernel if it is shared memory without one. */
    MemoryArea named(MemoryArea area) {
        Backing backing = area.backing();
        if (!backing.shared() || backing.name() != null) {
            return area;
        }
        Backing named = new Backing(backing.kind(), true, objects.newName(), 0);
        return new MemoryArea(area.start(), area.length(), area.protection(), named, area.flags());
    }

    /** A hole in a range is refused, as by mprotect and madvise. */
    @Nullable Refused refuseHoles(Task task, long start, long end) {
        return task.space().isCovered(start, end)
                ? null
                : refused(NO_MEMORY, "a page of the range is in no area");
    }

    /** Refuses to let areas end at both ends of a range if those would be too many. */
    @Nullable Refused refuseSplit(AddressSpace space, long start, long end) {
        return tooMany(space, space.countSplit(start, end));
    }

    @Nullable Refused refuseProtection(AddressSpace space, long start, long end, int protection) {
        for (MemoryArea area : space.areasIn(start, end)) {
            Refused refusal = refuseFile(area, protection);
            if (refusal != null) {
                return refusal;
            }
        }
        String promise = overcommit.refusal(promiseMore(space, start, end, protection));
        return promise == null ? null : refused(NO_MEMORY, promise);
    }

    /** The pages by which the promise would grow if a range got this protection. */
    long promiseMore(AddressSpace space, long start, long end, int protection) {
        long pages = 0;
        for (MemoryArea area : space.areasIn(start, end)) {
            long from = Math.max(start, area.start());
            MemoryArea part = area.part(from, Math.min(end, area.end()));
            pages += part.with(protection).accounted().promisedPages(pageSize);
            pages -= part.promisedPages(pageSize);
        }
        return pages;
    }

    @Nullable Refused refuseProtect(Task task, long start, long end, int protection) {
        Refused refusal = refuseHoles(task, start, end);
        if (refusal == null) {
            refusal = refuseSplit(task.space(), start, end);
        }
        return refusal == null ? refuseProtection(task.space(), start, end, protection) : refusal;
    }

    /** Why the end of the heap cannot move by so many bytes, whatever is in its way, or null. */
    @Nullable Refused refuseHeapEnd(AddressSpace space, long increment) {
        long size = space.heapEnd() - space.heapStart();
        if (increment < -size) {
            return refused("EINVAL", "the heap is only " + size + " bytes");
        }
        return increment <= spaceSize - space.heapEnd()
                ? null
                : refused(NO_MEMORY, "the heap would reach beyond the address space");
    }

    /** Why a process cannot have a number of areas. */
    @Nullable Refused tooMany(AddressSpace space, int count) {
        Refused beyond = refuseCount(count);
        if (beyond != null) {
            return beyond;
        }
        long more = (long) count - space.areas().size();
        long bytes = more * AddressSpace.HOST_BYTES_PER_AREA + MemoryObjects.HOST_BYTES;
        return more <= 0 || tableMemory.has(bytes)
                ? null
                : refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
    }

    /** Why a process cannot begin with a number of areas. */
    @Nullable Refused refuseCount(int areas) {
        return areas > mostAreas ? refused(NO_MEMORY, tooManyAreas(mostAreas)) : null;
    }

    private static String tooManyAreas(int most) {
        return "a process has at most " + most + " areas (limits.areas)";
    }

    static Refused refused(String error, String why) {
        return new Refused(error, why);
    }
}
