package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * CLOCK-Pro (Jiang, Chen, Zhang, "CLOCK-Pro: an effective improvement of the CLOCK replacement",
 * USENIX ATC 2005). Pages are on one clock, hot or cold; a cold page that comes in has a test
 * period, in which it stays on the clock even when it has left memory. Used again in that period it
 * becomes hot. Three hands go round: the cold one finds the page to leave, the hot one turns hot
 * pages cold, and the test one ends test periods. How many pages are meant to be cold grows with
 * each use within a test period and shrinks with each period that ends without. O(1), amortised.
 *
 * <p>New pages come behind the hot hand. At first every frame is meant to be cold.
 */
final class ClockPro extends WithHistory {

    private static final byte COLD = 0;
    private static final byte COLD_IN_TEST = 1;
    private static final byte HOT = 2;

    private final PageList clock;
    private final byte[] kinds;

    /** Where the hands are, or {@link PageList#END} while there is no page. */
    private int coldHand = PageList.END;

    private int hotHand = PageList.END;
    private int testHand = PageList.END;
    private int coldTarget;
    private int hot;
    private int here;
    private @Nullable Frames machine;

    ClockPro(int frames) {
        super(frames, frames + 1);
        clock = new PageList(2 * frames + 1);
        kinds = new byte[frames];
        coldTarget = frames;
    }

    @Override
    int choose(Frames frames, int ghost) {
        for (long step = 0; step < 4L * frameCount + ghosts.size(); step++) {
            if (hot == here) {
                coolOne(frames);
            }
            int page = coldHand;
            if (page == PageList.END) {
                return NONE;
            }
            if (page < frameCount && kinds[page] != HOT && frames.evictable(page)) {
                if (!frames.referenced(page)) {
                    return page;
                }
                frames.clearReferenced(page);
                useCold(page, frames);
            } else {
                coldHand = clock.around(page);
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

    /** A cold page was used: in its test period it becomes hot, else it has a new one. */
    private void useCold(int page, Frames frames) {
        boolean tested = kinds[page] == COLD_IN_TEST;
        unlink(page);
        link(page);
        if (tested) {
            kinds[page] = HOT;
            hot++;
            coldTarget = Math.min(frameCount, coldTarget + 1);
            cool(frames);
        } else {
            kinds[page] = COLD_IN_TEST;
        }
    }

    /** Turns hot pages cold while they are too many. */
    private void cool(Frames frames) {
        while (hot > frameCount - coldTarget) {
            coolOne(frames);
        }
    }

    /** The hot hand goes on until it has turned a page cold; it ends test periods on its way. */
    private void coolOne(Frames frames) {
        int before = hot;
        while (hot > 0 && hot == before) {
            int page = hotHand;
            hotHand = clock.around(page);
            if (page < frameCount && kinds[page] == HOT) {
                if (frames.referenced(page)) {
                    frames.clearReferenced(page);
                } else {
                    kinds[page] = COLD;
                    hot--;
                }
            } else {
                endTest(page, frames);
            }
        }
    }

    private void endTest(int page, Frames frames) {
        if (page >= frameCount) {
            unlink(page);
            ghosts.remove(page);
            coldTarget = Math.max(1, coldTarget - 1);
        } else if (kinds[page] == COLD_IN_TEST) {
            kinds[page] = COLD;
            if (!frames.referenced(page)) {
                coldTarget = Math.max(1, coldTarget - 1);
            }
        }
    }

    @Override
    public void use(Frames frames) {
        machine = frames;
    }

    @Override
    void admit(int frame, int ghost) {
        here++;
        if (ghost == NONE) {
            kinds[frame] = COLD_IN_TEST;
            link(frame);
            return;
        }
        unlink(ghost);
        ghosts.remove(ghost);
        coldTarget = Math.min(frameCount, coldTarget + 1);
        kinds[frame] = HOT;
        hot++;
        link(frame);
        cool(Objects.requireNonNull(machine));
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
            if (page >= frameCount || kinds[page] != HOT) {
                endTest(page, Objects.requireNonNull(machine));
            }
        }
    }

    @Override
    void dropped(int frame) {
        here--;
        hot -= kinds[frame] == HOT ? 1 : 0;
        unlink(frame);
    }

    private void link(int page) {
        clock.addBefore(hotHand, page);
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
        return List.of(Queue.of("clock", clock, (double) coldTarget, this, most));
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
        out.writeInt(coldTarget);
        out.writeInt(hot);
        out.writeInt(here);
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
        coldTarget = in.readInt();
        hot = in.readInt();
        here = in.readInt();
    }
}
