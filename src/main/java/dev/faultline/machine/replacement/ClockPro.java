package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * CLOCK-Pro (Jiang, Chen, Zhang, "CLOCK-Pro: an effective improvement of the CLOCK replacement",
 * USENIX ATC 2005), in the steps of Jiang's own program, clock-pro.c of 2005, with its adaptation
 * switched on. Pages are on one clock, hot or cold. A cold page that comes in has a test period, in
 * which it stays on the clock even when it has left memory. Used again in that period it becomes
 * hot, and a hot page cold.
 *
 * <p>Three hands go round. The cold one finds the page to leave. The hot one turns the oldest hot
 * page cold that was not referenced; the others it moves to the young end. The test one ends test
 * periods: when the hot hand comes from behind, or when more pages are remembered than there are
 * frames.
 *
 * <p>While memory fills, pages come in hot until only the least number of cold ones fits. From then
 * on, the cold share grows with each page that is wanted again in its test period after it left,
 * and shrinks with each that is not. O(1), amortised.
 */
final class ClockPro extends GhostPolicy {

    private static final byte COLD = 0;
    private static final byte COLD_IN_TEST = 1;
    private static final byte HOT = 2;

    /** The bounds of the cold share, in hundredths of the frames. */
    private static final int FEWEST_COLD_PERCENT = 5;

    private static final int MOST_COLD_PERCENT = 95;

    /** The cold share has two frames at least, if one is left for a hot page. */
    private static final int FEWEST_COLD = 2;

    private final PageList clock;
    private final byte[] kinds;
    private final int fewestCold;
    private final int mostCold;

    /** Where the hands are, or {@link PageList#END} while there is no page. */
    private int coldHand = PageList.END;

    private int hotHand = PageList.END;
    private int testHand = PageList.END;

    /** Frames that the cold share has still to gain, or below 0 to give. */
    private int coldCredit;

    private int hot;
    private int here;

    /** The pages that fit: as many as there were when a page last had to leave. */
    private int room;

    private @Nullable Frames machine;

    ClockPro(int frames) {
        super(frames, frames + 1);
        clock = new PageList(2 * frames + 1);
        kinds = new byte[frames];
        fewestCold =
                Math.max(
                        1,
                        Math.min(
                                frames - 1,
                                Math.max(FEWEST_COLD, percent(frames, FEWEST_COLD_PERCENT))));
        mostCold = Math.max(fewestCold, percent(frames, MOST_COLD_PERCENT));
        room = frames;
    }

    private static int percent(int frames, int percent) {
        return (int) ((long) frames * percent / 100);
    }

    private boolean isHot(int page) {
        return page < frameCount && kinds[page] == HOT;
    }

    @Override
    int choose(Frames frames, int ghost) {
        room = here;
        long steps = 4L * (frameCount + clock.size());
        for (long step = 0; step < steps && coldHand != PageList.END; step++) {
            if (hot == here) {
                runHot(NONE, frames);
            }
            int page = coldHand;
            if (page >= frameCount || kinds[page] == HOT || !frames.evictable(page)) {
                coldHand = clock.around(page);
            } else if (kinds[page] == COLD || !frames.referenced(page)) {
                return page;
            } else {
                useInTest(page, frames);
            }
        }
        return anyOther(frames);
    }

    /** The first page from the cold hand on that can leave at all. */
    private int anyOther(Frames frames) {
        int page = coldHand;
        for (int step = 0; step < clock.size(); step++) {
            if (page < frameCount && frames.evictable(page)) {
                return page;
            }
            page = clock.around(page);
        }
        return NONE;
    }

    /**
     * A cold page was used in its test period. It becomes hot, and a hot page cold; while the cold
     * share is to change, only one of the two. If the hot hand comes past the page before it has
     * turned one cold, the test is over and lost.
     */
    private void useInTest(int page, Frames frames) {
        boundCredit();
        if (coldCredit < 0) {
            coldCredit++;
            makeHot(page, frames);
            return;
        }
        boolean gaining = coldCredit > 0;
        boolean cooled = runHot(page, frames);
        if (cooled && !gaining) {
            makeHot(page, frames);
        } else if (cooled) {
            coldCredit--;
        }
        if (gaining && kinds[page] == COLD_IN_TEST) {
            unlink(page);
            link(page);
        }
    }

    private void boundCredit() {
        int cold = frameCount - hot;
        if (coldCredit > 0 && cold >= mostCold || coldCredit < 0 && cold <= fewestCold) {
            coldCredit = 0;
        }
    }

    /** Puts a page at the young end, hot. */
    private void makeHot(int page, Frames frames) {
        frames.clearReferenced(page);
        unlink(page);
        linkHot(page);
    }

