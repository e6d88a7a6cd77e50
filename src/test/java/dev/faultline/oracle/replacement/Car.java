package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CAR by Bansal and Modha 2004, figure 2; the first element of each list is its head, or its LRU.
 */
final class Car implements Paper {
    private final List<Long> t1 = new ArrayList<>();
    private final List<Long> t2 = new ArrayList<>();
    private final List<Long> b1 = new ArrayList<>();
    private final List<Long> b2 = new ArrayList<>();
    private final Set<Long> bits = new HashSet<>();
    private final boolean onLoad;
    private final int c;
    private double p;

    Car(int c, boolean onLoad) {
        this.onLoad = onLoad;
        this.c = c;
    }

    @Override
    public void tick() {
        bits.clear();
    }

    @Override
    public List<Long> access(long x) {
        if (t1.contains(x) || t2.contains(x)) {
            bits.add(x);
            return List.of();
        }
        Long out = null;
        boolean known = b1.contains(x) || b2.contains(x);
        if (t1.size() + t2.size() == c) {
            out = replace();
            if (!known && t1.size() + b1.size() == c) {
                b1.removeFirst();
            } else if (!known && t1.size() + t2.size() + b1.size() + b2.size() == 2 * c) {
                b2.removeFirst();
            }
        }
        if (!known) {
            t1.add(x);
        } else if (b1.contains(x)) {
            p = Math.min(p + Math.max(1, (double) b2.size() / b1.size()), c);
            b1.remove(x);
            t2.add(x);
        } else {
            p = Math.max(p - Math.max(1, (double) b1.size() / b2.size()), 0);
            b2.remove(x);
            t2.add(x);
        }
        bits.remove(x);
        if (onLoad) {
            bits.add(x);
        }
        return Papers.left(out);
    }

    private Long replace() {
        while (true) {
            boolean first = t1.size() >= Math.max(1, p);
            List<Long> clock = first ? t1 : t2;
            Long head = clock.removeFirst();
            if (!bits.remove(head)) {
                (first ? b1 : b2).add(head);
                return head;
            }
            t2.add(head);
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("T1", t1, "T2", t2, "B1", b1, "B2", b2);
    }
}
