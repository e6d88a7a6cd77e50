package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

/**
 * The system calls by which a process changes its areas: map, unmap, protect, madvise and brk. Each
 * either does what it was asked or refuses and changes nothing.
 */
final class MemoryCalls {

    private static final String NO_MEMORY = "ENOMEM";

    private final Unmapper unmapper;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final Tlb tlb;
    private final Quota tableMemory;
    private final Books books;
    private final int mostAreas;
    private final long spaceSize;
    private final int offsetBits;

    MemoryCalls(Parts parts, Unmapper unmapper, Books books) {
        this.unmapper = unmapper;
        this.books = books;
        frames = parts.frames();
        swap = parts.swap();
        tlb = parts.tlb();
        tableMemory = parts.tableMemory();
        mostAreas = parts.spec().limits().areas();
        spaceSize = 1L << parts.spec().addressBits();
        offsetBits = parts.spec().offsetBits();
    }

    /** Makes an area, at its address or at the highest that is free. */
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
        Outcome.Refused refusal = tooMany(space, space.countWithout(start, end) + 1);
        if (refusal != null) {
            return refusal;
        }
        clear(task, start, end);
        space.add(
                new MemoryArea(
                        start,
                        command.length(),
                        command.protection(),
                        command.kind(),
                        command.name(),
                        0));
        books.events().area(Event.Kind.MAP_AREA, books.now(), task.pid(), start, command.length());
        return new Outcome.Mapped(start);
    }

    /** Takes a range of pages out of a process; pages in no area are passed over. */
    Outcome unmap(Task task, Command.Unmap command) {
        AddressSpace space = task.space();
        long end = space.roundedUp(command.start() + command.length());
        Outcome.Refused refusal = tooMany(space, space.countWithout(command.start(), end));
        if (refusal != null) {
            return refusal;
        }
        clear(task, command.start(), end);
        books.events()
                .area(
                        Event.Kind.UNMAP_AREA,
                        books.now(),
                        task.pid(),
                        command.start(),
                        command.length());
        return new Outcome.Done();
    }

    private void clear(Task task, long start, long end) {
        unmapper.unmap(task, start >>> offsetBits, end >>> offsetBits);
        task.space().remove(start, end);
    }

    /**
     * Changes what a range of pages allows, in the areas and in the entries. A page that is shared
     * since a fork stays read-only in its entry.
     */
    Outcome protect(Task task, Command.Protect command) {
        AddressSpace space = task.space();
        long start = command.start();
        long end = space.roundedUp(start + command.length());
        if (!space.isCovered(start, end)) {
            return refused(NO_MEMORY, "a page of the range is in no area");
        }
        Outcome.Refused refusal = tooMany(space, space.countSplit(start, end));
        if (refusal != null) {
            return refusal;
        }
        space.protect(start, end, command.protection());
        long permissions = Pte.permissions(command.protection());
        task.table()
                .forEach(
                        start >>> offsetBits,
                        end >>> offsetBits,
                        (vpn, pte) -> permit(task, vpn, pte, permissions));
        books.events().area(Event.Kind.PROTECT, books.now(), task.pid(), start, command.length());
        return new Outcome.Done();
    }

    private void permit(Task task, long vpn, long pte, long permissions) {
        if (!Pte.isValid(pte)) {
            return;
        }
        long kept = pte & ~(Pte.READ | Pte.WRITE | Pte.EXECUTE);
        task.table().set(vpn, kept | (isShared(pte) ? Pte.copyOnWrite(permissions) : permissions));
        tlb.invalidate(task.pid(), vpn);
    }

    /** Does at once what advice asks for. A hole in the range is refused, as by madvise. */
    Outcome advise(Task task, Command.Advise command) {
        long start = command.start();
        long end = task.space().roundedUp(start + command.length());
        if (!task.space().isCovered(start, end)) {
            return refused(NO_MEMORY, "a page of the range is in no area");
        }
        long from = start >>> offsetBits;
        long to = end >>> offsetBits;
        switch (command.advice()) {
            case DONTNEED -> unmapper.unmap(task, from, to);
            case FREE -> task.table().forEach(from, to, (vpn, pte) -> letGo(task, vpn, pte));
        }
        books.events().area(Event.Kind.ADVISE, books.now(), task.pid(), start, command.length());
        return new Outcome.Done();
    }

    /** Makes a page clean that has no copy, so that its eviction drops it. A shared one stays. */
    private void letGo(Task task, long vpn, long pte) {
        if (!Pte.isValid(pte)) {
            unmapper.unmap(task, vpn, vpn + 1);
        } else if (!isShared(pte) && !isNamed(pte)) {
            int frame = Pte.frame(pte);
            task.table().set(vpn, pte & ~Pte.DIRTY);
            tlb.invalidate(task.pid(), vpn);
            frames.setDirty(frame, false);
            unmapper.dirtied(frame);
        }
    }

    /** Whether a private page is, or may still be, another process's too, since a fork. */
    private boolean isShared(long pte) {
        int slot = frames.slot(Pte.frame(pte));
        return !isNamed(pte)
                && (Pte.isCow(pte)
                        || frames.mappings(Pte.frame(pte)) > 1
                        || slot != FrameTable.NONE && swap.entries(slot) > 0);
    }

    /** Whether a resident page is one of shared memory with a name. */
    private boolean isNamed(long pte) {
        return frames.segment(Pte.frame(pte)) != FrameTable.NONE;
    }

    /** Moves the end of the heap up or down by so many bytes; 0 asks where it is. */
    Outcome brk(Task task, Command.Brk command) {
        AddressSpace space = task.space();
        long old = space.heapEnd();
        long increment = command.increment();
        if (increment < space.heapStart() - old) {
            return refused("EINVAL", "the heap is only " + (old - space.heapStart()) + " bytes");
        }
        if (increment > spaceSize - old) {
            return refused(NO_MEMORY, "the heap would reach beyond the address space");
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
        if (to < from) {
            unmapper.unmap(task, to >>> offsetBits, from >>> offsetBits);
        }
        space.moveHeapEnd(end);
        books.events().area(Event.Kind.BRK, books.now(), task.pid(), end, increment);
        return new Outcome.Mapped(end);
    }

    private Outcome.@Nullable Refused tooMany(AddressSpace space, int count) {
        if (count > mostAreas) {
            return refused(NO_MEMORY, tooManyAreas(mostAreas));
        }
        long more = (long) count - space.areas().size();
        return more <= 0 || tableMemory.has(more * AddressSpace.HOST_BYTES_PER_AREA)
                ? null
                : refused(NO_MEMORY, Kernel.TABLE_MEMORY);
    }

    static String tooManyAreas(int most) {
        return "a process has at most " + most + " areas (limits.areas)";
    }

    private static Outcome.Refused refused(String error, String why) {
        return new Outcome.Refused(error, why);
    }
}
