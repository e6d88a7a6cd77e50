package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One count for each {@link Counter}, from 0 up. A count that reaches {@link Long#MAX_VALUE} stays
 * there, so none ever becomes negative.
 */
public final class Counters {

    private static final int SIZE = Counter.values().length;

    private static final Numbering<Counter> NUMBERS = Numbering.of(Counter.class);

    /** All counters by number. */
    private static final List<Counter> IN_ORDER =
            Arrays.stream(Counter.values()).sorted(Comparator.comparingInt(NUMBERS::of)).toList();

    private final long[] values;

    /** All counts 0. */
    public Counters() {
        this(new long[SIZE]);
    }

    private Counters(long[] values) {
        this.values = values;
    }

    /** The count. */
    public long get(Counter counter) {
        return values[counter.ordinal()];
    }

    /** Adds {@code amount}, which is at least 0, to a count. */
    public void add(Counter counter, long amount) {
        int at = counter.ordinal();
        values[at] = capped(values[at] + amount);
    }

    /** The sum of two counts, both at least 0, capped where it overflowed. */
    private static long capped(long sum) {
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Sets all counts to 0. */
    public void clear() {
        Arrays.fill(values, 0);
    }

    /** A copy of the counts as they are now. */
    public Counters copy() {
        return new Counters(values.clone());
    }

    /** The change since an earlier copy. */
    public Counters minus(Counters earlier) {
        Counters change = copy();
        for (int i = 0; i < SIZE; i++) {
            change.values[i] -= earlier.values[i];
        }
        return change;
    }

    /** The growth since an earlier copy; 0 where a count is lower than it was. */
    public Counters growthSince(Counters earlier) {
        Counters growth = copy();
        for (int i = 0; i < SIZE; i++) {
            growth.values[i] = Math.max(0, growth.values[i] - earlier.values[i]);
        }
        return growth;
    }

    /** The sum of these counts and others. */
    public Counters plus(Counters others) {
        Counters sum = copy();
        for (int i = 0; i < SIZE; i++) {
            sum.values[i] = capped(sum.values[i] + others.values[i]);
        }
        return sum;
    }

    /** Saves the counts that are not 0, each with its counter's number: new ones change nothing. */
    public void save(StateWriter out) {
        for (Counter counter : IN_ORDER) {
            long value = get(counter);
            if (value != 0) {
                out.writeInt(NUMBERS.of(counter));
                out.writeLong(value);
            }
        }
        out.writeInt(0);
    }

    /** Restores all counts. */
    public void load(StateReader in) {
        clear();
        for (int number = in.readInt(); number != 0; number = in.readInt()) {
            values[NUMBERS.at(number).ordinal()] = in.readLong();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Counters that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            if (get(counter) != 0) {
                text.append(counter.key()).append('=').append(get(counter)).append(' ');
            }
        }
        return text.toString().strip();
    }
}
