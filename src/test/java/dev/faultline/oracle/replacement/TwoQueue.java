package dev.faultline.oracle.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * 2Q by Johnson and Shasha 1994, full version. The head of each list is its first element. The
 * lengths of the first queue and of what is remembered are in hundredths of the frames.
 */
final class TwoQueue implements Paper {
    private final Deque<Long> a1in = new ArrayDeque<>();
    private final Deque<Long> a1out = new ArrayDeque<>();
    private final Deque<Long> am = new ArrayDeque<>();
    private final int c;
    private final int kin;
    private final int kout;

    TwoQueue(int c, int firstIn, int remembered) {
        this.c = c;
        kin = Math.max(1, c * firstIn / 100);
        kout = Math.max(1, c * remembered / 100);
    }

    @Override
    public List<Long> access(long x) {
        if (am.remove(x)) {
            am.addFirst(x);
            return List.of();
        }
        if (a1in.contains(x)) {
            return List.of();
        }
        boolean wasOut = a1out.contains(x);
        Long victim = reclaim();
        a1out.remove(x);
        (wasOut ? am : a1in).addFirst(x);
        return Papers.left(victim);
    }

    private @Nullable Long reclaim() {
        if (am.size() + a1in.size() < c) {
            return null;
        }
        if (a1in.size() <= kin && !am.isEmpty()) {
            return am.removeLast();
        }
        Long y = a1in.removeLast();
        a1out.addFirst(y);
        if (a1out.size() > kout) {
            a1out.removeLast();
        }
        return y;
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of(
                "in", List.copyOf(a1in.reversed()),
                "main", List.copyOf(am.reversed()),
                "out", List.copyOf(a1out.reversed()));
    }
}
