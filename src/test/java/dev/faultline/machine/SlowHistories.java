package dev.faultline.machine;

import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.PolicySpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The policies that remember pages which have left, written a second time from their papers alone,
 * in the papers' own steps and with lists that are searched from end to end.
 */
final class SlowHistories {

    /** A memory of so many pages under one policy. */
    interface Paper {
        /** A page is accessed. Answers the pages that leave for that, in order. */
        List<Long> access(long page);

        /** The clock interrupt clears the referenced bits, where the paper has any. */
        default void tick() {}

        /** The paper's lists, by the names that the policy shows them under, oldest first. */
        Map<String, List<Long>> lists();
    }

    private SlowHistories() {}

    static @Nullable Paper of(PolicySpec spec, int c) {
        return switch (spec.policy()) {
            case "2q" -> new TwoQ(spec, c);
            case "arc" -> new ArcPaper(c);
            case "car" -> new CarPaper(spec, c);
            case "lirs" -> new LirsPaper(spec, c);
            case "clock-pro" -> new SlowClockPro(spec, c);
            case "s3-fifo" -> new S3(spec, c);
            case "lru-k" -> new LruKPaper(spec, c);
            case "two-list" -> new Linux(spec, c);
            case "mglru" -> new Generations(spec, c);
            case "pff" -> new Pff(spec, c);
            default -> null;
        };
    }

    static List<Long> evictions(Paper paper, long[] pages) {
        List<Long> all = new ArrayList<>();
        for (long page : pages) {
            if (page == RandomPolicies.TICK) {
                paper.tick();
            } else {
                all.addAll(paper.access(page));
            }
        }
        return all;
    }

    private static <V> V at(Map<Long, V> map, Long key) {
        return Objects.requireNonNull(map.get(key));
    }

    private static List<Long> left(@Nullable Long page) {
        return page == null ? List.of() : List.of(page);
    }

    /** Johnson and Shasha 1994, full version; the head of each list is its first element. */
    private static final class TwoQ implements Paper {
        final Deque<Long> a1in = new ArrayDeque<>();
        final Deque<Long> a1out = new ArrayDeque<>();
        final Deque<Long> am = new ArrayDeque<>();
        final int c;
        final int kin;
        final int kout;

