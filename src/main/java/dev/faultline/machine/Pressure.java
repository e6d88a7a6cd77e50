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
 * <p>Processors have clocks of their own, so spans of time come in no order; they are added up as
 * far as all clocks have come. O(log spans) for each.
 */
final class Pressure {

    private record Span(long from, long to) {}

    private static final Comparator<Span> ORDER =
            Comparator.comparingLong(Span::from).thenComparingLong(Span::to);

    private final PriorityQueue<Span> stalls = new PriorityQueue<>(ORDER);
    private final PriorityQueue<Span> works = new PriorityQueue<>(ORDER);

    /** How far the time is added up, and how far the spans reach that have begun by then. */
    private long upTo;

    private long stalledTo;
    private long workedTo;
    private long some;
    private long full;

    /** A process waits for a page from a time to another. */
    void stalled(long from, long to) {
        stalls.add(new Span(from, to));
    }

    /** A processor works from a time to another. */
    void worked(long from, long to) {
        works.add(new Span(from, to));
    }

    /** Adds up the time until now; no span that comes later begins before. */
    void settle(long now) {
        while (upTo < now) {
            stalledTo = begin(stalls, stalledTo);
            workedTo = begin(works, workedTo);
            long next = Math.min(now, Math.min(after(stalls), after(works)));
            next = stalledTo > upTo ? Math.min(next, stalledTo) : next;
            next = workedTo > upTo ? Math.min(next, workedTo) : next;
            if (stalledTo > upTo) {
                some += next - upTo;
                full += workedTo > upTo ? 0 : next - upTo;
            }
            upTo = next;
        }
    }

    private long begin(PriorityQueue<Span> spans, long reached) {
        long to = reached;
        for (Span first = spans.peek();
                first != null && first.from() <= upTo;
                first = spans.peek()) {
            to = Math.max(to, first.to());
            spans.remove();
        }
        return to;
    }

    private static long after(PriorityQueue<Span> spans) {
        Span first = spans.peek();
        return first == null ? Long.MAX_VALUE : first.from();
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
        save(stalls, out);
        save(works, out);
        out.writeLong(upTo);
        out.writeLong(stalledTo);
        out.writeLong(workedTo);
        out.writeLong(some);
        out.writeLong(full);
    }

    private static void save(PriorityQueue<Span> spans, StateWriter out) {
        out.writeInt(spans.size());
        spans.stream()
                .sorted(ORDER)
                .forEach(
                        span -> {
                            out.writeLong(span.from());
                            out.writeLong(span.to());
                        });
    }

    void load(StateReader in) {
        load(stalls, in);
        load(works, in);
        upTo = in.readLong();
        stalledTo = in.readLong();
        workedTo = in.readLong();
        some = in.readLong();
        full = in.readLong();
    }

    private static void load(PriorityQueue<Span> spans, StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            spans.add(new Span(in.readLong(), in.readLong()));
        }
    }
}
