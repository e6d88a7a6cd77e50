package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** ARC by Megiddo and Modha 2003, figure 4; the last element of each list is the most recent. */
final class Arc implements Paper {
    private final List<Long> t1 = new ArrayList<>();
    private final List<Long> t2 = new ArrayList<>();
    private final List<Long> b1 = new ArrayList<>();
    private final List<Long> b2 = new ArrayList<>();
    private final int c;
    private double p;

    Arc(int c) {
        this.c = c;
    }

    @Override
    public List<Long> access(long x) {
        Long out = null;
        if (t1.remove(x) || t2.remove(x)) {
            t2.add(x);
        } else if (b1.contains(x)) {
            p = Math.min(c, p + Math.max(1, (double) b2.size() / b1.size()));
            out = replace(x);
            b1.remove(x);
            t2.add(x);
        } else if (b2.contains(x)) {
            p = Math.max(0, p - Math.max(1, (double) b1.size() / b2.size()));
            out = replace(x);
            b2.remove(x);
            t2.add(x);
        } else {
            int all = t1.size() + t2.size() + b1.size() + b2.size();
            if (t1.size() + b1.size() == c) {
                if (t1.size() < c) {
                    b1.removeFirst();
                    out = replace(x);
                } else {
                    out = t1.removeFirst();
                }
            } else if (all >= c) {
                if (all == 2 * c) {
                    b2.removeFirst();
                }
                out = replace(x);
            }
            t1.add(x);
        }
        return Papers.left(out);
    }

    private Long replace(long x) {
        if (!t1.isEmpty() && (b2.contains(x) && t1.size() == p || t1.size() > p)) {
            b1.add(t1.removeFirst());
            return b1.getLast();
        }
        b2.add(t2.removeFirst());
        return b2.getLast();
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("T1", t1, "T2", t2, "B1", b1, "B2", b2);
    }
}
