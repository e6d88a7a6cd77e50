package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.tables.EventLog;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.Story;

/**
 * The machine's accounts: its counters, of which {@link Counter#TICKS} is the clock, and its
 * events. Costs and events are also charged to the process they belong to.
 */
final class Accounting {

    private final Counters total = new Counters();
    private final EventLog events;
    private final Story story;

    Accounting(int eventCapacity, Story story) {
        events = new EventLog(eventCapacity);
        this.story = story;
    }

    void count(Task task, Counter counter, long amount) {
        if (amount != 0) {
            add(task, counter, amount);
        }
    }

    void count(Task task, Counter counter) {
        add(task, counter, 1);
    }

    /** Charges ticks to a process, under one of {@link Counter#breakdown}. */
    void spend(Task task, Counter on, long ticks) {
        if (ticks != 0) {
            add(task, Counter.TICKS, ticks);
            add(task, on, ticks);
            story.spent(on, ticks);
        }
    }

    /** Counts a page fault, and resolves it. */
    Fault.Resolution pageFault(PageFault fault, Fault.Resolution how) {
        count(fault.task(), Counter.PAGE_FAULTS);
        count(fault.task(), fault.isMajor() ? Counter.MAJOR_FAULTS : Counter.MINOR_FAULTS);
        return fault.resolve(how);
    }

    /** Counts a protection fault, and resolves it. */
    Fault.Resolution protectionFault(PageFault fault, Fault.Resolution how) {
        count(fault.task(), Counter.PROTECTION_FAULTS);
        return fault.resolve(how);
    }

    /**
     * Enters a fault into the events.
     *
     * @param tick when it was resolved
     * @param frame the frame of its page after that, or {@link FrameTable#NONE}
     */
    void note(PageFault fault, Fault.Type type, Fault.Resolution how, long tick, int frame) {
        events.fault(
                tick,
                fault.task().pid(),
                fault.address(),
                fault.op(),
                type,
                how,
                fault.isMajor(),
                frame);
    }

    private void add(Task task, Counter counter, long amount) {
        total.add(counter, amount);
        task.counters().add(counter, amount);
    }

    /** Sets all counters to 0, and forgets the events. */
    void clear() {
        total.clear();
        events.forget();
    }

    long now() {
        return total.get(Counter.TICKS);
    }

    Counters total() {
        return total;
    }

    EventLog events() {
        return events;
    }

    /** What tells the steps of an access, if that is wanted. */
    Story story() {
        return story;
    }
}
