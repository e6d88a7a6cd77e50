package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Linux's lists as its documentation tells them; the last element is the youngest. */
final class TwoList implements Paper {
    private final List<Long> active = new ArrayList<>();
    private final List<Long> inactive = new ArrayList<>();
    private final Set<Long> bits = new HashSet<>();
    private final Set<Long> flagged = new HashSet<>();
    private final List<Long> shadows = new ArrayList<>();
    private final Map<Long, Long> shadowAge = new HashMap<>();
    private final int c;
    private final boolean onLoad;
    private final boolean refaults;
    private long age;

    TwoList(int c, boolean onLoad, boolean refaults) {
        this.c = c;
        this.onLoad = onLoad;
        this.refaults = refaults;
    }

    @Override
    public void tick() {
        bits.clear();
    }

    @Override
    public List<Long> access(long x) {
        if (active.contains(x) || inactive.contains(x)) {
            bits.add(x);
            return List.of();
        }
        Long out = null;
        if (active.size() + inactive.size() == c) {
            out = shrink();
        }
        boolean soon = shadows.remove(x) && age - Papers.at(shadowAge, x) <= active.size();
        (soon ? active : inactive).add(x);
        bits.remove(x);
        flagged.remove(x);
        if (onLoad) {
            bits.add(x);
        }
        return Papers.left(out);
    }

    private Long shrink() {
        while (true) {
            while (active.size() > inactive.size()) {
                Long page = active.removeFirst();
                bits.remove(page);
                inactive.add(page);
            }
            Long page = inactive.removeFirst();
            if (!bits.remove(page)) {
                age++;
                if (refaults) {
                    shadows.add(page);
                    shadowAge.put(page, age);
                    if (shadows.size() > c) {
                        shadows.removeFirst();
                    }
                }
                return page;
            }
            if (flagged.remove(page)) {
                age++;
                active.add(page);
            } else {
                flagged.add(page);
                inactive.add(page);
            }
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("active", active, "inactive", inactive, "gone", shadows);
    }
}
