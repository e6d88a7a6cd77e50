package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CLOCK-Pro in the steps of its author's program (Song Jiang, clock-pro.c, 2005), with
 * ADAPTIVE_COLD_ALLOC defined and MAX_COLD_ALLOC_RATE 95. The first page of the clock is its head,
 * where pages come in; hands go from page to page towards the head, and from there to the end. The
 * cold hand is at the last resident cold page.
 *
 * <p>One line of the program is taken as its comment says: a page that goes to the head while the
 * cold share grows keeps its own referenced bit, where the program sets that of the next page.
 */
final class ClockPro implements Paper {

    private static final Long NOWHERE = -1L;

    private enum Status {
        HOT,
        COLD,
        TEST,
        GONE
    }

    private final List<Long> clock = new ArrayList<>();
    private final Map<Long, Status> status = new HashMap<>();
    private final Set<Long> bits = new HashSet<>();
    private final boolean onLoad;
    private final int memory;
    private final int minCold;
    private final int maxCold;
    private int credits;
    private Long hotHand = NOWHERE;
    private Long testHand = NOWHERE;

    ClockPro(int memory, boolean onLoad) {
        this.onLoad = onLoad;
        this.memory = memory;
        // the program takes 5 frames or more, and two of them cold
        minCold = memory < 3 ? 1 : Math.max(2, memory * 5 / 100);
        maxCold = Math.max(minCold, memory * 95 / 100);
    }

    private int count(Status what) {
        return (int) status.values().stream().filter(what::equals).count();
    }

    private int resident() {
        return clock.size() - count(Status.GONE);
    }

    private boolean is(Long page, Status what) {
        return status.get(page) == what;
    }

    private Long towardsHead(Long page) {
        int at = clock.indexOf(page);
        return clock.get(at == 0 ? clock.size() - 1 : at - 1);
    }

    @Override
    public void tick() {
        bits.clear();
    }

    @Override
    public List<Long> access(long x) {
        if (status.containsKey(x) && !is(x, Status.GONE)) {
            bits.add(x);
            return List.of();
        }
        int free = memory - resident();
        List<Long> out = new ArrayList<>();
        if (free > minCold) {
            promote(x);
        } else if (free > 0) {
            insert(x, Status.TEST);
        } else {
            out.add(runCold());
            boolean promoted = is(x, Status.GONE) && runHot(x);
            if (is(x, Status.GONE)) {
                remove(x);
            }
            if (promoted) {
                credits++;
                promote(x);
            } else {
                insert(x, Status.TEST);
            }
        }
        if (onLoad) {
            bits.add(x);
        }
        return out;
    }

    private void insert(Long page, Status as) {
        clock.addFirst(page);
        status.put(page, as);
        if (hotHand.equals(NOWHERE)) {
            hotHand = page;
            testHand = page;
        }
    }

    /** A page becomes hot; the hand of hot pages is at one, if there is one. */
    private void promote(Long page) {
        insert(page, Status.HOT);
        hotHand = count(Status.HOT) == 1 ? page : hotHand;
    }

    /** Takes a page off the clock, its bit cleared. */
    private void remove(Long page) {
        Long next = clock.size() == 1 ? NOWHERE : towardsHead(page);
        hotHand = page.equals(hotHand) ? next : hotHand;
        testHand = page.equals(testHand) ? next : testHand;
        clock.remove(page);
        status.remove(page);
        bits.remove(page);
    }

    private Long coldHand() {
        for (Long page : clock.reversed()) {
            if (is(page, Status.COLD) || is(page, Status.TEST)) {
                return page;
            }
        }
        throw new IllegalStateException("no cold page");
    }

    private Long runCold() {
        while (true) {
            Long page = coldHand();
            if (is(page, Status.TEST) && bits.contains(page)) {
                accessedInTest(page);
            } else if (is(page, Status.TEST)) {
                status.put(page, Status.GONE);
                while (count(Status.GONE) > memory) {
                    Long tested = testHand;
                    testHand = towardsHead(tested);
                    endTest(tested);
                }
                return page;
            } else {
                remove(page);
                return page;
            }
        }
    }

    private void accessedInTest(Long page) {
        int cold = memory - count(Status.HOT);
        if (credits > 0 && cold >= maxCold || credits < 0 && cold <= minCold) {
            credits = 0;
        }
        if (credits < 0) {
            remove(page);
            promote(page);
            credits++;
        } else if (credits > 0) {
            int before = count(Status.HOT);
            runHot(page);
            if (is(page, Status.TEST)) {
                remove(page);
                insert(page, Status.TEST);
                bits.add(page);
            }
            credits -= before - count(Status.HOT);
        } else if (runHot(page)) {
            remove(page);
            promote(page);
        }
    }

    /** Answers whether a hot page was turned cold before or while the hand came by this page. */
    private boolean runHot(Long triggering) {
        boolean demoted = count(Status.HOT) == 0;
        boolean matched = false;
        while (count(Status.HOT) > 0 && !(is(hotHand, Status.HOT) && (demoted || matched))) {
            Long page = hotHand;
            if (is(page, Status.HOT)) {
                boolean accessed = bits.contains(page);
                remove(page);
                insert(page, accessed ? Status.HOT : Status.COLD);
                demoted |= !accessed;
            } else {
                matched |= page.equals(triggering);
                hotHand = towardsHead(page);
                if (page.equals(testHand)) {
                    testHand = hotHand;
                    endTest(page);
                }
            }
        }
        return demoted;
    }

    private void endTest(Long page) {
        if (is(page, Status.GONE)) {
            credits--;
            remove(page);
        } else if (is(page, Status.TEST)) {
            status.put(page, Status.COLD);
            bits.remove(page);
        }
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of("clock", List.copyOf(clock.reversed()));
    }
}
