package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A policy that knows pages by owner and number, and remembers some of those that it sent away. A
 * page that leaves otherwise (unmapped, or with its process) is not remembered.
 *
 * <p>The access that loads a page is no use of it: {@link #hit} hears of those that follow.
 */
abstract class GhostPolicy extends ReplacementPolicy {

    final int frameCount;
    final Ghosts ghosts;
    private final int[] owners;
    private final long[] pages;

    /** The frames whose first access is still to come, which is that which loads the page. */
    private final boolean[] fresh;

    private int wantedOwner = NOBODY;
    private long wantedPage;

    /** The frame that was named as the last victim, until it is freed. */
    private int leaving = NONE;

    /** A policy for a number of frames that remembers a number of pages. */
    GhostPolicy(int frames, int remembered) {
        frameCount = frames;
        ghosts = new Ghosts(frames, remembered);
        owners = new int[frames];
        pages = new long[frames];
        fresh = new boolean[frames];
    }

    /** A number of hundredths of the frames, and at least one. */
    static int share(int frames, int percent) {
        return (int) Math.max((long) frames * percent / 100, 1);
    }

    /** A page is in a frame from now on; its ghost, if it has one, is to be removed. */
    abstract void admit(int frame, int ghost);

    /** A frame that {@link #choose} named has lost its page, which can be remembered. */
    abstract void evicted(int frame);

    /** A frame has lost its page, which will not come back. */
    abstract void dropped(int frame);

    /** Names the frame to take for a page, or {@link #NONE}. */
    abstract int choose(Frames frames, int ghost);

    /** A page in memory was accessed again. */
    void hit(int frame) {}

    /** A frame will be looked for, for a page whose ghost is given or {@link #NONE}. */
    void onWanted(int ghost) {}

    @Override
    public final void onFault(int asking, int owner, long page) {
        wantedOwner = owner;
        wantedPage = page;
        onWanted(wantedGhost());
    }

    private int wantedGhost() {
        return wantedOwner == NOBODY ? NONE : ghosts.find(wantedOwner, wantedPage);
    }

    @Override
    public final void onLoad(int frame) {
        owners[frame] = wantedOwner;
        pages[frame] = wantedPage;
        fresh[frame] = true;
        admit(frame, wantedGhost());
        wantedOwner = NOBODY;
    }

    @Override
    public final int victim(Frames frames) {
        leaving = choose(frames, wantedGhost());
        return leaving;
    }

    @Override
    public final void onFree(int frame) {
        if (frame == leaving) {
            leaving = NONE;
            evicted(frame);
        } else {
            dropped(frame);
        }
    }

    @Override
    public final void onAccess(int frame) {
        if (fresh[frame]) {
            fresh[frame] = false;
        } else {
            hit(frame);
        }
    }

    /**
     * Remembers the page of a frame. Answers its ghost, or {@link #NONE} for a page that cannot be
     * told from others, as those of page tables, or is remembered already: two frames held it.
     */
    final int remember(int frame) {
        int owner = owners[frame];
        boolean can =
                owner != NOBODY
                        && !ghosts.isFull()
                        && ghosts.find(owner, pages[frame]) == Ghosts.NONE;
        return can ? ghosts.add(owner, pages[frame]) : NONE;
    }

    /**
     * Remembers the page of a frame at the young end of a list, whose oldest makes room for it.
     * Answers its ghost, or {@link #NONE} as {@link #remember} does.
     */
    final int rememberIn(PageList list, int frame) {
        if (ghosts.isFull()) {
            forget(list, list.oldest());
        }
        int ghost = remember(frame);
        if (ghost != NONE) {
            list.addYoungest(ghost);
        }
        return ghost;
    }

    /** Forgets a page that a list remembers. */
    final void forget(PageList list, int ghost) {
        list.remove(ghost);
        ghosts.remove(ghost);
    }

    @Override
    public void save(StateWriter out) {
        out.writeInts(owners);
        out.writeLongs(pages);
        for (boolean each : fresh) {
            out.writeBoolean(each);
        }
        ghosts.save(out);
    }

    @Override
    public void load(StateReader in) {
        in.readInts(owners);
        in.readLongs(pages);
        for (int frame = 0; frame < frameCount; frame++) {
            fresh[frame] = in.readBoolean();
        }
        ghosts.load(in);
    }
}
