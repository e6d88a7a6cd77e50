package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Least recently used: the page whose last access is longest ago leaves. Exact: every access
 * counts, TLB hits included. O(1) an access and an eviction. A stack algorithm (Mattson, Gecsei,
 * Slutz, Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970).
 */
final class Lru extends ReplacementPolicy {

    private final FrameList order;

    Lru(int frames) {
        order = new FrameList(frames);
    }

    @Override
    public boolean watchesReferences() {
        return true;
    }

    @Override
    public void referenced(int frame) {
        if (order.youngest() != frame) {
            order.remove(frame);
            order.addYoungest(frame);
        }
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
