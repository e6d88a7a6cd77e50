package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Page faults as other people's programs count them. Four of the traces that come with Jiang's
 * programs are made by rule, and are made here; the others are read where a property says.
 *
 * <p>His programs pass over an access to the page of the access before, so that is done to every
 * trace here.
 */
@Tag("slow")
class AuthorsCountsTest {

    /** The directory with {@code ps.trace.gz} and the others. */
    private static final String DIRECTORY = "faultline.jiang-traces";

    private static int[] trace(String name) {
        return switch (name) {
            case "course" -> IntStream.range(0, 25 * 20).map(i -> i % 25).toArray();
            case "loop" -> IntStream.range(0, 505_500).map(i -> i % 1011).toArray();
            case "scan" -> IntStream.range(0, 50_025).map(i -> i % 2001).toArray();
            case "zigzag" -> IntStream.range(0, 52_001).map(i -> zigzag(i % 4000)).toArray();
            case "backf" -> IntStream.range(0, 9000).map(AuthorsCountsTest::backf).toArray();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static int zigzag(int place) {
        return Math.min(place, 4000 - place);
    }

    /** Up and down 750 pages; the very first is one by itself. */
    private static int backf(int access) {
        int place = access % 750;
        return access == 0 ? 10_000 : access / 750 % 2 == 0 ? place : 749 - place;
    }

    private static int[] withoutRepeats(int[] pages) {
        return IntStream.range(0, pages.length)
                .filter(i -> i == 0 || pages[i] != pages[i - 1])
                .map(i -> pages[i])
                .toArray();
    }

    /**
     * clock-pro.c, with ADAPTIVE_COLD_ALLOC and MAX_COLD_ALLOC_RATE 95; on the course's loop, on
     * loop and on scan it counts the same as it comes, without them.
     */
    @ParameterizedTest
    @CsvSource({
        "course, 10, 348",
        "loop, 20, 496518",
        "loop, 100, 458095",
        "loop, 500, 268475",
        "loop, 900, 78855",
        "scan, 100, 47745",
        "scan, 500, 38625",
        "scan, 1000, 27225",
        "scan, 1500, 15825",
        "scan, 1900, 6705",
        "zigzag, 100, 51901",
        "zigzag, 500, 51401",
        "zigzag, 1000, 45124",
        "zigzag, 1500, 28486",
        "zigzag, 1900, 7331",
        "backf, 10, 8978",
        "backf, 50, 8978",
        "backf, 100, 8945",
        "backf, 200, 8890",
        "backf, 400, 7510"
    })
    void clockProIsJiangs(String trace, int frames, long faults) {
        assertThat(faults(SpecValues.of(PolicySpec.POLICY, "clock-pro"), frames, trace(trace)))
                .isEqualTo(faults);
    }

    /** lirs.c, with LOWEST_HG_NUM 1, since the paper has one frame in a hundred for HIR pages. */
    @ParameterizedTest
    @CsvSource({
        "course, 10, 329",
        "loop, 20, 496019",
        "loop, 256, 378754",
        "loop, 900, 60891",
        "scan, 100, 47649",
        "scan, 500, 38145",
        "scan, 1000, 26265",
        "scan, 1500, 14385",
        "scan, 1900, 4881",
        "zigzag, 100, 52001",
        "zigzag, 500, 51901",
        "zigzag, 1000, 51776",
        "zigzag, 1500, 27002",
        "zigzag, 1900, 7002",
        "backf, 10, 8989",
        "backf, 50, 8989",
        "backf, 100, 8989",
        "backf, 200, 8978",
        "backf, 400, 8429"
    })
    void lirsWithoutBoundIsJiangs(String trace, int frames, long faults) {
        assertThat(faults(Specs.remembering("lirs", Parameters.UNBOUNDED), frames, trace(trace)))
                .isEqualTo(faults);
    }

    /**
     * The simulator of Caffeine (policies adaptive.Arc, adaptive.Car, two-queue.TwoQueue, S3Fifo).
     */
    @ParameterizedTest
    @CsvSource({
        "arc, zigzag, 100, 49636",
        "arc, zigzag, 500, 40036",
        "arc, zigzag, 1000, 28025",
        "arc, zigzag, 1500, 15026",
        "arc, zigzag, 1900, 4626",
        "car, zigzag, 100, 49625",
        "car, zigzag, 500, 40025",
        "car, zigzag, 1500, 27524",
        "car, zigzag, 1900, 27116",
        "2q, scan, 1500, 22201",
        "2q, scan, 1900, 8015",
        "2q, zigzag, 1500, 18024",
        "2q, zigzag, 1900, 6740",
        "s3-fifo, scan, 1500, 22491",
        "s3-fifo, scan, 1900, 9204",
        "s3-fifo, zigzag, 100, 51661",
        "s3-fifo, zigzag, 500, 50301",
        "s3-fifo, zigzag, 1000, 47680",
        "s3-fifo, zigzag, 1500, 25067",
        "s3-fifo, zigzag, 1900, 9222"
    })
    void othersAreCaffeines(String policy, String trace, int frames, long faults) {
        assertThat(faults(SpecValues.of(PolicySpec.POLICY, policy), frames, trace(trace)))
                .isEqualTo(faults);
    }

    /** LRUK.py of igorcanadi/lru-k, where of equals the least recently used page leaves. */
    @ParameterizedTest
    @CsvSource({
        "2, backf, 50, 8940",
        "3, backf, 50, 8450",
        "2, backf, 200, 8790",
        "3, backf, 200, 6800",
        "2, backf, 400, 8590",
        "3, backf, 400, 4600",
        "2, zigzag, 100, 51902",
        "3, zigzag, 100, 49526",
        "2, zigzag, 500, 51502",
        "3, zigzag, 500, 39526"
    })
    void lruKIsAnothers(long k, String trace, int frames, long faults) {
        assertThat(faults(Specs.remembering("lru-k", k, 2000L), frames, trace(trace)))
                .isEqualTo(faults);
    }

    /** The traces of real programs, and both of Jiang's programs. */
    @Test
    @EnabledIfSystemProperty(named = DIRECTORY, matches = ".+")
    void realTracesAreCountedAsJiangCounts() throws IOException {
        for (String[] row : rows()) {
            int[] pages = read(row[0]);
            int frames = Integer.parseInt(row[1]);
            assertThat(faults(SpecValues.of(PolicySpec.POLICY, "clock-pro"), frames, pages))
                    .as("clock-pro, %s in %d", row[0], frames)
                    .isEqualTo(Long.parseLong(row[2]));
            assertThat(faults(Specs.remembering("lirs", Parameters.UNBOUNDED), frames, pages))
                    .as("lirs, %s in %d", row[0], frames)
                    .isEqualTo(Long.parseLong(row[3]));
        }
    }

    /** What the bound costs: Jiang's count of ps in 100 frames is 7,263. */
    @Test
    @EnabledIfSystemProperty(named = DIRECTORY, matches = ".+")
    void aBoundCostsFaults() throws IOException {
        assertThat(faults(SpecValues.of(PolicySpec.POLICY, "lirs"), 100, read("ps")))
                .isEqualTo(8532);
        assertThat(faults(Specs.remembering("lirs", Parameters.UNBOUNDED), 100, read("ps")))
                .isEqualTo(7263);
    }

    private static List<String[]> rows() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/counts/jiang.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", -1))
                .toList();
    }

    private static int[] read(String name) throws IOException {
        Path file = Path.of(System.getProperty(DIRECTORY), name + ".trace.gz");
        try (GZIPInputStream unpacked = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(unpacked.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.equals("*"))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }
    }

    private static long faults(SpecValues policy, int frames, int[] pages) {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 64)
                                .with(MachineSpec.FRAMES, frames)
                                .with(MachineSpec.ADDRESS_BITS, 32)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .with(TlbSpec.ENTRIES, 16)
                                .with(TlbSpec.TAGGED, true)
                                .with(policy)
                                .with(SwapSpec.SLOTS, 16),
                        Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        int[] counted = withoutRepeats(pages);
        int step = 10_000;
        for (int from = 0; from < counted.length; from += step) {
            int to = Math.min(counted.length, from + step);
            Specs.readPages(machine, 1, Arrays.copyOfRange(counted, from, to));
        }
        assertThat(machine.counters().get(Counter.SIGNALS)).isZero();
        return machine.counters().get(Counter.PAGE_FAULTS);
    }
}
