package dev.faultline.trace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UcsdReaderTest {

    @Test
    void readsStoresAndLoads() {
        small("s 0x1fff 1\nl 0xABC 12\r\n\n l  0x0\t0 \ns 0x10 3")
                .gives("write 0x1fff", "read 0xabc", "read 0x0", "write 0x10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s",
                "s ",
                "s 0x",
                "s 0x10",
                "s 0x10 ",
                "s 0x10 x",
                "s 0x10 1 2",
                "s 10 1",
                "s 0X10 1",
                "r 0x10 1",
                "s0x10 1",
                "s 0x10,1",
                "s 0",
                "s 0x123456789abcdef01 1",
                "# 0 7fff 1"
            })
    void garbled(String line) {
        small("l 0x10 1\n" + line + "\nl 0x0 1")
                .garbledAt(2, "expected ", "found \"" + line + "\"")
                .after("read 0x10");
        small("l 0x10 1\n" + line).garbledAt(2).after("read 0x10");
    }

    @Test
    void beyondTheSpace() {
        small("l 0xffff 1\ns 0x10000 1\n")
                .garbledAt(2, "0x10000", "last address, 0xffff")
                .after("read 0xffff");
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.UCSD, text);
    }
}
