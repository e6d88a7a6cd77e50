package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;

/**
 * The machine's accounts: the counters of the whole, of which {@link Counter#TICKS} is the clock,
 * and the events. What a process causes or suffers is also counted to it.
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

    /** Lets time pass for a process, on one of {@link Counter#breakdown}. */
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
