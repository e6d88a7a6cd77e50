package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Memory that is allocated in whole segments, or in whole processes with relocation. */
final class WholeSegments implements MemoryModel {

    private final SegmentRules rules;
    private final Segments segments;
    private final SegmentFaults faults;
    private final SegmentCalls calls;

    WholeSegments(SegmentRules rules, Segments segments, SegmentFaults faults, SegmentCalls calls) {
        this.rules = rules;
        this.segments = segments;
        this.faults = faults;
        this.calls = calls;
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void dirtied(Task task, long address, int frame) {
        segments.dirtied(task, address);
    }

    @Override
    public void comeBack(Task task, long[] pages) {
        segments.comeBack(task, pages);
    }

    @Override
    public Outcome.@Nullable Refused refuse(Command command) {
        return SegmentCalls.refuse(command);
    }

    @Override
    public Outcome map(Task task, Command.Map command) {
        return calls.map(task, command);
    }

    @Override
    public Outcome unmap(Task task, long start, long length) {
        return calls.unmap(task, start, length);
    }

    @Override
    public Outcome protect(Task task, Command.Protect command) {
        return calls.protect(task, command);
    }

    @Override
    public Outcome brk(Task task, Command.Brk command) {
        return calls.brk(task, command);
    }

    @Override
    public Outcome compact() {
        return new Outcome.Moved(segments.compact());
    }

    @Override
    public Outcome.@Nullable Refused refuseAreas(List<MemoryArea> areas, @Nullable Task leaving) {
        return rules.refuse(areas, leaving);
    }

    @Override
    public void begin(Task task, List<MemoryArea> areas) {
        segments.begin(task, areas);
    }

    @Override
    public Outcome.@Nullable Refused makeRoomToFork(Task parent) {
        return rules.refuseFork(parent);
    }

    @Override
    public ForkAccount fork(Task parent, Task child) {
        return segments.fork(parent, child);
    }
}
