package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * What is kept of a change beside its steps.
 *
 * @param version the version that it made
 * @param request what asked for it
 * @param firstEvent the number of its first event
 * @param lastEvent the number of its last event; one less than the first if it had none
 * @param ticks by which the machine's clock went on, negative where it went back
 */
public record HistoryRecord(
        long version, Request request, long firstEvent, long lastEvent, long ticks) {

    /** Where a machine stands before a change, so that its record can say how far it went. */
    public record Mark(long event, long ticks) {

        /** Where a machine stands now. */
        public static Mark of(Machine machine) {
            return new Mark(machine.lastEvent(), machine.counter(Counter.TICKS));
        }
    }

    /** The record of a change that a machine has just been through. */
    static HistoryRecord of(long version, Request request, Mark before, Machine machine) {
        Mark now = Mark.of(machine);
        return new HistoryRecord(
                version, request, before.event + 1, now.event, now.ticks - before.ticks);
    }

    void write(StateWriter out) {
        out.writeNumber(version);
        out.writeString(request.operation());
        out.writeString(request.requestId());
        String key = request.idempotencyKey();
        out.writeBoolean(key != null);
        if (key != null) {
            out.writeString(key);
        }
        out.writeNumber(firstEvent);
        out.writeNumber(lastEvent - firstEvent);
        out.writeNumber(ticks);
    }

    static HistoryRecord read(StateReader in) {
        long version = in.readNumber();
        Request request =
                new Request(
                        in.readString(),
                        in.readString(),
                        in.readBoolean() ? in.readString() : null);
        long first = in.readNumber();
        return new HistoryRecord(version, request, first, first + in.readNumber(), in.readNumber());
    }
}
