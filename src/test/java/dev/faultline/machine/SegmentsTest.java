package dev.faultline.machine;

import dev.faultline.testing.Seeds;

/** Processes and segments that are in memory whole, against {@link RandomSegments}' flat model. */
class SegmentsTest {

    private static final int STEPS = 250;

    @Seeds(400)
    void aProcessSeesItsBytesWhereverTheyAre(long seed) {
        RandomSegments random = new RandomSegments(seed);
        for (int step = 0; step < STEPS; step++) {
            random.step();
            Laws.check(random.machine());
            random.witness().checkClone();
        }
        Laws.checkMapsAreCounted(random.machine());
        random.checkAll();
        random.witness().checkReplay();
    }
}
