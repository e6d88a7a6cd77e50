package dev.faultline.machine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.LongStream;

/** Processes and segments that are in memory whole, against {@link RandomSegments}' flat model. */
class SegmentsTest {

    private static final int STEPS = 250;

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
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
