package dev.faultline.oracle.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LIRS by Jiang and Zhang 2002. The last element of the stack is its top. What is remembered is in
 * hundredths of the frames, or without bound.
 */
final class Lirs implements Paper {
    private final List<Long> s = new ArrayList<>();
    private final List<Long> q = new ArrayList<>();
    private final Set<Long> lir = new HashSet<>();
    private final List<Long> gone = new ArrayList<>();
    private final int c;
    private final int mostLir;
    private final int mostGone;

    Lirs(int c, @Nullable Integer remembered) {
        this.c = c;
        mostLir = c - Math.max(1, c / 100);
        mostGone = remembered == null ? Integer.MAX_VALUE : Math.max(1, c * remembered / 100);
    }

    @Override
    public List<Long> access(long x) {
        Long out = null;
        if (lir.contains(x)) {
            s.remove(x);
            s.add(x);
        } else if (q.contains(x)) {
            boolean inStack = s.remove(x);
            s.add(x);
            q.remove(x);
            if (inStack) {
                toLir(x);
            } else {
                q.add(x);
                return List.of(); // the bottom of the stack is as it was
            }
        } else {
            if (lir.size() + q.size() == c) {
                out = q.removeFirst();
                if (s.contains(out)) {
                    if (gone.size() == mostGone) {
                        s.remove(gone.removeFirst());
                    }
                    gone.add(out);
                }
            }
            boolean inStack = s.remove(x);
            gone.remove(x);
            s.add(x);
            if (lir.size() < mostLir || inStack && mostLir > 0) {
                toLir(x);
            } else {
                q.add(x);
            }
        }
        while (!s.isEmpty() && !lir.contains(s.getFirst())) {
            gone.remove(s.removeFirst());
        }
        return Papers.left(out);
    }

    private void toLir(long x) {
        lir.add(x);
        if (lir.size() > mostLir) {
            Long bottom = s.removeFirst();
            lir.remove(bottom);
            q.add(bottom);
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("stack", s, "HIR", q, "gone", gone);
    }
}
