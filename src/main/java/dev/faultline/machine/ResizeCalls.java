package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Overcommit;

import java.util.List;
import java.util.stream.LongStream;

/**
 * The system calls that change the length of areas: mremap and brk. Each either does what it was
 * asked or refuses and changes nothing.
 */
final class ResizeCalls {

    private static final String NO_MEMORY = "ENOMEM";

    private final AreaRules rules;
    private final MemoryCalls calls;
    private final TablePager tables;
    private final Unmapper unmapper;
    private final ReverseMap reverse;
    private final Cpus cpus;
    private final MemoryObjects objects;
    private final Overcommit overcommit;
    private final Accounting accounting;
    private final long spaceSize;
    private final long pageSize;
    private final int offsetBits;

    ResizeCalls(
            Parts parts, AreaRules rules, MemoryCalls calls, TablePager tables, Unmapper unmapper) {
        this.rules = rules;
        this.calls = calls;
        this.tables = tables;
        this.unmapper = unmapper;
        reverse = parts.reverse();
        cpus = parts.cpus();
        objects = parts.objects();
        overcommit = parts.overcommit();
        accounting = parts.accounting();
        spaceSize = 1L << parts.spec().addressBits();
        pageSize = parts.spec().pageSize();
        offsetBits = parts.spec().offsetBits();
    }

    /**
     * Changes the length of an area or a part of one. If it cannot grow in place it moves, if
     * allowed, with its contents.
     */
    Outcome remap(Task task, Command.Remap command) {
        AddressSpace space = task.space();
        long start = command.start();
        long oldEnd = space.roundedUp(start + command.length());
        List<MemoryArea> areas = space.areasIn(start, oldEnd);
        if (areas.size() != 1 || !space.isCovered(start, oldEnd)) {
            return AreaRules.refused("EFAULT", "the range is not in one area");
        }
        MemoryArea area = areas.getFirst().part(start, oldEnd);
        long newEnd = space.roundedUp(start + command.newLength());
        if (newEnd <= oldEnd) {
            Outcome outcome = newEnd == oldEnd ? null : calls.unmap(task, newEnd, oldEnd - newEnd);
            return outcome instanceof Outcome.Refused ? outcome : remapped(task, start, command);
        }
        MemoryArea grown = area.at(start, newEnd - start);
        String promise =
                overcommit.refusal(
                        grown.promisedPages(pageSize)
                                - area.promisedPages(pageSize)
                                + objects.promise(grown));
        if (promise != null) {
            return AreaRules.refused(NO_MEMORY, promise);
        }
        long all = newEnd - start;
        boolean inPlace = newEnd <= spaceSize && space.isFree(oldEnd, newEnd);
        long to = inPlace || !command.mayMove() ? start : space.highestGap(all);
        if (!inPlace && (!command.mayMove() || to < 0)) {
            return AreaRules.refused(
                    NO_MEMORY,
                    command.mayMove()
                            ? "no gap between the areas is " + all + " bytes long"
                            : "what lies behind is in the way");
        }
        Outcome.Refused refusal = rules.tooMany(space, space.areas().size() + 2);
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
            return AreaRules.refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
        }
        space.add(area.at(to, command.newLength()));
        space.remove(start, oldEnd);
        return remapped(task, to, command);
    }

    /**
     * Moves the entries of pages in [{@code from}, {@code end}) to pages that have none. Returns
     * false, without moving any, if there is no memory for the page table.
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
            reverse.unmap(Pte.frame(pte), task.asid(), from);
            reverse.map(Pte.frame(pte), task.asid(), to);
        }
    }

    /** Moves the end of the heap up or down; 0 asks where it is. */
    Outcome brk(Task task, Command.Brk command) {
        AddressSpace space = task.space();
        long old = space.heapEnd();
        long increment = command.increment();
        Outcome.Refused outside = rules.refuseHeapEnd(space, increment);
        if (outside != null) {
            return outside;
        }
        long end = old + increment;
        long from = space.roundedUp(old);
        long to = space.roundedUp(end);
        if (to > from && !space.isFree(from, to)) {
            return AreaRules.refused(NO_MEMORY, "another area is in the heap's way");
        }
        Outcome.Refused refusal = to > from ? rules.tooMany(space, space.areas().size() + 1) : null;
        if (refusal != null) {
            return refusal;
        }
        String promise = overcommit.refusal(Math.max(0, to - from) / pageSize);
        if (promise != null) {
            return AreaRules.refused(NO_MEMORY, promise);
        }
        if (to < from) {
            unmapper.unmap(task, to >>> offsetBits, from >>> offsetBits);
        }
        space.moveHeapEnd(end);
        accounting.events().area(Event.Kind.BRK, accounting.now(), task.pid(), end, increment);
        return new Outcome.Mapped(end);
    }
}
