package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.PageTables;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Is what a machine says of its memory never less than the truth, and not much more? */
@Tag("slow")
class FootprintTest {

    /** A machine says at most so much for each byte that it takes, */
    private static final double MOST = 2.5;

    /**
     * and at most so much where processes have ended, which count as if they still had handlers,
     */
    private static final double MOST_OF_ENDED = 6;

    /** beside what it says of processes that could have handlers and of objects that could be. */
    private static final long SPARE = 48 << 10;

    @TestFactory
    Stream<DynamicTest> everyKindSaysWhatItTakes() throws IOException, InterruptedException {
        Process measuring =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx400m",
                                "-XX:+UseSerialGC",
                                "-XX:MarkSweepDeadRatio=0", // a collection leaves nothing
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FootprintMeasurement.class.getName())
                        .redirectErrorStream(true)
                        .start();
        List<String> lines;
        try (var out = measuring.inputReader(UTF_8)) {
            lines = out.lines().toList();
        }
        assertThat(measuring.waitFor()).as("%s", lines).isZero();
        assertThat(lines).hasSizeGreaterThan(150);
        return lines.stream()
                .map(line -> DynamicTest.dynamicTest(line.replace('\t', ' '), () -> check(line)));
    }

    private static void check(String line) {
        String[] parts = line.split("\t", -1);
        long said = Long.parseLong(parts[1]);
        long measured = Long.parseLong(parts[2]);
        boolean ended = parts[0].endsWith(", left") || parts[0].endsWith(", ended");
        double most = ended ? MOST_OF_ENDED : MOST;
        assertThat(said).as("%s: said, of %d", parts[0], measured).isGreaterThanOrEqualTo(measured);
        assertThat((double) said)
                .as("%s: said, of %d", parts[0], measured)
                .isLessThanOrEqualTo(most * measured + SPARE);
    }

    /** What a table takes before it holds anything is known without one. */
    @TestFactory
    Stream<DynamicTest> emptyTables() {
        return Stream.of(Translation.Kind.values())
                .map(
                        kind ->
                                DynamicTest.dynamicTest(
                                        kind.toString(),
                                        () -> {
                                            MachineSpec spec = spec(kind);
                                            PageTables tables =
                                                    new PageTables(spec, new HostBudget(0));
                                            PageTable table = tables.newTable(Tasks.KERNEL);
                                            assertThat(tables.emptyBytes())
                                                    .isEqualTo(table.hostBytes());
                                        }));
    }

    private static MachineSpec spec(Translation.Kind kind) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 4096)
                        .with(MachineSpec.FRAMES, 100)
                        .with(MachineSpec.ADDRESS_BITS, 44)
                        .with(Translation.KIND, kind)
                        .with(SwapSpec.SLOTS, 0),
                Specs.BOUNDS);
    }
}
