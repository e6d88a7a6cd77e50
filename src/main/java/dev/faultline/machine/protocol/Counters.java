package dev.faultline.machine.protocol;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * One count for each {@link Counter}, from 0 up. A count that has come to {@link Long#MAX_VALUE}
 * stays there: none ever falls below 0.
 */
public final class Counters {

    private static final int SIZE = Counter.values().length;

    private final long[] values;

    public Counters() {
        this(new long[SIZE]);
    }

    private Counters(long[] values) {
        this.values = values;
    }

    public long get(Counter counter) {
        return values[counter.ordinal()];
    }

    public void add(Counter counter, long amount) {
        int at = counter.ordinal();
        values[at] = capped(values[at] + amount);
    }

    /** The sum of two counts, neither of them below 0, that may have overflowed. */
    private static long capped(long sum) {
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    public void clear() {
        Arrays.fill(values, 0);
    }

    /** These counts as they are now. */
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

    /** What these have grown by since an earlier copy; where they are lower than that, 0. */
    public Counters growthSince(Counters earlier) {
        Counters growth = copy();
        for (int i = 0; i < SIZE; i++) {
            growth.values[i] = Math.max(0, growth.values[i] - earlier.values[i]);
        }
        return growth;
    }

    /** The sum of these and others. */
    public Counters plus(Counters others) {
        Counters sum = copy();
        for (int i = 0; i < SIZE; i++) {
            sum.values[i] = capped(sum.values[i] + others.values[i]);
        }
        return sum;
    }

    public void save(StateWriter out) {
        out.writeLongs(values);
    }

    public void load(StateReader in) {
        in.readLongs(values);
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
