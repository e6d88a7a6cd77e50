package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;

/**
 * The machine's accounts: its counters, of which {@link Counter#TICKS} is the clock, and its
 * events. Costs and events are also charged to the process they belong to.
 */
final class Accounting {

    private final Counters total = new Counters();
    private final EventLog events;

    Accounting(int eventCapacity) {
        events = new EventLog(eventCapacity);
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
        }
    }

    private void add(Task task, Counter counter, long amount) {
        total.add(counter, amount);
        task.counters().add(counter, amount);
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
}
