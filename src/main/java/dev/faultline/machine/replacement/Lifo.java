package dev.faultline.machine.replacement;

/**
 * Last in, first out: the page that was loaded last leaves. The order is that of loading; a
 * reference changes nothing, so that of a loop larger than memory all but one frame's pages stay.
 * O(1) an eviction. It is in courses and exams (GATE 2014 and 2016), seldom in systems.
 */
final class Lifo extends OldestFirst {

    Lifo(int frames) {
        super(frames);
    }

    @Override
    public int victim(Frames frames) {
        return order.youngestEvictable(frames);
    }

    @Override
    public String rule() {
        return "the page that was loaded last";
    }

    @Override
    public int[] order() {
        return order.youngestFirst();
    }
}
