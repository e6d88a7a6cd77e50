package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi, "SIEVE is simpler than LRU", NSDI 2024). Pages are in
 * a queue in the order of their loading and never move in it. A hand goes from the oldest to the
 * youngest and over again: a page that was accessed since it was loaded, or since the hand passed,
 * has that forgotten and stays; the first other one leaves, and the hand ends at the next younger.
 * The access that loads a page does not count. Amortised O(1) an eviction.
 */
final class Sieve extends ReplacementPolicy {

    private static final byte LOADED = 0;
    private static final byte UNVISITED = 1;
    private static final byte VISITED = 2;

    private final PageList order;

    /** What is known of each frame: its first access is that which loaded it. */
    private final byte[] visits;

    /** Where the hand is, or {@link PageList#END} for the oldest. */
    private int hand = PageList.END;

    Sieve(int frames) {
        order = new PageList(frames);
        visits = new byte[frames];
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    public void onLoad(int frame) {
        order.addYoungest(frame);
        visits[frame] = LOADED;
    }

    @Override
    public void onFree(int frame) {
        if (hand == frame) {
            hand = order.younger(frame);
        }
        order.remove(frame);
    }

    @Override
    public void onAccess(int frame) {
        visits[frame] = visits[frame] == LOADED ? UNVISITED : VISITED;
    }

    @Override
    public int victim(Frames frames) {
        int frame = hand == PageList.END ? order.oldest() : hand;
        for (int step = 0; step < 2L * visits.length && frame != PageList.END; step++) {
            if (frames.evictable(frame)) {
                if (visits[frame] != VISITED) {
                    hand = frame; // it moves on when the frame is freed
                    return frame;
                }
                visits[frame] = UNVISITED;
            }
            int younger = order.younger(frame);
            frame = younger == PageList.END ? order.oldest() : younger;
        }
        return NONE;
    }

    @Override
    public void save(StateWriter out) {
        order.save(out);
        for (byte visit : visits) {
            out.writeInt(visit);
        }
        out.writeInt(hand);
    }

    @Override
    public void load(StateReader in) {
        order.load(in);
        for (int frame = 0; frame < visits.length; frame++) {
            visits[frame] = (byte) in.readInt();
        }
        hand = in.readInt();
    }

    @Override
    public String rule() {
        return "the first page from the hand on that was not accessed since it was"
                + " loaded or passed";
    }

    @Override
    public int hand() {
        return hand == PageList.END ? order.oldest() : hand;
    }

    @Override
    public int[] order() {
        return order.all();
    }

    /** 1 if the page was accessed since it was loaded or passed, else 0. */
    @Override
    public long remembered(int frame) {
        return visits[frame] == VISITED ? 1 : 0;
    }
}
