package dev.faultline.machine.tables;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * How much of the time of runs is lost to a lack of memory, as in Linux's pressure stall
 * information (Documentation/accounting/psi.rst). {@code some} is the time in which at least one
 * process waits for a page. {@code full} is the time in which one waits and no processor has
 * anything to do.
 *
 * <p>Processors have clocks of their own, so stalls arrive out of order. They are added up as far
 * as all clocks have advanced, at O(log stalls) each.
 */
public final class Pressure {

    private record Span(long from, long to) {}

    private static final Comparator<Span> ORDER =
            Comparator.comparingLong(Span::from).thenComparingLong(Span::to);

    private final PriorityQueue<Span> stalls = new PriorityQueue<>(ORDER);

    /**
     * The time up to which everything is added up, and the ends of the stalls and work that began
     * before it.
     */
    private long upTo;

    private long stalledTo;
    private long workedTo;
    private long some;
    private long full;

    /** Records that a process waits for a page in this span of time. */
    public void stalled(long from, long to) {
        stalls.add(new Span(from, to));
    }

    /**
     * Records that a processor works until {@code to}, from the time that all clocks have reached
     * or from the end of its earlier work.
     */
    public void worked(long to) {
        workedTo = Math.max(workedTo, to);
    }

    /**
     * Adds up the time until {@code now}. No later call may report a span that begins before it.
     */
    public void settle(long now) {
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

    /** Ticks in which at least one process waited for a page. */
    public long some() {
        return some;
    }

    /** The part of these in which no processor had anything to do. */
    public long full() {
        return full;
    }

    /** Writes the state. */
    public void save(StateWriter out) {
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

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
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
