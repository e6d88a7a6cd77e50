package dev.faultline.hosting;

import dev.faultline.machine.protocol.Counters;

import java.util.Map;

/**
 * What machines have counted and what they hold, of one of them or of all together.
 *
 * @param counted the counts of machines that evict by a policy, by its name
 */
public record Totals(Map<String, Counters> counted, Holdings holdings) {

    /** What machines hold now. */
    public record Holdings(
            long machines,
            long processes,
            long freeFrames,
            long usedFrames,
            long freeSlots,
            long usedSlots) {

        static final Holdings NONE = new Holdings(0, 0, 0, 0, 0, 0);

        Holdings plus(Holdings other) {
            return new Holdings(
                    machines + other.machines,
                    processes + other.processes,
                    freeFrames + other.freeFrames,
                    usedFrames + other.usedFrames,
                    freeSlots + other.freeSlots,
                    usedSlots + other.usedSlots);
        }
    }

    /** The counts of all policies together. */
    public Counters counters() {
        return counted.values().stream().reduce(new Counters(), Counters::plus);
    }
}
