package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.faultline.machine.Specs;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;

/** Traces in files: what goes in comes out, in every format that has words for it. */
class StoredTraceTest {

    private static final MachineSpec SPEC = StoredTrace.readingSpec();

    @TempDir Path folder;

    private StoredTrace store(TraceReader reader) throws IOException {
        Path file = folder.resolve(UUID.randomUUID().toString());
        try (TraceFileWriter writer = new TraceFileWriter(file)) {
            AccessBlock block = new AccessBlock(SPEC, 100);
            while (reader.read(block)) {
                writer.write(block);
                block.clear();
            }
            return StoredTrace.open(writer.finish(), file);
        }
    }

    private StoredTrace store(TraceFormat format, byte[] text) throws IOException {
        MachineSpec spec = StoredTrace.readingSpec(format, 4096);
        return store(format.open(new ByteArrayInputStream(text), spec));
    }

    private static byte[] export(StoredTrace trace, TraceFormat format) throws IOException {
        return export(trace, format, format.mediaType());
    }

    private static byte[] export(StoredTrace trace, TraceFormat format, String mediaType)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.write(trace, mediaType, 4096, out);
        return out.toByteArray();
    }

    private static List<String> accesses(StoredTrace trace) {
        List<String> all = new ArrayList<>();
        TraceCursor cursor = trace.cursor();
        for (long i = 0; i < trace.count(); i++) {
            all.add(cursor.op(i) + " " + cursor.address(i) + " " + cursor.size(i));
        }
        return all;
    }

    /** Random accesses of the first so many operations; sizes are of those that JSON has, or 1. */
    private StoredTrace random(long seed, boolean sized, boolean ticks, int ops)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        AccessBlock block = new AccessBlock(SPEC, 1000);
        for (int i = 0; i < 1000; i++) {
            if (ticks && random.nextInt(9) == 0) {
                block.addTick();
                continue;
            }
            long address = random.nextLong(1L << (1 + random.nextInt(40)));
            block.addSpan(random.nextInt(ops), address, sized ? 1 << random.nextInt(4) : 1);
        }
        Path file = folder.resolve(UUID.randomUUID().toString());
        try (TraceFileWriter writer = new TraceFileWriter(file)) {
            writer.write(block);
            return StoredTrace.open(writer.finish(), file);
        }
    }

    /** A media type; whether it keeps sizes and ticks; and how many of the operations it knows. */
    static Stream<Arguments> losslessFormats() {
        return Stream.of(
                Arguments.of("text/x-lackey", true, false, 3),
                Arguments.of("text/x-dinero", false, false, 3),
                Arguments.of("text/x-dinero;version=4", true, false, 3),
                Arguments.of("text/x-pinatrace", true, false, 2),
                Arguments.of("text/x-address", false, false, 2),
                Arguments.of("text/x-address;radix=10", false, false, 2),
                Arguments.of("text/x-ucsd", false, false, 2),
                Arguments.of("application/octet-stream", false, true, 3),
                Arguments.of("application/x-ndjson", true, true, 3),
                Arguments.of("application/json", false, true, 3));
    }

    /** Exported and stored again, a trace has the same name: nothing was lost. */
    @Seeds(value = 20, of = "losslessFormats")
    void nothingIsLost(String mediaType, boolean sizes, boolean ticks, int ops, long seed)
            throws IOException {
        TraceFormat format = Objects.requireNonNull(TraceFormat.ofMediaType(mediaType));
        MachineSpec spec = StoredTrace.readingSpec(format, 4096);
        StoredTrace trace = random(seed, sizes && seed % 2 == 0, ticks && seed % 4 < 2, ops);
        byte[] text = export(trace, format, mediaType);
        InputStream in = new ByteArrayInputStream(text);
        StoredTrace again = store(format.open(in, spec, false, mediaType));
        assertThat(accesses(again)).isEqualTo(accesses(trace));
        assertThat(again.id()).isEqualTo(trace.id());
        assertThat(again.accesses() + again.count(Op.TICK)).isEqualTo(1000);
        assertThat(again.count(Op.TICK)).isEqualTo(trace.count(Op.TICK));
        assertThat(again.lowest()).isEqualTo(trace.lowest());
        assertThat(again.count(Op.WRITE)).isEqualTo(trace.count(Op.WRITE));
        assertThat(again.highest()).isEqualTo(trace.highest());
    }

    /** Those of page numbers keep the pages, and the textbooks' strings the ticks. */
    @ParameterizedTest
    @EnumSource(names = {"PAGES", "OSTEP", "LIBCACHESIM", "LIBCACHESIM_CSV"})
    void pagesAreKept(TraceFormat format) throws IOException {
        StoredTrace trace = random(3, false, true, 3);
        StoredTrace again = store(format, export(trace, format));
        boolean ticks = format == TraceFormat.PAGES;
        assertThat(again.accesses()).isEqualTo(trace.accesses());
        assertThat(again.count(Op.TICK)).isEqualTo(ticks ? trace.count(Op.TICK) : 0);
        long next = 0;
        for (long i = 0; i < trace.count(); i++) {
            TraceCursor before = trace.cursor();
            TraceCursor after = again.cursor();
            if (ticks || before.op(i) != Op.TICK) {
                assertThat(after.address(next)).isEqualTo(before.address(i) & -4096L);
                assertThat(after.op(next) == Op.TICK).isEqualTo(before.op(i) == Op.TICK);
                next++;
            }
        }
    }

    /** What has no word for a tick writes the accesses without it. */
    @ParameterizedTest
    @EnumSource(
            names = {"LACKEY", "DINERO", "PINATRACE", "ADDRESS", "UCSD", "OSTEP", "LIBCACHESIM"})
    void ticksAreLeftOut(TraceFormat format) throws IOException {
        StoredTrace ticked = store(TraceFormat.PAGES, "T 1 T 2 T".getBytes(US_ASCII));
        StoredTrace plain = store(TraceFormat.PAGES, "1 2".getBytes(US_ASCII));
        assertThat(export(ticked, format)).isEqualTo(export(plain, format));
        assertThat(ticked.id()).isNotEqualTo(plain.id());
        assertThat(ticked.lowest()).isEqualTo(plain.lowest()).isEqualTo(4096);
    }

    @Test
    void aTraceMayBeOfTicksAlone() throws IOException {
        StoredTrace ticks = store(TraceFormat.PAGES, "T T".getBytes(US_ASCII));
        assertThat(ticks.count()).isEqualTo(2);
        assertThat(ticks.accesses()).isZero();
        assertThat(ticks.lowest()).isEqualTo(ticks.highest()).isZero();
    }

    @Test
    void aLabsInputHasAProcessWithOneArea() throws IOException {
        StoredTrace trace = store(TraceFormat.DINERO, "0 1004\n1 3000\n2 0\n".getBytes(US_ASCII));
        assertThat(new String(export(trace, TraceFormat.NYU_MMU), US_ASCII))
                .isEqualTo("1\n1\n0 3 0 0\nc 0\nr 1\nw 3\nr 0\n");
        assertThat(new String(export(trace, TraceFormat.UCSD), US_ASCII))
                .isEqualTo("l 0x00001004 0\ns 0x00003000 0\nl 0x00000000 0\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-a 3,1,4|3 1 4",
                "--addresses=3,1|3 1",
                "-a=3|3",
                "3,1|3 1",
            })
    void ostepsLists(String text, String wanted) throws IOException {
        StoredTrace trace = store(TraceFormat.OSTEP, text.getBytes(US_ASCII));
        List<String> pages = new ArrayList<>();
        for (long i = 0; i < trace.count(); i++) {
            pages.add(Long.toString(trace.cursor().address(i) >> 12));
        }
        assertThat(String.join(" ", pages)).isEqualTo(wanted);
        assertThatThrownBy(() -> store(TraceFormat.OSTEP, "1,-a 2".getBytes(US_ASCII)))
                .hasMessageContaining("line 1: expected a page number");
    }

    /** The columns are called as libCacheSim calls them. */
    @Test
    void columnsOfTheCsv() throws IOException {
        byte[] csv = "time,op,size,x,id\n1,get,4096,a,7\n2,get,512,b,9\n".getBytes(US_ASCII);
        TraceReader reader =
                TraceFormat.LIBCACHESIM_CSV.open(
                        new ByteArrayInputStream(csv),
                        StoredTrace.readingSpec(TraceFormat.LIBCACHESIM_CSV, 4096),
                        false,
                        "text/csv; time-col=1; obj-id-col=5; has-header=true");
        StoredTrace trace = store(reader);
        assertThat(accesses(trace)).containsExactly("0 28672 1", "0 36864 1");
        assertThatThrownBy(
                        () ->
                                TraceFormat.LIBCACHESIM_CSV.open(
                                        new ByteArrayInputStream(csv),
                                        SPEC,
                                        false,
                                        "text/csv;obj-id-col=0"))
                .hasMessageContaining("obj-id-col must be from 1");
        assertThatThrownBy(() -> store(TraceFormat.LIBCACHESIM_CSV, "1,2\n3\n".getBytes(US_ASCII)))
                .hasMessageContaining("line 2: expected an object number in column 2");
    }

    /** Accesses that cross pages are split by the page size of the machine, not of the file. */
    @Test
    void anAccessIsSplitWhereItRuns() throws IOException {
        StoredTrace trace = store(TraceFormat.LACKEY, " L 0ff8,16\n".getBytes(US_ASCII));
        assertThat(accesses(trace)).containsExactly("0 4088 16");
        AccessBlock block = new AccessBlock(Specs.of("lru", 2), 10);
        assertThat(trace.reader().read(block)).isTrue();
        assertThat(block.count()).isEqualTo(2);
    }

    @Test
    void whatIsNoTraceIsNotOpened() throws IOException {
        Path file = folder.resolve("x");
        Files.write(file, new byte[100]);
        assertThatThrownBy(() -> StoredTrace.open("x", file))
                .isInstanceOf(StoredTraceException.class);
    }
}
