package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesReaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"7,0,1,4095", "7 0 1 4095\n", "7, 0,\n1 ,\r\n\t4095 ", "\n07 00\n\n1\n4095"})
    void readsPageNumbers(String text) {
        small(text).gives("read 0x70", "read 0x0", "read 0x10", "read 0xfff0");
    }

    @Test
    void ticksStandAmongThem() {
        small("7 T 0,T,1\nT\n")
                .gives("read 0x70", "tick 0x0", "read 0x0", "tick 0x0", "read 0x10", "tick 0x0");
        small("T").gives("tick 0x0");
        small("7,T,").garbledAt(1, "after the comma").after("read 0x70", "tick 0x0");
        Played.small(TraceFormat.OSTEP, "7,T").garbledAt(1, "\"T\"").after("read 0x70");
    }

    @Test
    void nothingIsATrace() {
        small("").gives();
        small(" \n ").gives();
    }

    @Test
    void aLineMayBeLong() {
        Played played = small("7,".repeat(100_000) + "1\nx");
        played.garbledAt(2);
        assertThat(played.accesses()).hasSize(100_001);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|'x'",
                "t|'t'",
                "TT|'TT'",
                "T2|'T2'",
                "2T|'2T'",
                "2x|'2x'",
                "0x2|'0x2'",
                "-1|'-1'",
                "1.5|'1.5'",
                "1;2|'1;2'",
                ",|','",
                ",,3|','",
                "4096|'4096'",
                "99999999999999999999|'99999999999999999999'"
            })
    void garbled(String bad, String found) {
        String more = bad.equals(",") ? ",,9" : bad;
        small("7,1\n" + more + "\n2")
                .garbledAt(2, "expected ", "found \"" + found + "\"")
                .after("read 0x70", "read 0x10");
    }

    @Test
    void aCommaStandsBetweenTwoNumbers() {
        small("7,1,").garbledAt(1, "after the comma").after("read 0x70", "read 0x10");
        small("7,1,\n\n").garbledAt(1, "after the comma").after("read 0x70", "read 0x10");
        small("7,\n,1").garbledAt(2, "before the comma").after("read 0x70");
        small(",7").garbledAt(1, "before the comma").after();
    }

    @Test
    void beyondTheSpace() {
        small("1 4096").garbledAt(1, "a page up to 4095", "0xffff").after("read 0x10");
        Played.wide(TraceFormat.PAGES, "1125899906842623 1125899906842624")
                .garbledAt(1, "up to 1125899906842623", "0x3fffffffffffffff")
                .after("read 0x3ffffffffffff000");
    }

    @Test
    void aWordHasAnEnd() {
        small("1 " + "0".repeat(4095) + "2").gives("read 0x10", "read 0x20");
        small("1 " + "0".repeat(4096) + "2 3").garbledAt(1, "4096 bytes").after("read 0x10");
        small("1 " + "0".repeat(100_000) + "2").garbledAt(1, "4096 bytes").after("read 0x10");
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.PAGES, text);
    }
}
