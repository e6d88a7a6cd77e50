package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.MOVE_AFTER;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi, "FIFO queues are all you need for cache eviction", SOSP
 * 2023, algorithm 1). A page comes into a small queue, of a tenth of the frames. Used twice there,
 * or as often as moveAfter says, it moves to the main queue; else it leaves and is remembered. A
 * page that is remembered comes into the main queue at once, where each use, up to three, is
 * another round. O(1), amortised.
 */
final class S3Fifo extends GhostPolicy {

    private static final int MOST_USES = 3;

    private final int moveAfter;
    private final int smallShare;
    private final PageList small;
    private final PageList main;
    private final PageList out;
    private final boolean[] inMain;
    private final byte[] uses;

    S3Fifo(int frames, Settings settings) {
        this(frames, settings.count(MOVE_AFTER), Math.max(1, frames / 10));
    }

    private S3Fifo(int frames, int moveAfter, int smallShare) {
        super(frames, Math.max(1, frames - smallShare));
        this.moveAfter = moveAfter;
        this.smallShare = smallShare;
        small = new PageList(2 * frames);
        main = new PageList(small);
        out = new PageList(small);
        inMain = new boolean[frames];
        uses = new byte[frames];
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    void hit(int frame) {
        uses[frame] = (byte) Math.min(uses[frame] + 1, MOST_USES);
    }

    @Override
    int choose(Frames frames, int ghost) {
        int victim = NONE;
        if (small.size() >= smallShare) {
            victim = fromSmall(frames);
        }
        if (victim == NONE) {
            victim = fromMain(frames);
        }
        return victim == NONE ? fromSmall(frames) : victim;
    }

    private int fromSmall(Frames frames) {
        int frame = small.oldest();
        while (frame != PageList.END) {
            int younger = small.younger(frame);
            if (frames.evictable(frame)) {
                if (uses[frame] < moveAfter) {
                    return frame;
                }
                small.remove(frame);
                uses[frame] = 0;
                inMain[frame] = true;
                main.addYoungest(frame);
            }
            frame = younger;
        }
        return NONE;
    }

    private int fromMain(Frames frames) {
        for (long step = 0; step < (MOST_USES + 1L) * frameCount && main.size() > 0; step++) {
            int frame = main.oldest();
            boolean evictable = frames.evictable(frame);
            if (evictable && uses[frame] == 0) {
                return frame;
            }
            uses[frame] -= (byte) (evictable ? 1 : 0);
            main.renew(frame);
        }
        return NONE;
    }

    @Override
    void admit(int frame, int ghost) {
        if (ghost != NONE) {
            forget(out, ghost);
        }
        uses[frame] = 0;
        inMain[frame] = ghost != NONE;
        (inMain[frame] ? main : small).addYoungest(frame);
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
        (inMain[frame] ? main : small).remove(frame);
    }

    @Override
    public String rule() {
        String times = moveAfter == 1 ? "once" : moveAfter == 2 ? "twice" : "three times";
        return "the oldest of the small queue used less than "
                + times
                + ", if that queue has its share;"
                + " else the oldest of the main queue that has no round left";
    }

    @Override
    public List<Queue> queues(int most) {
        return List.of(
                Queue.of("small", small, (double) smallShare, this, most),
                Queue.of("main", main, (double) (frameCount - smallShare), this, most),
                Queue.of("ghost", out, this, most));
    }

    /** The uses since the page came in or went round, at most 3. */
    @Override
    public long remembered(int frame) {
        return uses[frame];
    }

    @Override
    public void save(StateWriter target) {
        super.save(target);
        small.save(target);
        main.save(target);
        out.save(target);
        for (byte each : uses) {
            target.writeInt(each);
        }
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        small.load(in);
        main.load(in);
        out.load(in);
        for (int frame : main.all()) {
            inMain[frame] = true;
        }
        for (int frame = 0; frame < frameCount; frame++) {
            uses[frame] = (byte) in.readInt();
        }
    }
}
