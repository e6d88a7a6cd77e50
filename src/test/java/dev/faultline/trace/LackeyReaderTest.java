package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.faultline.machine.protocol.AccessBlock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

class LackeyReaderTest {

    private static final String GOOD = "I  04016b80,3\n";
    private static final String GIVEN = "execute 0x4016b80";

    @Test
    void readsWhatValgrindPrints() {
        wide("==12== Lackey\n==12== \nI  04016b80,3\n S 1ffefff8e8,8\n L 1FFEFFF8E0,8\n M 0421c7cc,4\n")
                .gives(
                        "execute 0x4016b80",
                        "write 0x1ffefff8e8",
                        "read 0x1ffefff8e0",
                        "read 0x421c7cc",
                        "write 0x421c7cc");
    }

    /** With -v, with --trace-superblocks=yes, and what the program has valgrind say. */
    @Test
    void passesOverWhatIsNoAccess() {
        wide("--12--    -v\n==12== \nSB 0401ab70\nI  0401ab70,3\nSB 0401ab73 \r\n**12** said\n L 8,8\n")
                .gives("execute 0x401ab70", "read 0x8");
    }

    @Test
    void readsWhatCoursesMakeOfIt() {
        wide("I 0400d7d4,8\nL 10,1\n").gives("execute 0x400d7d4", "read 0x10");
    }

    @Test
    void aModifyAcrossPagesReadsAllBeforeItWrites() {
        small(" M 001e,20\n")
                .gives(
                        "read 0x1e",
                        "read 0x20",
                        "read 0x30", //
                        "write 0x1e",
                        "write 0x20",
                        "write 0x30");
    }

    @Test
    void anAccessIsSplitAtPages() {
        small(" L 000f,1\n L 000f,2\n S 0010,16\nI  0010,17\n")
                .gives(
                        "read 0xf",
                        "read 0xf",
                        "read 0x10",
                        "write 0x10",
                        "execute 0x10",
                        "execute 0x20");
    }

    @Test
    void theLargestAccessFillsTheSpace() {
        Played whole = small(" L 0,65536");
        assertThat(whole.trouble()).isNull();
        assertThat(whole.accesses()).hasSize(4096).endsWith("read 0xfff0");
    }

    @Test
    void linesMayEndInCrLfAndBeBlankAndTheLastNeedsNoEnd() {
        wide("\r\n L 10,1\r\n\n   \n==1==\r\n S 20,2 \t\r\n L 30,4")
                .gives("read 0x10", "write 0x20", "read 0x30");
        wide(" L 30,4\r").gives("read 0x30");
    }

    @Test
    void nothingIsATrace() {
        wide("").gives();
        wide("\n\n").gives();
        wide("==1== nothing").gives();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " L",
                " L ",
                " L 1ffe",
                " L 1ffe,",
                " L 1ffe,x",
                " L ,4",
                " L 0x10,4",
                " X 10,4",
                "10,4",
                "IL 10,4",
                " L10,4",
                " L 10,4 5",
                " L 10,0",
                " L 10,-1",
                " L 10,1048577",
                " L 10,99999999999999999999",
                " L 10, 4",
                " L 10 ,4",
                " L 12345678123456781,4",
                "=",
                "=-",
                "*",
                "SB",
                "SB ",
                "SB x",
                "SB 10,4",
                "SBI 10",
                " SB",
                " L 10,4\0",
                "\u001f\u008b",
                " l 10,4",
                "-",
                " L   10,4",
                "  L 10,4"
            })
    void garbled(String line) {
        wide(GOOD + "\n" + line + "\n" + GOOD).garbledAt(3, "expected ", "found \"").after(GIVEN);
        wide(GOOD + line).garbledAt(2, "expected ", "found \"").after(GIVEN);
    }

    @Test
    void saysWhatWasFoundShortAndPrintable() {
        Played played = wide(" L 10\u0007\u00e9" + "x".repeat(100) + "\r\n");
        played.garbledAt(1, "found \" L 10\\x07\\xc3\\xa9xxx", "…\"");
        String message = Objects.requireNonNull(played.message());
        String found = message.substring(message.indexOf("found \"") + 7, message.length() - 1);
        assertThat(found).hasSizeLessThanOrEqualTo(60);
    }

    @Test
    void beyondTheSpace() {
        small(" L ffff,1\n L ffff,2\n")
                .garbledAt(2, "0xffff of 2 bytes", "last address, 0xffff")
                .after("read 0xffff");
        small(" L 10000,1").garbledAt(1, "0x10000", "last address, 0xffff");
        wide(" M ffffffffffffffff,1")
                .garbledAt(1, "0xffffffffffffffff", "last address, 0x3fffffffffffffff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"==", " L 10,1 ", " ", " L 10,"})
    void aLineHasAnEnd(String begin) {
        int rest = TextFeed.MAX_LENGTH - begin.length();
        String filler = begin.endsWith(",") ? "0".repeat(rest) : " ".repeat(rest);
        if (!begin.endsWith(",")) {
            assertThat(wide(GOOD + begin + filler + "\n" + GOOD).trouble()).isNull();
        }
        wide(GOOD + begin + filler + " \n" + GOOD).garbledAt(2).after(GIVEN);
        wide(GOOD + begin + filler + " ".repeat(200_000)).garbledAt(2).after(GIVEN);
    }

    @Test
    void countsLinesBeyondTheBuffer() {
        wide(" L 10,1\n".repeat(100_000) + "garbled").garbledAt(100_001);
    }

    @Test
    void aWholeRunOfSort() throws Exception {
        AccessBlock block = new AccessBlock(Played.WIDE, 4096);
        long accesses = 0;
        int blocks = 0;
        try (InputStream file =
                        Objects.requireNonNull(
                                getClass().getResourceAsStream("/traces/sort.lackey.gz"));
                InputStream text = new GZIPInputStream(file)) {
            TraceReader reader = TraceFormat.LACKEY.open(text, Played.WIDE);
            while (reader.read(block)) {
                accesses += block.count();
                blocks++;
                assertThat(block.count()).isLessThanOrEqualTo(4096 + 3);
                block.clear();
            }
        }
        // 288,630 references, of which 193 cross a page
        assertThat(List.of(accesses, (long) blocks)).isEqualTo(List.of(288_630L + 193, 71L));
    }

    /**
     * A run with -v and --trace-superblocks=yes whose own counts valgrind has printed at its end.
     */
    @Test
    void aWholeRunWithAllThatValgrindSays() throws Exception {
        try (InputStream file =
                        Objects.requireNonNull(
                                getClass().getResourceAsStream("/traces/loop.lackey.gz"));
                InputStream text = new GZIPInputStream(file)) {
            Played played = wide(new String(text.readAllBytes(), US_ASCII));
            assertThat(played.trouble()).isNull();
            assertThat(played.accesses()).hasSize(7558 + 2108 + 624 + 2 * 900);
            assertThat(played.accesses().stream().filter(access -> access.startsWith("execute")))
                    .as("guest instrs: 7,558")
                    .hasSize(7558);
        }
    }

    private static Played wide(String text) {
        return Played.wide(TraceFormat.LACKEY, text);
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.LACKEY, text);
    }
}