        TwoQ(PolicySpec spec, int c) {
            this.c = c;
            kin = Math.max(1, c * spec.count(Parameters.FIRST_IN) / 100);
            kout = Math.max(1, c * spec.count(Parameters.REMEMBERED) / 100);
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
            return left(victim);
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

    /** Megiddo and Modha 2003, figure 4; the last element of each list is the most recent. */
    private static final class ArcPaper implements Paper {
        final List<Long> t1 = new ArrayList<>();
        final List<Long> t2 = new ArrayList<>();
        final List<Long> b1 = new ArrayList<>();
        final List<Long> b2 = new ArrayList<>();
        final int c;
        double p;

        ArcPaper(int c) {
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
            return left(out);
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

    /** Bansal and Modha 2004, figure 2; the first element of each list is its head, or its LRU. */
    private static final class CarPaper implements Paper {
        final List<Long> t1 = new ArrayList<>();
        final List<Long> t2 = new ArrayList<>();
        final List<Long> b1 = new ArrayList<>();
        final List<Long> b2 = new ArrayList<>();
        final Set<Long> bits = new HashSet<>();
        final boolean onLoad;
        final int c;
        double p;

        CarPaper(PolicySpec spec, int c) {
            onLoad = spec.get(Parameters.REFERENCED_ON_LOAD);
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
            return left(out);
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

    /** Jiang and Zhang 2002; the last element of the stack is its top. */
    private static final class LirsPaper implements Paper {
        final List<Long> s = new ArrayList<>();
        final List<Long> q = new ArrayList<>();
        final Set<Long> lir = new HashSet<>();
        final List<Long> gone = new ArrayList<>();
        final int c;
        final int mostLir;
        final int mostGone;

        LirsPaper(PolicySpec spec, int c) {
            this.c = c;
            mostLir = c - Math.max(1, c / 100);
            mostGone =
                    spec.get(Parameters.REMEMBERED) == Parameters.UNBOUNDED
                            ? Integer.MAX_VALUE
                            : Math.max(1, c * spec.count(Parameters.REMEMBERED) / 100);
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
            return left(out);
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

    /** Yang and others 2023, algorithm 1; the tail of a queue is its first element. */
    private static final class S3 implements Paper {
        final List<Long> small = new ArrayList<>();
        final List<Long> main = new ArrayList<>();
        final List<Long> ghost = new ArrayList<>();
        final Map<Long, Integer> freq = new HashMap<>();
        final int c;
        final int s;
        final int moveAfter;

        S3(PolicySpec spec, int c) {
            this.c = c;
            moveAfter = spec.count(Parameters.MOVE_AFTER);
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
            return left(out);
        }

        private @Nullable Long evictSmall() {
            while (!small.isEmpty()) {
                Long t = small.removeFirst();
                if (at(freq, t) < moveAfter) {
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
                if (at(freq, t) == 0) {
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

    /** O'Neil, O'Neil, Weikum 1993, figure 2.1. */
    private static final class LruKPaper implements Paper {
        final PolicySpec spec;
        final int c;
        final Map<Long, long[]> hist = new HashMap<>();
        final Map<Long, Long> last = new HashMap<>();
        final Set<Long> buffer = new HashSet<>();
        final List<Long> retained = new ArrayList<>();
        long t;

        LruKPaper(PolicySpec spec, int c) {
            this.spec = spec;
            this.c = c;
        }

        @Override
        public List<Long> access(long p) {
            t++;
            if (buffer.contains(p)) {
                if (t - at(last, p) > spec.get(Parameters.CORRELATED)) {
                    push(p, at(last, p) - at(hist, p)[0]);
                }
                last.put(p, t);
                return List.of();
            }
            Long victim = null;
            if (buffer.size() == c) {
                Comparator<Long> order =
                        Comparator.<Long>comparingLong(
                                        q -> at(hist, q)[spec.count(Parameters.K) - 1])
                                .thenComparingLong(q -> at(last, q));
                victim =
                        buffer.stream()
                                .filter(q -> t - at(last, q) > spec.get(Parameters.CORRELATED))
                                .min(order)
                                .orElseGet(() -> buffer.stream().min(order).orElseThrow());
                buffer.remove(victim);
                if (retained.size() == Math.max(1, c * spec.count(Parameters.REMEMBERED) / 100)) {
                    hist.remove(retained.removeFirst());
                }
                retained.add(victim);
            }
            buffer.add(p);
            retained.remove(p);
            if (hist.containsKey(p)) {
                push(p, 0);
            } else {
                hist.put(p, new long[spec.count(Parameters.K)]);
                at(hist, p)[0] = t;
            }
            last.put(p, t);
            return left(victim);
        }

        /** The figure adds the period to uses that there were none of, too; that is not meant. */
        private void push(long p, long correlatedPeriod) {
            long[] h = at(hist, p);
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

    /** Linux's lists as its documentation tells them; the last element is the youngest. */
    private static final class Linux implements Paper {
        final List<Long> active = new ArrayList<>();
        final List<Long> inactive = new ArrayList<>();
        final Set<Long> bits = new HashSet<>();
        final Set<Long> flagged = new HashSet<>();
        final List<Long> shadows = new ArrayList<>();
        final Map<Long, Long> shadowAge = new HashMap<>();
        final PolicySpec spec;
        final int c;
        long age;

        Linux(PolicySpec spec, int c) {
            this.spec = spec;
            this.c = c;
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
            boolean soon = shadows.remove(x) && age - at(shadowAge, x) <= active.size();
            (soon ? active : inactive).add(x);
            bits.remove(x);
            flagged.remove(x);
            if (spec.get(Parameters.REFERENCED_ON_LOAD)) {
                bits.add(x);
            }
            return left(out);
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
                    if (spec.get(Parameters.REFAULTS)) {
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

    /** The multi-generational LRU as the kernel's documentation tells it. */
    private static final class Generations implements Paper {
        final TreeMap<Integer, List<Long>> generations = new TreeMap<>();
        final Set<Long> bits = new HashSet<>();
        final PolicySpec spec;
        final int c;

        Generations(PolicySpec spec, int c) {
            this.spec = spec;
            this.c = c;
            generations.put(0, new ArrayList<>());
            generations.put(1, new ArrayList<>());
        }

        @Override
        public void tick() {
            bits.clear();
        }

        @Override
        public List<Long> access(long x) {
            if (generations.values().stream().anyMatch(pages -> pages.contains(x))) {
                bits.add(x);
                return List.of();
            }
            Long out = null;
            if (generations.values().stream().mapToInt(List::size).sum() == c) {
                out = evict();
            }
            generations.lastEntry().getValue().add(x);
            bits.remove(x);
            if (spec.get(Parameters.REFERENCED_ON_LOAD)) {
                bits.add(x);
            }
            return left(out);
        }

        private Long evict() {
            while (true) {
                if (generations.size() == 2) {
                    for (List<Long> pages : List.copyOf(generations.values())) {
                        for (Long page : List.copyOf(pages)) {
                            if (bits.remove(page) && !youngest().contains(page)) {
                                pages.remove(page);
                                youngest().add(page);
                            }
                        }
                    }
                    generations.put(generations.lastKey() + 1, new ArrayList<>());
                }
                List<Long> oldest = generations.firstEntry().getValue();
                while (!oldest.isEmpty()) {
                    Long page = oldest.removeFirst();
                    if (!bits.remove(page)) {
                        return page;
                    }
                    youngest().add(page);
                }
                generations.pollFirstEntry();
            }
        }

        private List<Long> youngest() {
            return generations.lastEntry().getValue();
        }

        @Override
        public Map<String, List<Long>> lists() {
            Map<String, List<Long>> lists = new HashMap<>();
            generations.forEach((number, pages) -> lists.put("generation " + number, pages));
            return lists;
        }
    }

    /** Chu and Opderbeck 1976, one process; frames are numbered, for the hand. */
    private static final class Pff implements Paper {
        final Long[] frames;
        final List<Integer> free = new ArrayList<>();
        final Set<Long> bits = new HashSet<>();
        final PolicySpec spec;
        long t;
        long lastFault;
        int hand;

        Pff(PolicySpec spec, int c) {
            this.spec = spec;
            frames = new Long[c];
            for (int frame = 0; frame < c; frame++) {
                free.add(frame);
            }
            hand = spec.count(Parameters.HAND_START);
        }

        @Override
        public void tick() {
            bits.clear();
        }

        @Override
        public List<Long> access(long x) {
            t++;
            if (Arrays.asList(frames).contains(x)) {
                bits.add(x);
                return List.of();
            }
            List<Long> out = new ArrayList<>();
            if (lastFault > 0 && t - lastFault > spec.get(Parameters.TAU)) {
                for (int frame = 0; frame < frames.length; frame++) {
                    if (frames[frame] != null && !bits.remove(frames[frame])) {
                        out.add(frames[frame]);
                        frames[frame] = null;
                        free.add(frame);
                    }
                }
            }
            lastFault = t;
            if (free.isEmpty()) {
                int victim = hand;
                for (int step = frames.length - 1; step >= 0; step--) {
                    int frame = (hand + step) % frames.length;
                    victim = bits.contains(frames[frame]) ? victim : frame;
                }
                out.add(frames[victim]);
                hand = (victim + 1) % frames.length;
                free.add(victim);
            }
            int frame = free.removeFirst();
            frames[frame] = x;
            hand = spec.get(Parameters.HAND_PASSES_FILLED) ? (frame + 1) % frames.length : hand;
            bits.remove(x);
            if (spec.get(Parameters.REFERENCED_ON_LOAD)) {
                bits.add(x);
            }
            return out;
        }

        @Override
        public Map<String, List<Long>> lists() {
            return Map.of();
        }
    }
}
