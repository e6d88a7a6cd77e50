package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LRU-K by O'Neil, O'Neil and Weikum 1993, figure 2.1. What is remembered is in hundredths of the
 * frames.
 */
final class LruK implements Paper {
    private final int c;
    private final int k;
    private final long correlated;
    private final int remembered;
    private final Map<Long, long[]> hist = new HashMap<>();
    private final Map<Long, Long> last = new HashMap<>();
    private final Set<Long> buffer = new HashSet<>();
    private final List<Long> retained = new ArrayList<>();
    private long t;

    LruK(int c, int k, long correlated, int remembered) {
        this.c = c;
        this.k = k;
        this.correlated = correlated;
        this.remembered = remembered;
    }

    @Override
    public List<Long> access(long p) {
        t++;
        if (buffer.contains(p)) {
            if (t - Papers.at(last, p) > correlated) {
                push(p, Papers.at(last, p) - Papers.at(hist, p)[0]);
            }
            last.put(p, t);
            return List.of();
        }
        Long victim = null;
        if (buffer.size() == c) {
            Comparator<Long> order =
                    Comparator.<Long>comparingLong(q -> Papers.at(hist, q)[k - 1])
                            .thenComparingLong(q -> Papers.at(last, q));
            victim =
                    buffer.stream()
                            .filter(q -> t - Papers.at(last, q) > correlated)
                            .min(order)
                            .orElseGet(() -> buffer.stream().min(order).orElseThrow());
            buffer.remove(victim);
            if (retained.size() == Math.max(1, c * remembered / 100)) {
                hist.remove(retained.removeFirst());
            }
            retained.add(victim);
        }
        buffer.add(p);
        retained.remove(p);
        if (hist.containsKey(p)) {
            push(p, 0);
        } else {
            hist.put(p, new long[k]);
            Papers.at(hist, p)[0] = t;
        }
        last.put(p, t);
        return Papers.left(victim);
    }

    /** The figure adds the period to uses that there were none of, too; that is not meant. */
    private void push(long p, long correlatedPeriod) {
        long[] h = Papers.at(hist, p);
        long[] old = Arrays.copyOf(h, h.length);
        h[0] = t;
        for (int i = 1; i < h.length; i++) {
            h[i] = old[i - 1] == 0 ? 0 : old[i - 1] + correlatedPeriod;
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("gone", retained);
    }
}
