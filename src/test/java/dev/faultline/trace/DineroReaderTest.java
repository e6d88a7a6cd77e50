package dev.faultline.trace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DineroReaderTest {

    @Test
    void readsLabelsAndAddresses() {
        small("0 10\n1 1f\r\n\n2 0x20\n 0\tABC  \n1 0XabC 4 of no matter\n0 0")
                .gives(
                        "read 0x10",
                        "write 0x1f",
                        "execute 0x20",
                        "read 0xabc",
                        "write 0xabc",
                        "read 0x0");
    }

    /**
     * Dinero IV's own format, whose numbers are all hexadecimal, and its letters in either case.
     */
    @Test
    void readsWhatDineroIvReadsByDefault() {
        small("r 10 4\nW 0x1f 0x1 of no matter\n i\tabc 10\nr 20\nI 30 1\n")
                .gives(
                        "read 0x10",
                        "write 0x1f",
                        "execute 0xabc",
                        "execute 0xac0",
                        "read 0x20",
                        "execute 0x30");
        small("r 0000000f 00000002").gives("read 0xf", "read 0x10");
    }

    /** What flushes or copies back a cache, or is of no known kind, is no access of the program. */
    @Test
    void passesOverWhatIsNoAccess() {
        small("3 10\n4 0\n5 ffffffff 2\nm 10 4\nc 20 4\nv 30 4\nM 1\nC 2 2\nV 0xfffff 1\n0 1\n")
                .gives("read 0x1");
        // d4.h: a size of 0 stands for the whole cache
        small("v 0 0\nc 0 0\nm 10 0\nv 0 ffffffff\nr 1 1").gives("read 0x1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9 10",
                "6 10",
                "3",
                "4 ",
                "m",
                "v x",
                "x 10 4",
                "rw 10 4",
                "r10 4",
                "r 10 0",
                "r 10 g",
                "r 10 4g",
                "r 10 100001",
                "r 10,4",
                "-1 10",
                "0",
                "0 ",
                "010",
                "0 x",
                "0 0x",
                "0 10,4",
                "0 1g",
                "0 00000000000000001",
                "00 10"
            })
    void garbled(String line) {
        small("1 10\n" + line + "\n2 0")
                .garbledAt(2, "expected ", "found \"" + line + "\"")
                .after("write 0x10");
        small("1 10\n" + line).garbledAt(2).after("write 0x10");
    }

    @Test
    void beyondTheSpace() {
        small("0 ffff\n0 10000\n")
                .garbledAt(2, "0x10000", "last address, 0xffff")
                .after("read 0xffff");
    }

    @Test
    void aLineHasAnEnd() {
        small("0 1\n0 1 " + "x".repeat(5000) + "\n").garbledAt(2, "4096 bytes").after("read 0x1");
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.DINERO, text);
    }
}
