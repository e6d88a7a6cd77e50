package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.CORRELATED;
import static dev.faultline.machine.replacement.Parameters.K;
import static dev.faultline.machine.replacement.Parameters.REMEMBERED;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;
import java.util.List;

/**
 * LRU-K (O'Neil, O'Neil, Weikum, "The LRU-K page replacement algorithm for database disk
 * buffering", SIGMOD 1993, figure 2.1): the page leaves whose last use but K-1 is longest ago; one
 * with fewer uses than K before any other, and of these the least recently used. Uses that follow
 * one another within the correlated period are one; a page last used within it does not leave if
 * another can. What is known of a page is kept for a time after it left. O(log frames) an access;
 * O(frames) an eviction if the first in order may not leave.
 */
final class LruK extends GhostPolicy {

    private final int k;
    private final long correlated;

    /** For each page, in memory or remembered, its last K uses, the last one first; 0 is none. */
    private final long[] uses;

    private final long[] lastUse;

    /** The pages that are remembered, that which left first at the front. */
    private final PageList gone;

    /** The frames as a heap in the order in which they leave, and the place of each in it. */
    private final int[] heap;

    private final int[] place;
    private int size;
    private long now;

    LruK(int frames, Settings settings) {
        this(frames, settings, share(frames, settings.count(REMEMBERED)));
    }

    private LruK(int frames, Settings settings, int remembered) {
        super(frames, remembered);
        k = settings.count(K);
        correlated = settings.get(CORRELATED);
        uses = new long[(frames + remembered) * k];
        lastUse = new long[frames + remembered];
        gone = new PageList(frames + remembered);
        heap = new int[frames];
        place = new int[frames];
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    void hit(int frame) {
        now++;
        if (now - lastUse[frame] > correlated) {
            use(frame, lastUse[frame] - uses[frame * k]);
        }
        lastUse[frame] = now;
        sink(place[frame]);
    }

    /** A use that is not of the same burst as the last: the burst's length is taken out. */
    private void use(int page, long burst) {
        int first = page * k;
        for (int i = first + k - 1; i > first; i--) {
            uses[i] = uses[i - 1] == 0 ? 0 : uses[i - 1] + burst;
        }
        uses[first] = now;
    }

    @Override
    void admit(int frame, int ghost) {
        now++;
        if (ghost == NONE) {
            Arrays.fill(uses, frame * k, frame * k + k, 0);
            uses[frame * k] = now;
        } else {
            System.arraycopy(uses, ghost * k, uses, frame * k, k);
            use(frame, 0);
            forget(gone, ghost);
        }
        lastUse[frame] = now;
        heap[size] = frame;
        place[frame] = size++;
        rise(place[frame]);
    }

    @Override
    int choose(Frames frames, int ghost) {
        if (size > 0 && mayLeave(heap[0], frames)) {
            return heap[0];
        }
        int victim = NONE;
        int inBurst = NONE;
        for (int at = 0; at < size; at++) {
            int frame = heap[at];
            if (mayLeave(frame, frames)) {
                victim = victim == NONE || isBefore(frame, victim) ? frame : victim;
            } else if (frames.evictable(frame)) {
                inBurst = inBurst == NONE || isBefore(frame, inBurst) ? frame : inBurst;
            }
        }
        return victim == NONE ? inBurst : victim;
    }

    /** The access that is under way is one later than the last that was heard of. */
    private boolean mayLeave(int frame, Frames frames) {
        return now + 1 - lastUse[frame] > correlated && frames.evictable(frame);
    }

    @Override
    void evicted(int frame) {
        int ghost = rememberIn(gone, frame);
        if (ghost != NONE) {
            System.arraycopy(uses, frame * k, uses, ghost * k, k);
            lastUse[ghost] = lastUse[frame];
        }
        dropped(frame);
    }

    @Override
    void dropped(int frame) {
        int at = place[frame];
        int last = heap[--size];
        if (last != frame) {
            heap[at] = last;
            place[last] = at;
            rise(at);
            sink(place[last]);
        }
    }

    /** Whether a frame leaves before another: by its last use but K-1, then by its last. */
    private boolean isBefore(int frame, int other) {
        long mine = uses[frame * k + k - 1];
        long its = uses[other * k + k - 1];
        return mine < its || mine == its && lastUse[frame] < lastUse[other];
    }

    private void rise(int from) {
        int at = from;
        int frame = heap[at];
        while (at > 0 && isBefore(frame, heap[(at - 1) / 2])) {
            put(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        put(at, frame);
    }

    private void sink(int from) {
        int at = from;
        int frame = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            child += child + 1 < size && isBefore(heap[child + 1], heap[child]) ? 1 : 0;
            if (!isBefore(heap[child], frame)) {
                break;
            }
            put(at, heap[child]);
            at = child;
        }
        put(at, frame);
    }

    private void put(int at, int frame) {
        heap[at] = frame;
        place[frame] = at;
    }

    @Override
    public String rule() {
        return "the page whose last use but K-1 is longest ago; with fewer uses, the least"
                + " recently used";
    }

    @Override
    public List<Queue> queues(int most) {
        return List.of(Queue.of("gone", gone, this, most));
    }

    /** The time of the last use but K-1, counted in uses; 0 if there are fewer. */
    @Override
    public long remembered(int frame) {
        return uses[frame * k + k - 1];
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        out.writeLongs(uses);
        out.writeLongs(lastUse);
        gone.save(out);
        out.writeInt(size);
        out.writeInts(heap);
        out.writeInts(place);
        out.writeLong(now);
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        in.readLongs(uses);
        in.readLongs(lastUse);
        gone.load(in);
        size = in.readInt();
        in.readInts(heap);
        in.readInts(place);
        now = in.readLong();
    }
}
