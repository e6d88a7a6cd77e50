package dev.faultline.oracle.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** S3-FIFO by Yang and others 2023, algorithm 1; the tail of a queue is its first element. */
final class S3Fifo implements Paper {
    private final List<Long> small = new ArrayList<>();
    private final List<Long> main = new ArrayList<>();
    private final List<Long> ghost = new ArrayList<>();
    private final Map<Long, Integer> freq = new HashMap<>();
    private final int c;
    private final int s;
    private final int moveAfter;

    S3Fifo(int c, int moveAfter) {
        this.c = c;
        this.moveAfter = moveAfter;
        s = Math.max(1, c / 10);
    }

    @Override
    public List<Long> access(long x) {
        if (small.contains(x) || main.contains(x)) {
            freq.merge(x, 1, (old, one) -> Math.min(old + one, 3));
            return List.of();
        }
        Long out = null;
        while (small.size() + main.size() == c && out == null) {
            out = small.size() >= s ? evictSmall() : evictMain();
        }
        (ghost.remove(x) ? main : small).add(x);
        freq.put(x, 0);
        return Papers.left(out);
    }

    private @Nullable Long evictSmall() {
        while (!small.isEmpty()) {
            Long t = small.removeFirst();
            if (Papers.at(freq, t) < moveAfter) {
                if (ghost.size() == Math.max(1, c - s)) {
                    ghost.removeFirst();
                }
                ghost.add(t);
                return t;
            }
            freq.put(t, 0);
            main.add(t);
        }
        return null;
    }

    private Long evictMain() {
        while (true) {
            Long t = main.removeFirst();
            if (Papers.at(freq, t) == 0) {
                return t;
            }
            freq.merge(t, -1, Integer::sum);
            main.add(t);
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("small", small, "main", main, "ghost", ghost);
    }
}
