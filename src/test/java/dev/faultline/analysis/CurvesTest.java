package dev.faultline.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Specs;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.Seeds;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceFileWriter;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The curves against the machine, against each other, and against their definitions. */
@Tag("slow")
class CurvesTest {

    private static final long PAGE = 4096;

    @TempDir Path folder;

    private StoredTrace store(AccessBlock block) throws IOException {
        Path file = folder.resolve(UUID.randomUUID().toString());
        try (TraceFileWriter writer = new TraceFileWriter(file)) {
            writer.write(block);
            return StoredTrace.open(writer.finish(), file);
        }
    }

    private StoredTrace pages(int... pages) throws IOException {
        AccessBlock block = new AccessBlock(StoredTrace.readingSpec(), pages.length);
        for (int page : pages) {
            block.add(Op.READ, page * PAGE);
        }
        return store(block);
    }

    /** Pages near each other and far jumps, as programs have them. */
    private static int[] random(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        int range = 2 + random.nextInt(60);
        int[] pages = new int[length];
        for (int i = 0; i < length; i++) {
            boolean near = i > 0 && random.nextInt(3) > 0;
            pages[i] = near ? pages[Math.max(0, i - 1 - random.nextInt(6))] : random.nextInt(range);
        }
        return pages;
    }

    private StoredTrace real(String name) throws IOException {
        MachineSpec spec = StoredTrace.readingSpec();
        AccessBlock all = new AccessBlock(spec, 1 << 16);
        try (InputStream packed = CurvesTest.class.getResourceAsStream("/traces/" + name);
                InputStream in = new GZIPInputStream(packed)) {
            TraceReader reader = TraceFormat.LACKEY.open(in, spec);
            AccessBlock block = new AccessBlock(spec, 8192);
            while (reader.read(block)) {
                all.append(block);
                block.clear();
            }
        }
        return store(all);
    }

    private static long faults(StoredTrace trace, String policy, int frames) {
        Sweep.Row row =
                Sweep.run(
                        trace,
                        new Machine(Specs.of(policy, frames)),
                        Integer.MAX_VALUE,
                        Progress.NONE);
        assertThat(row.failure()).isNull();
        return row.counters().get(Counter.PAGE_FAULTS);
    }

