package dev.faultline.machine;

/**
 * The machine's accounts: the counters of the whole, of which {@link Counter#TICKS} is the clock,
 * and the events. What a process causes or suffers is also counted to it.
 */
final class Books {

    private final Counters total = new Counters();
    private final EventLog events;

    Books(int eventCapacity) {
        events = new EventLog(eventCapacity);
    }

    void count(Task task, Counter counter, long amount) {
        if (amount != 0) {
            total.add(counter, amount);
            task.counters().add(counter, amount);
        }
    }

    /** Lets time pass for a process, on one of {@link Counter#breakdown}. */
    void spend(Task task, Counter on, long ticks) {
        count(task, Counter.TICKS, ticks);
        count(task, on, ticks);
    }

    void count(Task task, Counter counter) {
        count(task, counter, 1);
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
