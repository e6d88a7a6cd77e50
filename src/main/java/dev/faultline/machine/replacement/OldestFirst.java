package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A policy that keeps the frames in an order and takes the oldest; what makes one young differs.
 */
abstract class OldestFirst extends ReplacementPolicy {

    final PageList order;

    OldestFirst(int frames) {
        order = new PageList(frames);
    }

    @Override
    public final void onLoad(int frame) {
        order.addYoungest(frame);
    }

    @Override
    public final void onFree(int frame) {
        order.remove(frame);
    }

    @Override
    public int victim(Frames frames) {
        return order.oldestEvictable(frames);
    }

    @Override
    public int[] order() {
        return order.all();
    }

    @Override
    public final void save(StateWriter out) {
        order.save(out);
    }

    @Override
    public final void load(StateReader in) {
        order.load(in);
    }
}