    /** A distance by its definition: the different pages since the last access to the same one. */
    @Seeds(40)
    void distancesAreThoseOfTheDefinition(long seed) throws IOException {
        int[] string = random(seed, 400);
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < string.length; i++) {
            int last = i - 1;
            while (last >= 0 && string[last] != string[i]) {
                last--;
            }
            if (last >= 0) {
                found.add((int) IntStream.of(string).skip(last).limit(i - last).distinct().count());
            }
        }
        ReuseDistances distances = ReuseDistances.of(pages(string), PAGE, Progress.NONE);
        assertThat(distances.pages()).isEqualTo((int) IntStream.of(string).distinct().count());
        for (int distance = 1; distance <= distances.pages(); distance++) {
            int wanted = distance;
            assertThat(distances.count(distance))
                    .isEqualTo(found.stream().filter(each -> each == wanted).count());
        }
    }

    /** Each point of a curve is what the machine counts in a run of its own. */
    @Seeds(30)
    void curvesEqualSingleRuns(long seed) throws IOException {
        StoredTrace trace = pages(random(seed, 500));
        ReuseDistances lru = ReuseDistances.of(trace, PAGE, Progress.NONE);
        OptimalFaults optimal = new OptimalFaults(trace, PAGE, 1000, Progress.NONE);
        for (int frames = 1; frames <= lru.pages() + 1; frames += 1 + frames / 4) {
            assertThat(lru.faults(frames)).isEqualTo(faults(trace, "lru", frames));
            assertThat(optimal.faults(frames, Progress.NONE))
                    .isEqualTo(faults(trace, "optimal", frames))
                    .isLessThanOrEqualTo(lru.faults(frames));
        }
    }

    /** LRU and OPT are stack algorithms: a curve never rises. */
    @Seeds(30)
    void curvesNeverRise(long seed) throws IOException {
        StoredTrace trace = pages(random(seed, 500));
        OptimalFaults optimal = new OptimalFaults(trace, PAGE, 1000, Progress.NONE);
        long[] lru =
                ReuseDistances.of(trace, PAGE, Progress.NONE)
                        .faults(IntStream.rangeClosed(1, 70).toArray());
        for (int frames = 2; frames <= 70; frames++) {
            assertThat(lru[frames - 1]).isLessThanOrEqualTo(lru[frames - 2]);
            assertThat(optimal.faults(frames, Progress.NONE))
                    .isLessThanOrEqualTo(optimal.faults(frames - 1, Progress.NONE));
        }
        assertThat(optimal.faults(70, Progress.NONE)).isEqualTo(optimal.pages());
    }

    /** Silberschatz's string: LRU 12 and optimal 9 in 3 frames. */
    @Test
    void thePublishedString() throws IOException {
        StoredTrace trace = pages(7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1);
        assertThat(ReuseDistances.of(trace, PAGE, Progress.NONE).faults(3)).isEqualTo(12);
        assertThat(new OptimalFaults(trace, PAGE, 100, Progress.NONE).faults(3, Progress.NONE))
                .isEqualTo(9);
    }

    /** The pages of the last so many accesses, counted for each access. */
    @Seeds(30)
    void workingSetsAreThoseOfTheDefinition(long seed) throws IOException {
        int[] windows = {1, 2, 3, 7, 20, 100, 399, 400, 1000};
        int[] string = random(seed, 400);
        WorkingSets sets = WorkingSets.of(pages(string), PAGE, windows, Progress.NONE);
        for (int i = 0; i < windows.length; i++) {
            long pages = 0;
            long faults = 0;
            for (int t = 0; t < string.length; t++) {
                int from = Math.max(0, t - windows[i] + 1);
                int[] window = IntStream.range(from, t + 1).map(at -> string[at]).toArray();
                pages += IntStream.of(window).distinct().count();
                int page = string[t];
                int before = Math.max(0, t - windows[i]);
                faults += IntStream.range(before, t).noneMatch(at -> string[at] == page) ? 1 : 0;
            }
            assertThat(sets.averagePages(i))
                    .isCloseTo((double) pages / string.length, within(1e-9));
            assertThat(sets.faults(i)).isEqualTo(faults);
        }
    }

    /** A sample comes near the whole, within four of its standard errors nearly everywhere. */
    @Test
    void aSampleComesNear() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int[] string = new int[400_000];
        for (int i = 0; i < string.length; i++) { // the smaller, the more often
            string[i] = (int) (4000 * Math.pow(random.nextDouble(), 3));
        }
        StoredTrace trace = pages(string);
        int[] frames = {50, 100, 200, 400, 800, 1600, 3200};
        ReuseDistances whole = ReuseDistances.of(trace, PAGE, Progress.NONE);
        SampledFaults sample = SampledFaults.of(trace, PAGE, frames, 0.1, Progress.NONE);
        assertThat((double) sample.sampled() / SampledFaults.SAMPLES / sample.accesses())
                .isBetween(0.05, 0.2);
        for (int i = 0; i < frames.length; i++) {
            double exact = (double) whole.faults(frames[i]) / whole.accesses();
            double allowed = 4 * sample.standardError(i) + 0.01;
            assertThat(sample.missRatio(i)).isCloseTo(exact, within(allowed));
            assertThat(sample.standardError(i)).isBetween(0.0, 0.1);
        }
        SampledFaults all = SampledFaults.of(trace, PAGE, frames, 1, Progress.NONE);
        assertThat(all.missRatio(3)).isEqualTo((double) whole.faults(400) / whole.accesses());
        assertThat(all.standardError(3)).isZero();
    }

    /** A real program: curve, sample and machine agree, accesses that cross pages included. */
    @Test
    void aRealTrace() throws IOException {
        StoredTrace trace = real("sort.lackey.gz");
        ReuseDistances lru = ReuseDistances.of(trace, PAGE, Progress.NONE);
        for (int frames : new int[] {16, 64, 200}) {
            assertThat(lru.faults(frames)).isEqualTo(faults(trace, "lru", frames));
        }
    }

    @Test
    void beladysAnomalyIsFound() throws IOException {
        StoredTrace trace = pages(1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5);
        List<Sweep.Row> rows = new ArrayList<>();
        for (String policy : List.of("fifo", "lru")) {
            for (int frames = 1; frames <= 5; frames++) {
                Machine machine = new Machine(Specs.of(policy, frames));
                rows.add(Sweep.run(trace, machine, 100, Progress.NONE));
            }
        }
        List<Sweep.Anomaly> found = Sweep.anomalies(rows, 100);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().fewer().spec().frames()).isEqualTo(3);
        assertThat(found.getFirst().more().spec().frames()).isEqualTo(4);
        assertThat(found.getFirst().more().counters().get(Counter.PAGE_FAULTS)).isEqualTo(10);
    }

    /** What cannot run says why, and what came before it is counted. */
    @Test
    void aRunThatFailsSaysWhy() throws IOException {
        AccessBlock block = new AccessBlock(StoredTrace.readingSpec(), 4);
        block.add(Op.READ, 0);
        block.add(Op.READ, 1L << 50);
        Sweep.Row beyond =
                Sweep.run(store(block), new Machine(Specs.of("lru", 4)), 100, Progress.NONE);
        assertThat(beyond.failure()).contains("access 1").contains("0x4000000000000");
        assertThat(beyond.counters().get(Counter.ACCESSES)).isEqualTo(1);
        Sweep.Row unknown =
                Sweep.run(pages(1, 2, 3), new Machine(Specs.of("optimal", 4)), 2, Progress.NONE);
        assertThat(unknown.failure()).contains("at most 2 accesses");
    }
}
