package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * First in, first out: the page that was loaded longest ago leaves. The order is that of loading; a
 * reference changes nothing. O(1) an eviction. Not a stack algorithm: more frames can mean more
 * faults (Belady, Nelson, Shedler, "An anomaly in space-time characteristics of certain programs
 * running in a paging machine", CACM 12(6), 1969).
 */
final class Fifo extends ReplacementPolicy {

    private final FrameList order;

    Fifo(int frames) {
        order = new FrameList(frames);
    }

    @Override
    public void loaded(int frame) {
        order.addYoungest(frame);
    }

    @Override
    public void freed(int frame) {
        order.remove(frame);
    }

    @Override
    public int victim(Frames frames) {
        return order.oldestEvictable(frames);
    }

    @Override
    public void save(StateWriter out) {
        order.save(out);
    }

    @Override
    public void load(StateReader in) {
        order.load(in);
    }
}
