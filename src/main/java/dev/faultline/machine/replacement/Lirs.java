package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.REMEMBERED;
import static dev.faultline.machine.replacement.Parameters.UNBOUNDED;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * Low inter-reference recency set (Jiang and Zhang, "LIRS: an efficient low inter-reference recency
 * set replacement policy to improve buffer cache performance", SIGMETRICS 2002). Most frames are
 * for pages whose last two uses were near each other (LIR); one in a hundred, but one at least, is
 * for the others (HIR), and of these the oldest leaves. The stack orders pages by their last use
 * and goes down to the lowest LIR page; a HIR page that is used while it is in the stack becomes
 * LIR, and the lowest LIR page HIR. O(1), amortised.
 *
 * <p>The paper's stack has no bound. Here it keeps a bounded number of pages that have left, and
 * beyond that the one that left first is forgotten; or it is {@link Parameters#UNBOUNDED}, and what
 * it takes of the host's memory grows with what it remembers.
 */
final class Lirs extends GhostPolicy {

    /** Ghosts that there is room for at first, where there is no bound. */
    private static final int FIRST_GHOSTS = 16;

    /** What a page takes that is remembered: its ghost, and its places in two lists. */
    private static final long HOST_BYTES_PER_GHOST = Ghosts.HOST_BYTES + 16;

    /** What a frame takes in two lists that are made anew. */
    private static final long HOST_BYTES_PER_FRAME = 16;

    private final boolean unbounded;
    private final int mostLow;
    private final PageList stack;

    /** The HIR pages in memory, in the order in which they would leave. */
    private final PageList queue;

    /** The pages in the stack that have left, that which left first at the front. */
    private final PageList gone;

    private final boolean[] isLow;
    private int low;

    Lirs(int frames, Settings settings) {
        this(frames, settings.get(REMEMBERED) == UNBOUNDED, settings.count(REMEMBERED));
    }

    private Lirs(int frames, boolean unbounded, int percent) {
        this(frames, unbounded ? FIRST_GHOSTS : share(frames, percent), unbounded);
    }

    private Lirs(int frames, int remembered, boolean unbounded) {
        super(frames, remembered);
        this.unbounded = unbounded;
        mostLow = frames - Math.max(1, frames / 100);
        stack = new PageList(frames + remembered);
        queue = new PageList(frames + remembered);
        gone = new PageList(queue);
        isLow = new boolean[frames];
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    void hit(int frame) {
        if (isLow[frame]) {
            stack.renew(frame);
            prune();
        } else if (stack.isListed(frame)) {
            stack.renew(frame);
            queue.remove(frame);
            makeLow(frame);
        } else {
            stack.addYoungest(frame);
            queue.renew(frame);
        }
    }

    /** Makes a page that is on top of the stack LIR, in place of another if they are enough. */
    private void makeLow(int frame) {
        isLow[frame] = true;
        low++;
        if (low > mostLow) {
            int lowest = stack.oldest();
            stack.remove(lowest);
            isLow[lowest] = false;
            low--;
            queue.addYoungest(lowest);
        }
        prune();
    }

    /** Takes what is below the lowest LIR page out of the stack. */
    private void prune() {
        int lowest = stack.oldest();
        while (lowest != PageList.END && !(lowest < frameCount && isLow[lowest])) {
            if (lowest < frameCount) {
                stack.remove(lowest);
            } else {
                forget(lowest);
            }
            lowest = stack.oldest();
        }
    }

    private void forget(int ghost) {
        stack.remove(ghost);
        forget(gone, ghost);
    }

    @Override
    void admit(int frame, int ghost) {
        if (ghost != NONE) {
            forget(ghost);
        }
        stack.addYoungest(frame);
        if (low < mostLow || ghost != NONE && mostLow > 0) {
            makeLow(frame);
        } else {
            isLow[frame] = false;
            queue.addYoungest(frame);
            prune();
        }
    }

    @Override
    int choose(Frames frames, int ghost) {
        int victim = queue.oldestEvictable(frames);
        int lowest = stack.oldest();
        while (victim == NONE && lowest != PageList.END) {
            victim = lowest < frameCount && frames.evictable(lowest) ? lowest : NONE;
            lowest = stack.younger(lowest);
        }
        return victim;
    }

    @Override
    void evicted(int frame) {
        if (isLow[frame] || !stack.isListed(frame)) {
            dropped(frame);
            return;
        }
        queue.remove(frame);
        if (ghosts.isFull() && unbounded) {
            grow(2 * ghosts.capacity());
        } else if (ghosts.isFull()) {
            forget(gone.oldest());
        }
        int ghost = remember(frame);
        if (ghost == NONE) {
            stack.remove(frame);
        } else {
            stack.replace(frame, ghost);
            gone.addYoungest(ghost);
        }
    }

    @Override
    public long hostBytes() {
        return HOST_BYTES_PER_GHOST * (unbounded ? ghosts.capacity() : 0);
    }

    @Override
    public long growth(long faults) {
        long needed = ghosts.size() + faults;
        return !unbounded || needed <= ghosts.capacity()
                ? 0
                : HOST_BYTES_PER_GHOST * 2 * needed + HOST_BYTES_PER_FRAME * frameCount;
    }

    private void grow(int remembered) {
        ghosts.grow(remembered);
        stack.grow(frameCount + remembered);
        queue.grow(frameCount + remembered);
        gone.growAs(queue);
    }

    @Override
    void dropped(int frame) {
        if (isLow[frame]) {
            isLow[frame] = false;
            low--;
        } else {
            queue.remove(frame);
        }
        if (stack.isListed(frame)) {
            stack.remove(frame);
            prune();
        }
    }

    @Override
    public String rule() {
        return "the first in the queue of the pages whose last two uses were far apart";
    }

    @Override
    public List<Queue> queues(int most) {
        return List.of(
                Queue.of("stack", stack, this, most),
                Queue.of("HIR", queue, (double) (frameCount - mostLow), this, most),
                Queue.of("gone", gone, this, most));
    }

    /** 1 for a LIR page, else 0. */
    @Override
    public long remembered(int frame) {
        return isLow[frame] ? 1 : 0;
    }

    @Override
    public void save(StateWriter out) {
        out.writeInt(ghosts.capacity());
        super.save(out);
        stack.save(out);
        queue.save(out);
        gone.save(out);
        for (boolean each : isLow) {
            out.writeBoolean(each);
        }
    }

    @Override
    public void load(StateReader in) {
        int remembered = in.readInt();
        if (remembered > ghosts.capacity()) {
            grow(remembered);
        }
        super.load(in);
        stack.load(in);
        queue.load(in);
        gone.load(in);
        for (int frame = 0; frame < frameCount; frame++) {
            isLow[frame] = in.readBoolean();
            low += isLow[frame] ? 1 : 0;
        }
    }
}
