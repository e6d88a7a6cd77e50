package dev.faultline.machine.replacement;

/**
 * Most frequently used: the page with most accesses since it was loaded leaves, for one with few
 * has probably just come; if there are several, the one whose last access is longest ago.
 */
final class Mfu extends ByFrequency {

    Mfu(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        return mostUsed(frames);
    }

    @Override
    public String rule() {
        return "the page with the most accesses since it was loaded; among equals, the"
                + " least recently used";
    }
}
