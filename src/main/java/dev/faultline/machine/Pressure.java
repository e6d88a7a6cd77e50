package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * How much of the time of runs is lost for want of memory, as Linux's pressure stall information
 * tells it (Documentation/accounting/psi.rst): {@code some} is the time in which a process waits
 * for a page, {@code full} that in which one does and no processor has anything to do.
 *
 * <p>Processors have clocks of their own, so stalls come in no order; they are added up as far as
 * all clocks have come. O(log stalls) for each.
 */
final class Pressure {

    private record Span(long from, long to) {}

    private static final Comparator<Span> ORDER =
            Comparator.comparingLong(Span::from).thenComparingLong(Span::to);

    private final PriorityQueue<Span> stalls = new PriorityQueue<>(ORDER);

    /** How far the time is added up, and how far stalls and work reach that have begun by then. */
    private long upTo;

    private long stalledTo;
    private long workedTo;
    private long some;
    private long full;

    /** A process waits for a page from a time to another. */
    void stalled(long from, long to) {
        stalls.add(new Span(from, to));
    }

    /**
     * A processor works to a time: from the one that all clocks have come to, or from where it has
     * worked to already.
     */
    void worked(long to) {
        workedTo = Math.max(workedTo, to);
    }

    /** Adds up the time until now; no span that comes later begins before. */
    void settle(long now) {
        while (upTo < now) {
            Span first = stalls.peek();
            for (; first != null && first.from() <= upTo; first = stalls.peek()) {
                stalledTo = Math.max(stalledTo, first.to());
                stalls.remove();
            }
            long to = first == null ? now : Math.min(now, first.from());
            to = stalledTo > upTo ? Math.min(to, stalledTo) : to;
            to = workedTo > upTo ? Math.min(to, workedTo) : to;
            if (stalledTo > upTo) {
                some += to - upTo;
                full += workedTo > upTo ? 0 : to - upTo;
            }
            upTo = to;
        }
    }

    /** Ticks in which a process waited for a page. */
    long some() {
        return some;
    }

    /** Ticks of these in which no processor had anything to do. */
    long full() {
        return full;
    }

    void save(StateWriter out) {
        out.writeInt(stalls.size());
        stalls.stream()
                .sorted(ORDER)
                .forEach(
                        span -> {
                            out.writeLong(span.from());
                            out.writeLong(span.to());
                        });
        out.writeLong(upTo);
        out.writeLong(stalledTo);
        out.writeLong(workedTo);
        out.writeLong(some);
        out.writeLong(full);
    }

    void load(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            stalls.add(new Span(in.readLong(), in.readLong()));
        }
        upTo = in.readLong();
        stalledTo = in.readLong();
        workedTo = in.readLong();
        some = in.readLong();
        full = in.readLong();
    }
}
