package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.LongStream;

/**
 * The system calls by which a process changes its areas: map, unmap, protect, mremap and brk. Each
 * either does what it was asked or refuses and changes nothing.
 */
final class MemoryCalls {

    private static final String NO_MEMORY = "ENOMEM";

    private final Unmapper unmapper;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final Overcommit overcommit;
    private final HostBudget tableMemory;
    private final PageTableFrames tables;
    private final Accounting accounting;
    private final MachineSpec spec;
    private final int mostAreas;
    private final long spaceSize;
    private final long pageSize;
    private final int offsetBits;

    MemoryCalls(Parts parts, Unmapper unmapper, Accounting accounting) {
        this.unmapper = unmapper;
        this.accounting = accounting;
        frames = parts.frames();
        swap = parts.swap();
        cpus = parts.cpus();
        objects = parts.objects();
        overcommit = parts.overcommit();
        tableMemory = parts.tableMemory();
        tables = parts.tables();
        pageSize = parts.spec().pageSize();
        spec = parts.spec();
        mostAreas = parts.spec().limits().areas();
        spaceSize = 1L << parts.spec().addressBits();
        offsetBits = parts.spec().offsetBits();
    }

    /** Creates an area at its address or in the highest free place. */
    Outcome map(Task task, Command.Map command) {
        AddressSpace space = task.space();
        long bytes = space.roundedUp(command.length());
        Long wish = command.start();
        long start = wish == null ? space.highestGap(bytes) : wish;
        if (start < 0) {
            return refused(NO_MEMORY, "no gap between the areas is " + bytes + " bytes long");
        }
        long end = start + bytes;
        if (!command.replace() && !space.isFree(start, end)) {
            return refused("EEXIST", "a page of the range is in an area already");
        }
        MemoryArea area =
                new MemoryArea(start, command.length(), command.protection(), command.backing());
        Outcome.Refused refusal = tooMany(space, space.countWithout(start, end) + 1);
        if (refusal == null) {
            refusal = refuse(List.of(area), space.promisedPages(start, end));
        }
        if (refusal != null) {
            return refusal;
        }
        clear(task, start, end);
        space.add(named(area));
        accounting
                .events()
                .area(Event.Kind.MAP_AREA, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Mapped(start);
    }

    /**
     * Why areas cannot be made, of which so many pages are promised already, or null: a file that
     * is not there or allows less, or more pages than the kernel promises.
     */
    Outcome.@Nullable Refused refuse(List<MemoryArea> areas, long promisedAlready) {
        long pages = -promisedAlready;
        for (MemoryArea area : areas) {
            pages += area.accounted().promisedPages(pageSize) + objects.promise(area);
            Outcome.Refused refusal = refuseFile(area, area.protection());
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
    Outcome.@Nullable Refused refuseMap(Task task, MemoryArea area) {
        Outcome.Refused refusal = tooMany(task.space(), task.space().areas().size() + 1);
        return refusal == null ? refuse(List.of(area), 0) : refusal;
    }

    /** Why an area cannot be promised the pages of a larger one, or null. */
    Outcome.@Nullable Refused refuseGrowth(MemoryArea from, MemoryArea to) {
        long more = to.promisedPages(pageSize) - from.promisedPages(pageSize);
        String promise = overcommit.refusal(Math.max(0, more));
        return promise == null ? null : refused(NO_MEMORY, promise);
    }

    /** Why a range of areas cannot allow this, or null. */
    Outcome.@Nullable Refused refuseProtection(Task task, Command.Protect command) {
        long end = task.space().roundedUp(command.start() + command.length());
        return refuseProtection(task.space(), command.start(), end, command.protection());
    }

    /** A mapping may not allow what the file forbids; what it writes to a copy is its own. */
    private Outcome.@Nullable Refused refuseFile(MemoryArea area, int protection) {
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

    /** The area, with a name that the kernel makes for shared memory that has none. */
    MemoryArea named(MemoryArea area) {
        Backing backing = area.backing();
        if (!backing.shared() || backing.name() != null) {
            return area;
        }
        Backing named = new Backing(backing.kind(), true, objects.newName(), 0);
        return new MemoryArea(area.start(), area.length(), area.protection(), named, area.flags());
    }

    /** Takes a range of pages out of a process; pages in no area are passed over. */
    Outcome unmap(Task task, long start, long length) {
        AddressSpace space = task.space();
        long end = space.roundedUp(start + length);
        Outcome.Refused refusal = tooMany(space, space.countWithout(start, end));
        if (refusal != null) {
            return refusal;
        }
        clear(task, start, end);
        accounting
                .events()
                .area(Event.Kind.UNMAP_AREA, accounting.now(), task.pid(), start, length);
        return new Outcome.Done();
    }

    private void clear(Task task, long start, long end) {
        unmapper.unmap(task, start >>> offsetBits, end >>> offsetBits);
        task.space().remove(start, end);
        unmapper.dropOrphans();
    }

    /**
     * Changes the protection of a range of pages, in the areas and in the entries. A page shared
     * since a fork stays read-only in its entry.
     */
    Outcome protect(Task task, Command.Protect command) {
        long start = command.start();
        long end = task.space().roundedUp(start + command.length());
        Outcome.Refused refusal = refuseProtect(task, start, end, command.protection());
        if (refusal != null) {
            return refusal;
        }
        change(task, start, command.length(), command.protection());
        return new Outcome.Done();
    }

    private void change(Task task, long start, long length, int protection) {
        AddressSpace space = task.space();
        long end = space.roundedUp(start + length);
        space.change(start, end, area -> area.with(protection));
        long permissions =
                Pte.permissions(EntryWords.granted(spec.translation().layout(), protection));
        task.table()
                .forEach(
                        start >>> offsetBits,
                        end >>> offsetBits,
                        (vpn, pte) -> permit(task, vpn, pte, permissions));
        accounting.events().area(Event.Kind.PROTECT, accounting.now(), task.pid(), start, length);
    }

    /** A hole in a range is refused, as by mprotect and madvise. */
    Outcome.@Nullable Refused refuseHoles(Task task, long start, long end) {
        return task.space().isCovered(start, end)
                ? null
                : refused(NO_MEMORY, "a page of the range is in no area");
    }

    /** Refuses to let areas end at both ends of a range if those would be too many. */
    Outcome.@Nullable Refused refuseSplit(AddressSpace space, long start, long end) {
        return tooMany(space, space.countSplit(start, end));
    }

    private Outcome.@Nullable Refused refuseProtection(
            AddressSpace space, long start, long end, int protection) {
        for (MemoryArea area : space.areasIn(start, end)) {
            Outcome.Refused refusal = refuseFile(area, protection);
            if (refusal != null) {
                return refusal;
            }
        }
        String promise = overcommit.refusal(promiseMore(space, start, end, protection));
        return promise == null ? null : refused(NO_MEMORY, promise);
    }

    /** Pages that would be promised beside those that are, if a range allowed this. */
    private long promiseMore(AddressSpace space, long start, long end, int protection) {
        long pages = 0;
        for (MemoryArea area : space.areasIn(start, end)) {
            long from = Math.max(start, area.start());
            MemoryArea part = area.part(from, Math.min(end, area.end()));
            pages += part.with(protection).accounted().promisedPages(pageSize);
            pages -= part.promisedPages(pageSize);
        }
        return pages;
    }

    private Outcome.@Nullable Refused refuseProtect(
            Task task, long start, long end, int protection) {
        Outcome.Refused refusal = refuseHoles(task, start, end);
        if (refusal == null) {
            refusal = refuseSplit(task.space(), start, end);
        }
        return refusal == null ? refuseProtection(task.space(), start, end, protection) : refusal;
    }

    /** Changes several ranges, all or none. Each is checked as if it came alone. */
    Outcome protectMany(Task task, Command.ProtectMany command) {
        AddressSpace space = task.space();
        Outcome.Refused refusal =
                tooMany(space, space.areas().size() + 2 * command.ranges().size());
        long promise = 0;
        for (Command.Range range : command.ranges()) {
            long end = space.roundedUp(range.start() + range.length());
            if (refusal == null) {
                refusal = refuseProtect(task, range.start(), end, command.protection());
                promise += promiseMore(space, range.start(), end, command.protection());
            }
        }
        String unpromised = overcommit.refusal(promise);
        if (refusal == null && unpromised != null) {
            refusal = refused(NO_MEMORY, unpromised);
        }
        if (refusal != null) {
            return refusal;
        }
        for (Command.Range range : command.ranges()) {
            change(task, range.start(), range.length(), command.protection());
        }
        return new Outcome.Done();
    }

    private void permit(Task task, long vpn, long pte, long permissions) {
        if (!Pte.isValid(pte)) {
            return;
        }
        long bits = Pte.READ | Pte.WRITE | Pte.EXECUTE;
        long permitted = isShared(pte) ? Pte.copyOnWrite(permissions) : permissions;
        task.table().set(vpn, pte & ~bits | permitted);
        if ((pte & bits & ~permitted) == 0) {
            cpus.refresh(task.asid(), vpn);
        } else {
            cpus.invalidate(task.asid(), vpn);
        }
    }

    /**
     * Whether a private page is, or may still be, another's too: a sharer's, a child's, a file's.
     */
    boolean isShared(long pte) {
        int slot = frames.slot(Pte.frame(pte));
        return Pte.isCow(pte)
                || frames.object(Pte.frame(pte)) == FrameTable.NONE
                        && (frames.users(Pte.frame(pte)) > 1
                                || slot != FrameTable.NONE && swap.entries(slot) > 0);
    }

    /**
     * Gives an area, or a part of one, another length; with its contents it moves, if it may, where
     * there is room.
     */
    Outcome remap(Task task, Command.Remap command) {
        AddressSpace space = task.space();
        long start = command.start();
        long oldEnd = space.roundedUp(start + command.length());
        List<MemoryArea> areas = space.areasIn(start, oldEnd);
        if (areas.size() != 1 || !space.isCovered(start, oldEnd)) {
            return refused("EFAULT", "the range is not in one area");
        }
        MemoryArea area = areas.getFirst().part(start, oldEnd);
        long newEnd = space.roundedUp(start + command.newLength());
        if (newEnd <= oldEnd) {
            Outcome outcome = newEnd == oldEnd ? null : unmap(task, newEnd, oldEnd - newEnd);
            return outcome instanceof Outcome.Refused ? outcome : remapped(task, start, command);
        }
        MemoryArea grown = area.at(start, newEnd - start);
        String promise =
                overcommit.refusal(
                        grown.promisedPages(pageSize)
                                - area.promisedPages(pageSize)
                                + objects.promise(grown));
        if (promise != null) {
            return refused(NO_MEMORY, promise);
        }
        long all = newEnd - start;
        boolean inPlace = newEnd <= spaceSize && space.isFree(oldEnd, newEnd);
        long to = inPlace || !command.mayMove() ? start : space.highestGap(all);
        if (!inPlace && (!command.mayMove() || to < 0)) {
            return refused(
                    NO_MEMORY,
                    command.mayMove()
                            ? "no gap between the areas is " + all + " bytes long"
                            : "what lies behind is in the way");
        }
        Outcome.Refused refusal = tooMany(space, space.areas().size() + 2);
        if (refusal != null) {
            return refusal;
        }
        if (to == start) {
            space.add(
                    new MemoryArea(
                            oldEnd,
                            newEnd - oldEnd,
                            area.protection(),
                            area.backing().later(oldEnd - start),
                            area.flags()));
            return remapped(task, to, command);
        }
        if (!moveEntries(task, start >>> offsetBits, oldEnd >>> offsetBits, to >>> offsetBits)) {
            return refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
        }
        space.add(area.at(to, command.newLength()));
        space.remove(start, oldEnd);
        return remapped(task, to, command);
    }

    /**
     * Moves the entries of pages {@code from} to below {@code end} to where there are none. Answers
     * false, and moves none, if there is no memory for the page table.
     */
    private boolean moveEntries(Task task, long from, long end, long to) {
        long[] moved = task.table().pages(from, end, pte -> true);
        long[] targets = LongStream.of(moved).map(vpn -> vpn - from + to).toArray();
        if (!tables.promise(task, targets)) {
            return false;
        }
        boolean prepared = LongStream.of(targets).allMatch(task.table()::prepare);
        if (prepared) {
            for (int i = 0; i < moved.length; i++) {
                move(task, moved[i], targets[i]);
            }
        }
        tables.endPromise();
        return prepared;
    }

    private Outcome remapped(Task task, long address, Command.Remap command) {
        accounting
                .events()
                .area(Event.Kind.REMAP, accounting.now(), task.pid(), address, command.newLength());
        return new Outcome.Mapped(address);
    }

    /** Moves an entry to another page; its frame or slot stays. */
    private void move(Task task, long from, long to) {
        long pte = task.table().peek(from);
        task.table().set(from, 0);
        task.table().set(to, pte);
        cpus.invalidate(task.asid(), from);
        if (Pte.isValid(pte)) {
            frames.unmap(Pte.frame(pte), task.asid(), from);
            frames.map(Pte.frame(pte), task.asid(), to);
        }
    }

    /** Why the end of the heap cannot move by so many bytes, whatever is in its way, or null. */
    Outcome.@Nullable Refused refuseHeapEnd(AddressSpace space, long increment) {
        long size = space.heapEnd() - space.heapStart();
        if (increment < -size) {
            return refused("EINVAL", "the heap is only " + size + " bytes");
        }
        return increment <= spaceSize - space.heapEnd()
                ? null
                : refused(NO_MEMORY, "the heap would reach beyond the address space");
    }

    /** Moves the end of the heap up or down by so many bytes; 0 asks where it is. */
    Outcome brk(Task task, Command.Brk command) {
        AddressSpace space = task.space();
        long old = space.heapEnd();
        long increment = command.increment();
        Outcome.Refused outside = refuseHeapEnd(space, increment);
        if (outside != null) {
            return outside;
        }
        long end = old + increment;
        long from = space.roundedUp(old);
        long to = space.roundedUp(end);
        if (to > from && !space.isFree(from, to)) {
            return refused(NO_MEMORY, "another area is in the heap's way");
        }
        Outcome.Refused refusal = to > from ? tooMany(space, space.areas().size() + 1) : null;
        if (refusal != null) {
            return refusal;
        }
        String promise = overcommit.refusal(Math.max(0, to - from) / pageSize);
        if (promise != null) {
            return refused(NO_MEMORY, promise);
        }
        if (to < from) {
            unmapper.unmap(task, to >>> offsetBits, from >>> offsetBits);
        }
        space.moveHeapEnd(end);
        accounting.events().area(Event.Kind.BRK, accounting.now(), task.pid(), end, increment);
        return new Outcome.Mapped(end);
    }

    private Outcome.@Nullable Refused tooMany(AddressSpace space, int count) {
        if (count > mostAreas) {
            return refused(NO_MEMORY, tooManyAreas(mostAreas));
        }
        long more = (long) count - space.areas().size();
        long bytes = more * AddressSpace.HOST_BYTES_PER_AREA + MemoryObjects.HOST_BYTES;
        return more <= 0 || tableMemory.has(bytes)
                ? null
                : refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
    }

    static String tooManyAreas(int most) {
        return "a process has at most " + most + " areas (limits.areas)";
    }

    private static Outcome.Refused refused(String error, String why) {
        return new Outcome.Refused(error, why);
    }
}
