package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.FIRST_IN;
import static dev.faultline.machine.replacement.Parameters.REMEMBERED;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * 2Q, the full version (Johnson and Shasha, "2Q: a low overhead high performance buffer management
 * replacement algorithm", VLDB 1994). A page comes into a queue, A1in, and when it leaves from
 * there it is remembered for a time, in A1out. Only a page that is wanted again while it is
 * remembered comes into Am, which is in LRU order. O(1).
 */
final class TwoQueue extends GhostPolicy {

    /** The pages that A1in may have before it is the one that loses a page. */
    private final int mostIn;

    private final PageList in;
    private final PageList main;
    private final PageList out;
    private final boolean[] inMain;

    /** Whether the page that is looked for was remembered when that began. */
    private boolean proved;

    TwoQueue(int frames, Settings settings) {
        this(
                frames,
                share(frames, settings.count(FIRST_IN)),
                share(frames, settings.count(REMEMBERED)));
    }

    private TwoQueue(int frames, int mostIn, int remembered) {
        super(frames, remembered);
        this.mostIn = mostIn;
        in = new PageList(frames + remembered);
        main = new PageList(in);
        out = new PageList(in);
        inMain = new boolean[frames];
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    void hit(int frame) {
        if (inMain[frame]) {
            main.renew(frame);
        }
    }

    @Override
    void onWanted(int ghost) {
        proved = ghost != NONE;
    }

    @Override
    void admit(int frame, int ghost) {
        if (ghost != NONE) {
            forget(out, ghost);
        }
        inMain[frame] = proved;
        (proved ? main : in).addYoungest(frame);
    }

    @Override
    int choose(Frames frames, int ghost) {
        boolean fromIn = in.size() > mostIn || main.size() == 0;
        int victim = (fromIn ? in : main).oldestEvictable(frames);
        return victim == NONE ? (fromIn ? main : in).oldestEvictable(frames) : victim;
    }

    @Override
    void evicted(int frame) {
        dropped(frame);
        if (!inMain[frame]) {
            rememberIn(out, frame);
        }
    }

    @Override
    void dropped(int frame) {
        (inMain[frame] ? main : in).remove(frame);
    }

    @Override
    public String rule() {
        return "the oldest of the pages that came in, while they are more than their share;"
                + " else the least recently used of those that were wanted again";
    }

    @Override
    public List<Queue> queues(int most) {
        return List.of(
                Queue.of("in", in, (double) mostIn, this, most),
                Queue.of("main", main, this, most),
                Queue.of("out", out, this, most));
    }

    @Override
    public void save(StateWriter target) {
        super.save(target);
        in.save(target);
        main.save(target);
        out.save(target);
    }

    @Override
    public void load(StateReader source) {
        super.load(source);
        in.load(source);
        main.load(source);
        out.load(source);
        for (int frame : main.all()) {
            inMain[frame] = true;
        }
    }
}
