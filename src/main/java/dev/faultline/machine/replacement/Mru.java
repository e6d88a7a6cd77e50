package dev.faultline.machine.replacement;

/**
 * Most recently used: the page whose last access was last leaves. Best for a loop that is larger
 * than memory (Chou and DeWitt, "An evaluation of buffer management strategies", VLDB 1985). Exact,
 * O(1) an access and an eviction.
 */
final class Mru extends ByRecency {

    Mru(int frames) {
        super(frames);
    }

    @Override
    public int victim(Frames frames) {
        return order.youngestEvictable(frames);
    }

    @Override
    public String rule() {
        return "the page whose last access was last";
    }

    @Override
    public int[] order() {
        return order.youngestFirst();
    }
}
