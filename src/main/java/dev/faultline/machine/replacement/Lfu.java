package dev.faultline.machine.replacement;

/**
 * Least frequently used: the page with fewest accesses since it was loaded leaves; of several, the
 * one whose last access is longest ago. What was evicted is forgotten with its count.
 */
final class Lfu extends ByFrequency {

    Lfu(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        return leastUsed(frames);
    }

    @Override
    public String rule() {
        return "the page with the fewest accesses since it was loaded; among equals, the"
                + " least recently used";
    }
}