    private void linkHot(int page) {
        kinds[page] = HOT;
        hot++;
        link(page);
        if (hot == 1) {
            hotHand = page;
        }
    }

    /**
     * The hot hand goes on until it has turned a page cold or come past the one that is tested, and
     * stands at a hot page. Answers whether there is room for another hot page: it has turned one
     * cold, or there was none.
     */
    private boolean runHot(int tested, Frames frames) {
        boolean cooled = hot == 0;
        boolean met = false;
        while (hot > 0 && (!cooled && !met || !isHot(hotHand))) {
            int page = hotHand;
            if (isHot(page)) {
                if (frames.referenced(page)) {
                    frames.clearReferenced(page);
                } else {
                    kinds[page] = COLD;
                    hot--;
                    cooled = true;
                }
                unlink(page);
                link(page);
            } else {
                met |= page == tested;
                hotHand = clock.around(page);
                if (testHand == page) {
                    testHand = hotHand;
                    endTest(page, frames);
                }
            }
        }
        return cooled;
    }

    private void endTest(int page, Frames frames) {
        if (page >= frameCount) {
            coldCredit--;
            forgetGhost(page);
        } else if (kinds[page] == COLD_IN_TEST) {
            kinds[page] = COLD;
            frames.clearReferenced(page);
        }
    }

    private void forgetGhost(int ghost) {
        unlink(ghost);
        ghosts.remove(ghost);
    }

    @Override
    public void attach(Frames frames) {
        machine = frames;
    }

    @Override
    void admit(int frame, int ghost) {
        boolean filling = here < room - fewestCold;
        here++;
        boolean proved = ghost != NONE && (filling || runHot(ghost, frames()));
        if (ghost != NONE && clock.isListed(ghost)) {
            forgetGhost(ghost);
        }
        if (proved && !filling) {
            coldCredit++;
        }
        if (proved || filling) {
            linkHot(frame);
        } else {
            kinds[frame] = COLD_IN_TEST;
            link(frame);
        }
    }

    private Frames frames() {
        return Objects.requireNonNull(machine);
    }

    @Override
    void evicted(int frame) {
        int ghost = kinds[frame] == COLD_IN_TEST ? remember(frame) : NONE;
        if (ghost == NONE) {
            dropped(frame);
            return;
        }
        here--;
        clock.replace(frame, ghost);
        coldHand = coldHand == frame ? clock.around(ghost) : coldHand;
        hotHand = hotHand == frame ? ghost : hotHand;
        testHand = testHand == frame ? ghost : testHand;
        while (ghosts.size() > frameCount) {
            int page = testHand;
            testHand = clock.around(page);
            endTest(page, frames());
        }
    }

    @Override
    void dropped(int frame) {
        here--;
        hot -= kinds[frame] == HOT ? 1 : 0;
        unlink(frame);
    }

    private void link(int page) {
        clock.addYoungest(page);
        if (hotHand == PageList.END) {
            coldHand = page;
            hotHand = page;
            testHand = page;
        }
    }

    /** Takes a page off the clock; hands that point to it go on. */
    private void unlink(int page) {
        int after = clock.size() == 1 ? PageList.END : clock.around(page);
        coldHand = coldHand == page ? after : coldHand;
        hotHand = hotHand == page ? after : hotHand;
        testHand = testHand == page ? after : testHand;
        clock.remove(page);
    }

    @Override
    public String rule() {
        return "the first cold page from the cold hand on that was not referenced";
    }

    @Override
    public List<Queue> queues(int most) {
        int meant = frameCount - hot + coldCredit;
        double target = Math.max(fewestCold, Math.min(mostCold, meant));
        return List.of(Queue.of("clock", clock, target, this, most));
    }

    /** 2 for a hot page, 1 for a cold one in its test period, else 0. */
    @Override
    public long remembered(int frame) {
        return kinds[frame];
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        clock.save(out);
        for (byte each : kinds) {
            out.writeInt(each);
        }
        out.writeInt(coldHand);
        out.writeInt(hotHand);
        out.writeInt(testHand);
        out.writeInt(coldCredit);
        out.writeInt(hot);
        out.writeInt(here);
        out.writeInt(room);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        clock.load(in);
        for (int frame = 0; frame < frameCount; frame++) {
            kinds[frame] = (byte) in.readInt();
        }
        coldHand = in.readInt();
        hotHand = in.readInt();
        testHand = in.readInt();
        coldCredit = in.readInt();
        hot = in.readInt();
        here = in.readInt();
        room = in.readInt();
    }
}
