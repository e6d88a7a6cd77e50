package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Outcome.Refused;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The system calls of a process whose segments are in memory as a whole: as in {@link MemoryCalls},
 * but a segment is created, removed and protected as a whole.
 */
final class SegmentCalls implements SegmentFaults.StackGrowth {

    private static final int READ_WRITE = Protection.READ | Protection.WRITE;

    private final Segments segments;
    private final Unmapper unmapper;
    private final AreaRules rules;
    private final SegmentRules segmentRules;
    private final Accounting accounting;
    private final int offsetBits;
    private final boolean one;

    SegmentCalls(
            Parts parts,
            AreaRules rules,
            SegmentRules segmentRules,
            Segments segments,
            Unmapper unmapper) {
        this.segments = segments;
        this.unmapper = unmapper;
        this.rules = rules;
        this.segmentRules = segmentRules;
        this.accounting = parts.accounting();
        offsetBits = parts.spec().offsetBits();
        one = parts.spec().translation().kind() == Translation.Kind.RELOCATION;
    }

    /** Why a command has no meaning where memory is given out in whole segments, or null. */
    static @Nullable Refused refuse(Command command) {
        String what =
                switch (command) {
                    case Command.ProtectMany many -> "a segment is protected as a whole";
                    case Command.SetHandler handler -> "a handler works on pages";
                    case Command.Advise advise -> "there are no pages to advise of";
                    case Command.Sync sync -> "no segment is of a file";
                    case Command.Lock lock -> "there are no pages to lock";
                    case Command.Dirty dirty -> "there are no pages that are dirty for themselves";
                    case Command.Remap remap -> "a segment's length changes by brk";
                    case Command.MapFrame map -> "the kernel maps no frames here";
                    case Command.Pin pin -> "no single frame can stay";
                    case Command.UnmapFrame unmap -> "the kernel maps no frames here";
                    default -> null;
                };
        return what == null ? null : new Refused("ENOSYS", "memory is not paged: " + what);
    }

    private static SegmentTable table(Task task) {
        return Segments.table(task);
    }

    /** Creates a segment for an area; by default at the lowest free number. */
    Outcome map(Task task, Command.Map command) {
        Long wish = command.start();
        long start = wish == null ? freeStart(task, command) : wish;
        if (start < 0) {
            return new Refused("ENOMEM", "no segment is free");
        }
        MemoryArea area =
                new MemoryArea(start, command.length(), command.protection(), command.backing());
        List<MemoryArea> areas = List.of(area);
        Refused refusal = segmentRules.refuseShape(table(task), areas);
        if (refusal == null) {
            refusal = rules.refuseMap(task, area);
        }
        if (refusal == null) {
            refusal = segmentRules.refuseRoom(areas, task, null);
        }
        if (refusal != null) {
            return refusal;
        }
        task.space().add(area);
        segments.place(task, areas);
        accounting
                .events()
                .area(Event.Kind.MAP_AREA, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Mapped(start);
    }

    private long freeStart(Task task, Command.Map command) {
        SegmentTable table = table(task);
        int number = table.firstFree();
        if (number < 0 || command.backing().kind() != Backing.Kind.STACK) {
            return number < 0 ? -1 : table.firstAddress(number);
        }
        return table.firstAddress(number + 1) - command.length();
    }

    Outcome unmap(Task task, long start, long length) {
        Segment segment = whole(task, start, length);
        if (segment == null) {
            return notWhole();
        }
        long end = task.space().roundedUp(segment.end());
        unmapper.unmap(task, segment.firstPage(), segment.firstPage() + segment.pages());
        table(task).remove(segment);
        task.space().remove(segment.firstPage() << offsetBits, end);
        accounting
                .events()
                .area(Event.Kind.UNMAP_AREA, accounting.now(), task.pid(), start, length);
        return new Outcome.Done();
    }

    Outcome protect(Task task, Command.Protect command) {
        Segment segment = whole(task, command.start(), command.length());
        if (segment == null) {
            return notWhole();
        }
        Refused refusal = rules.refuseProtection(task, command);
        if (refusal != null) {
            return refusal;
        }
        long end = task.space().roundedUp(segment.end());
        task.space()
                .change(
                        segment.firstPage() << offsetBits,
                        end,
                        area -> area.with(command.protection()));
        segment.permit(Pte.permissions(command.protection()));
        accounting
                .events()
                .area(
                        Event.Kind.PROTECT,
                        accounting.now(),
                        task.pid(),
                        command.start(),
                        command.length());
        return new Outcome.Done();
    }

    private static Refused notWhole() {
        return new Refused("EINVAL", "a segment is taken as a whole, from its start to its end");
    }

    private static @Nullable Segment whole(Task task, long start, long length) {
        Segment segment = table(task).at(start);
        AddressSpace space = task.space();
        return segment != null
                        && segment.start() == start
                        && space.roundedUp(start + length) == space.roundedUp(segment.end())
                ? segment
                : null;
    }

    /**
     * Moves the end of the heap: of the process itself with relocation, else of the segment behind
     * the highest that the process was made with.
     */
    Outcome brk(Task task, Command.Brk command) {
        AddressSpace space = task.space();
        long old = space.heapEnd();
        long increment = command.increment();
        long end = old + increment;
        Refused refusal = rules.refuseHeapEnd(space, increment);
        if (refusal == null && increment != 0) {
            refusal = moveHeapEnd(task, old, end);
        }
        if (refusal != null) {
            return refusal;
        }
        space.setHeap(space.heapStart(), end);
        accounting.events().area(Event.Kind.BRK, accounting.now(), task.pid(), end, increment);
        return new Outcome.Mapped(end);
    }

    private @Nullable Refused moveHeapEnd(Task task, long old, long end) {
        long start = one ? 0 : task.space().heapStart();
        Segment segment = table(task).at(start);
        if (segment == null) {
            Backing heap = Backing.of(Backing.Kind.HEAP);
            Outcome made =
                    map(
                            task,
                            new Command.Map(
                                    task.pid(), start, end - start, READ_WRITE, heap, false));
            return made instanceof Refused refused ? refused : null;
        }
        MemoryArea area = task.space().areaAt(start >>> offsetBits);
        if (area == null || area.end() != old) {
            return new Refused("ENOMEM", "another area is in the heap's way");
        }
        if (end == start) {
            Outcome gone = unmap(task, start, area.length());
            return gone instanceof Refused refused ? refused : null;
        }
        MemoryArea to = area.at(start, end - start);
        Refused refusal = rules.refuseGrowth(area, to);
        if (refusal == null && table(task).number(end - 1) != segment.number()) {
            refusal = new Refused("ENOMEM", "the segment ends before that");
        }
        return refusal == null ? segments.resize(task, segment, to) : refusal;
    }

    /** Lets the stack's segment grow down to a page. Answers whether it could. */
    @Override
    public boolean growStack(Task task, MemoryArea stack, long vpn) {
        Segment segment = table(task).at(stack.start());
        long start = vpn << offsetBits;
        MemoryArea to = stack.at(start, stack.end() - start);
        return segment != null
                && rules.refuseGrowth(stack, to) == null
                && segments.resize(task, segment, to) == null;
    }
}
