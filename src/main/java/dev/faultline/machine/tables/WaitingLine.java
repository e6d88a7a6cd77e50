package dev.faultline.machine.tables;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/**
 * Processes that wait until a given time, ordered by that time and then by when they began to wait.
 * A process whose child has borrowed its memory is skipped.
 */
public final class WaitingLine {

    /** The line is empty, or every process in it is skipped. */
    public static final long NEVER = Long.MAX_VALUE;

    /** A process, the time from which it is ready, and its number among all that ever waited. */
    public record Waiting(long readyAt, long sequence, int pid) {}

    private static final Comparator<Waiting> ORDER =
            Comparator.comparingLong(Waiting::readyAt).thenComparingLong(Waiting::sequence);

    /** Whether a process waits for another, whatever it is ready for. */
    private final IntPredicate blocked;

    private final PriorityQueue<Waiting> line = new PriorityQueue<>(ORDER);

    /** An empty line, which passes over processes that are blocked. */
    public WaitingLine(IntPredicate blocked) {
        this.blocked = blocked;
    }

    /** A process joins the line. */
    public void add(Waiting waiting) {
        line.add(waiting);
    }

    private @Nullable Waiting head() {
        Waiting head = line.peek();
        return head == null || !blocked.test(head.pid())
                ? head
                : line.stream().filter(each -> !blocked.test(each.pid())).min(ORDER).orElse(null);
    }

    /** When the first process is ready, or {@link #NEVER}. */
    public long first() {
        Waiting head = head();
        return head == null ? NEVER : head.readyAt();
    }

    /** Removes the first process; there must be one. */
    public Waiting remove() {
        Waiting head = Objects.requireNonNull(head());
        line.remove(head);
        return head;
    }

    /** Removes a process from the line, if it is there. */
    public void remove(int pid) {
        line.removeIf(each -> each.pid() == pid);
    }

    /** Whether a process is in the line. */
    public boolean has(int pid) {
        return line.stream().anyMatch(each -> each.pid() == pid);
    }

    /** Whether a process is in the line and ready only after {@code after}. */
    public boolean has(int pid, long after) {
        return line.stream().anyMatch(each -> each.pid() == pid && each.readyAt() > after);
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        out.writeInt(line.size());
        line.stream()
                .sorted(ORDER)
                .forEach(
                        each -> {
                            out.writeLong(each.readyAt());
                            out.writeLong(each.sequence());
                            out.writeInt(each.pid());
                        });
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        for (int count = in.readInt(); count > 0; count--) {
            line.add(new Waiting(in.readLong(), in.readLong(), in.readInt()));
        }
    }
}
