package dev.faultline.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Reason;
import dev.faultline.history.History;
import dev.faultline.history.PackedSteps;
import dev.faultline.history.Packing;
import dev.faultline.history.Step;
import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostingException;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Hosts;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Refusal;
import dev.faultline.hosting.TraceSettings;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Exports that were tampered with, most of them by somebody who signs the lines anew: each is read,
 * or refused in the reader's own words; nothing is left of what is refused, and what is read costs
 * no more memory than a machine and a multiple of what was sent. {@code -Dfaultline.exports=n} is
 * how many are tampered with.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportReaderTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final int FILES = Integer.getInteger("faultline.exports", 25_000);
    private static final Pattern PACKED =
            Pattern.compile("(\"(?:steps|saved|programs)\":\")([A-Za-z0-9+/=]*)\"");
    private static final Pattern NUMBER = Pattern.compile("(?<=[:\\[,])-?\\d+(?=[,}\\]])");
    private static final List<String> NUMBERS =
            List.of(
                    "0",
                    "-1",
                    "1",
                    "2",
                    "255",
                    "65536",
                    "2147483647",
                    "2147483648",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "9223372036854775808",
                    "1.5",
                    "1e400",
                    "null",
                    "\"7\"",
                    "[]",
                    "{}",
                    "true");

    /** What is said where nothing better is known. */
    private static final String NO_WORDS = "no machine obeys this";

    /** Bytes that a machine within the bounds, and a reader, may take. */
    private static final long MACHINE_BYTES = 32 << 20;

    private final Map<String, Object> settings =
            Map.of(
                    "faultline.hosting.frames", 256,
                    "faultline.hosting.swap-slots", 1024,
                    "faultline.hosting.tlb-entries", 256,
                    "faultline.history.import-bytes", 1 << 20,
                    "faultline.history.import-accesses", 100_000);
    private final Binder binder = new Binder(new MapConfigurationPropertySource(settings));
    private final HistorySettings history =
            binder.bindOrCreate("faultline.history", HistorySettings.class);
    private final HostingSettings hosting =
            binder.bindOrCreate("faultline.hosting", HostingSettings.class);
    private final MachineHost host = Hosts.of(settings);
    private final JsonMapper mapper = StrictJson.mapper();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<byte[]> exports = new ArrayList<>();
    private TraceStore traces;

    @BeforeAll
    void read(@TempDir Path folder) throws IOException {
        traces = new TraceStore(new TraceSettings(folder.toString(), 1 << 20), Hosts.NO_QUOTAS);
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                exports.add(Files.readAllBytes(file));
            }
        }
    }

    private HostedMachine make(byte[] export) {
        return make(export, host);
    }

    private HostedMachine make(byte[] export, MachineHost host) {
        return make(export, host, history);
    }

    private HostedMachine make(byte[] export, MachineHost host, HistorySettings history) {
        ImportReader reader =
                new ImportReader(
                        Caller.LOCAL,
                        new ByteArrayInputStream(export),
                        history,
                        hosting.bounds(),
                        traces,
                        host,
                        mapper);
        return reader.make(null);
    }

    @Seeds(0)
    void whatWasTamperedWithIsReadOrRefused(long seed) {
        long free = host.reserve(Owner.LOCAL).free();
        long made = 0;
        for (long file = 0; file < FILES; file++) {
            SplittableRandom random = new SplittableRandom((seed << 32) + file);
            byte[] export = tamper(exports.get(random.nextInt(exports.size())), random);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                HostedMachine machine = make(export);
                host.delete(machine, any -> true);
                made++;
            } catch (Refusal e) {
                assertThat(e).hasMessageNotContaining(NO_WORDS);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("file " + file, e);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes for file %d, which has %d", file, export.length)
                    .isLessThan(MACHINE_BYTES + 100L * export.length);
            assertThat(host.list(Caller.LOCAL, null)).isEmpty();
        }
        assertThat(made).as("most tampering is found").isBetween(FILES / 100L, FILES / 10L);
        assertThat(host.reserve(Owner.LOCAL).free()).as("the server's memory").isEqualTo(free);
    }

    private MachineHost hostWith(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(more);
        return Hosts.of(all);
    }

    /** Rewinds in an export lead further back than the history may once it is read. */
    @Test
    void whatIsReadMayBeLongerThanWhatIsKept() {
        MachineHost forgetful =
                hostWith(
                        Map.of("faultline.history.versions", 1, "faultline.history.bytes", 20_000));
        for (byte[] export : exports) {
            HostedMachine made = make(export, forgetful);
            History history = made.history();
            assertThat(history.oldest()).isGreaterThanOrEqualTo(history.present() - 1);
            assertThat(history.hostBytes()).isLessThanOrEqualTo(20_000);
            forgetful.delete(made, any -> true);
        }
    }

    /** An export is not garbled because the server is full. */
    @Test
    void whatHasNoRoomIsRefusedAsThat() {
        int made = 0;
        int full = 0;
        for (int bytes = 1 << 16; bytes < 1 << 22; bytes += bytes / 8) {
            MachineHost small = hostWith(Map.of("faultline.hosting.total-bytes", bytes));
            try {
                HostedMachine machine = make(exports.getFirst(), small);
                small.delete(machine, any -> true);
                made++;
            } catch (HostingException e) {
                assertThat(e.reason()).isEqualTo(HostingException.Reason.SERVER_FULL);
                full++;
            }
            assertThat(small.reserve(Owner.LOCAL).free()).isEqualTo(bytes);
        }
        assertThat(made).isPositive();
        assertThat(full).isPositive();
    }

    /** An export whose second line has these bytes for its steps. */
    private byte[] withSteps(Consumer<StateWriter> steps) {
        List<String> lines = unsigned(exports.getFirst());
        String packed = Base64.getEncoder().encodeToString(PackedSteps.pack(steps));
        lines.set(1, PACKED.matcher(lines.get(1)).replaceAll("$1" + packed + "\""));
        return signed(lines);
    }

    private static void accesses(long claimed, int there, StateWriter out) {
        out.writeNumber(1); // a command was obeyed
        out.writeNumber(numberOf(Command.Access.class));
        out.writeNumber(1); // its process
        out.writeNumber(1);
        out.writeNumber(2); // its accesses
        out.writeNumber(claimed);
        out.writeNumber(0); // which have nothing but an operation and an address
        out.write(new byte[there], there);
    }

    private static int numberOf(Class<?> kind) {
        return Objects.requireNonNull(kind.getAnnotation(Numbered.class)).value();
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 24, 1_000_000_000, Long.MAX_VALUE, -1})
    void aLineThatClaimsManyAccessesCostsWhatItHas(long claimed) {
        byte[] export = withSteps(out -> accesses(claimed, 100, out));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> make(export))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.GARBLED_EXPORT));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MACHINE_BYTES);
    }

    @Test
    void aSmallFileThatUnpacksToALargeOneIsRefused() {
        byte[] bomb = withSteps(out -> accesses(1 << 24, 1 << 24, out));
        assertThat(bomb.length).isLessThan(1 << 16);
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> make(bomb))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.BODY_TOO_LARGE));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .isLessThan(MACHINE_BYTES + 64 * history.importBytes());
    }

    /** Exports that are short once they are packed, and would take hundreds of megabytes. */
    private Stream<Named<byte[]>> thatTakeMuch() {
        String many = "[" + "[],".repeat(8_000_000) + "[]]";
        List<String> commands = unsigned(exports.getFirst());
        commands.set(
                1, commands.get(1).replaceFirst("\"commands\":.", "\"commands\":[" + many + ","));
        List<String> spec = unsigned(exports.getFirst());
        spec.set(0, spec.get(0).replace("\"spec\":{", "\"spec\":{\"labels\":" + many + ","));
        return Stream.of(
                Named.of("a line", signed(List.of("{" + " ".repeat(64 << 20) + "}"))),
                Named.of("commands", signed(commands)),
                Named.of("a spec", signed(spec)),
                Named.of("a block", withSteps(out -> accesses(1 << 24, 1 << 24, out))));
    }

    @ParameterizedTest
    @MethodSource("thatTakeMuch")
    void whatReadingTakesIsCounted(byte[] export) {
        HistorySettings large = new HistorySettings(1 << 20, 100, 1 << 28, 1 << 28);
        int bytes = 24 << 20;
        MachineHost small = hostWith(Map.of("faultline.hosting.total-bytes", bytes));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> make(export, small, large))
                .isInstanceOfSatisfying(
                        HostingException.class,
                        e -> assertThat(e.reason()).isEqualTo(HostingException.Reason.SERVER_FULL));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .isLessThan(MACHINE_BYTES + bytes);
        assertThat(small.reserve(Owner.LOCAL).free()).isEqualTo(bytes);
    }

    /** What is for readers takes no more than the line that it stands in. */
    @Test
    void commandsArePassedOver() {
        List<String> lines = unsigned(exports.getFirst());
        String many = "{},".repeat(100_000);
        lines.set(1, lines.get(1).replace("\"commands\":[", "\"commands\":[" + many));
        byte[] export = signed(lines);
        long before = threads.getCurrentThreadAllocatedBytes();
        host.delete(make(export), any -> true);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MACHINE_BYTES);
    }

    @Test
    void nothingMayFollowTheLastLine() {
        byte[] export = Arrays.copyOf(exports.getFirst(), exports.getFirst().length + 1);
        export[export.length - 1] = '{';
        assertThatThrownBy(() -> make(export))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.GARBLED_EXPORT));
    }

    @Test
    void aShortLineThatRunsForEverIsRefused() {
        Step step =
                new Step.Obeyed(
                        new Command.Run(null, null, null, 0, Long.MAX_VALUE),
                        List.of(Long.MAX_VALUE));
        byte[] export =
                withSteps(
                        out -> {
                            step.write(out);
                            out.writeNumber(0);
                        });
        assertThatThrownBy(() -> make(export))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.BODY_TOO_LARGE))
                .hasMessageContaining("accesses");
    }

    /** The lines of an export without their sums. */
    private static List<String> unsigned(byte[] export) {
        List<String> lines =
                new ArrayList<>(new String(export, StandardCharsets.UTF_8).lines().toList());
        lines.replaceAll(line -> line.replaceAll(",\"check\":\"[0-9a-f]{8}\"}$", "}"));
        return lines;
    }

    /** Lines with their sums, as somebody writes them who means it. */
    private static byte[] signed(List<String> lines) {
        CheckedLines checked = new CheckedLines();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (String line : lines) {
                byte[] object = line.getBytes(StandardCharsets.UTF_8);
                try (OutputStream written = checked.line(out)) {
                    written.write(object, 0, object.length - 1);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] tamper(byte[] export, SplittableRandom random) {
        List<String> lines = unsigned(export);
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            switch (random.nextInt(12)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(at, line);
                case 2 -> lines.set(at, lines.set(random.nextInt(lines.size()), line));
                case 3 -> lines.set(at, number(line, random));
                case 4 ->
                        lines.set(
                                at,
                                new String(
                                                bytes(
                                                        line.getBytes(StandardCharsets.UTF_8),
                                                        random),
                                                StandardCharsets.UTF_8)
                                        .replace("\n", ""));
                case 5 ->
                        lines.set(
                                at, splice(line, lines.get(random.nextInt(lines.size())), random));
                default -> lines.set(at, packed(line, random));
            }
            lines.removeIf(String::isEmpty);
            if (lines.isEmpty()) {
                lines.add("{}");
            }
        }
        byte[] signed = signed(lines);
        return random.nextInt(10) > 0 ? signed : bytes(signed, random);
    }

    private static String number(String line, SplittableRandom random) {
        Matcher matcher = NUMBER.matcher(line);
        int all = (int) NUMBER.matcher(line).results().count();
        if (all == 0) {
            return line;
        }
        int which = random.nextInt(all);
        for (int i = 0; i <= which; i++) {
            matcher.find();
        }
        return line.substring(0, matcher.start())
                + NUMBERS.get(random.nextInt(NUMBERS.size()))
                + line.substring(matcher.end());
    }

    private static String splice(String line, String other, SplittableRandom random) {
        int from = random.nextInt(line.length() + 1);
        int to = random.nextInt(other.length() + 1);
        return line.substring(0, from) + other.substring(to);
    }

    /** What is packed in a line, unpacked, tampered with and packed again. */
    private static String packed(String line, SplittableRandom random) {
        return PACKED.matcher(line)
                .replaceAll(found -> found.group(1) + repacked(found.group(2), random) + "\"");
    }

    private static String repacked(String text, SplittableRandom random) {
        try (InputStream in =
                Packing.unpacking(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            byte[] changed = bytes(in.readAllBytes(), random);
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = Packing.packing(packed)) {
                out.write(changed);
            }
            return Base64.getEncoder().encodeToString(packed.toByteArray());
        } catch (IOException | IllegalArgumentException e) {
            return text; // what was tampered with before
        }
    }

    /** Some of the bytes changed, left out, repeated or made up. */
    private static byte[] bytes(byte[] all, SplittableRandom random) {
        byte[] changed = all.clone();
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && changed.length > 0; i++) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(6)) {
                case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> changed[at] = (byte) random.nextInt(256);
                case 2 -> changed[at] = (byte) 0xFF;
                case 3 -> changed[at] += (byte) (random.nextBoolean() ? 2 : -2);
                case 4 -> changed = Arrays.copyOf(changed, at);
                default -> {
                    byte[] longer = new byte[changed.length + 1 + random.nextInt(9)];
                    System.arraycopy(changed, 0, longer, 0, at);
                    Arrays.fill(
                            longer,
                            at,
                            at + longer.length - changed.length,
                            random.nextBoolean() ? (byte) 0xFF : changed[at]);
                    System.arraycopy(
                            changed,
                            at,
                            longer,
                            at + longer.length - changed.length,
                            changed.length - at);
                    changed = longer;
                }
            }
        }
        return changed;
    }
}
