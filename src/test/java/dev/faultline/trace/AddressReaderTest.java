package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.faultline.machine.protocol.AccessBlock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Addresses, one a line, as courses give them. */
class AddressReaderTest {

    /** As {@code gcc.trace} of the courses' SPEC traces begins, and in other hands. */
    @Test
    void readsAddressesWithTheOperationBeforeOrAfterOrNone() {
        Played.wide(
                        TraceFormat.ADDRESS,
                        "0041f7a0 R\n31348900 W\nR 0x10\n\n w\t1F \r\n0X20\n30\n  40\tr")
                .gives(
                        "read 0x41f7a0",
                        "write 0x31348900",
                        "read 0x10",
                        "write 0x1f",
                        "read 0x20",
                        "read 0x30",
                        "read 0x40");
        small("").gives();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "R",
                "W ",
                "R R 10",
                "R 10 R",
                "10 R W",
                "10 X",
                "X 10",
                "10,R",
                "10R",
                "RW 10",
                "0x",
                "0xg",
                "10 20",
                "# 10",
                "12345678123456781",
                "T"
            })
    void garbled(String line) {
        small("10 W\n" + line + "\n20")
                .garbledAt(2, "expected ", "found \"" + line + "\"")
                .after("write 0x10");
        small("10 W\n" + line).garbledAt(2).after("write 0x10");
    }

    @Test
    void beyondTheSpace() {
        small("ffff\n10000 W\n")
                .garbledAt(2, "0x10000", "last address, 0xffff")
                .after("read 0xffff");
    }

    /** As the addresses of Silberschatz's virtual-memory manager. */
    @Test
    void readsDecimalAddresses() {
        decimal("16916\n62493 W\r\nr 0030198\n0")
                .gives("read 0x4214", "write 0xf41d", "read 0x75f6", "read 0x0");
        decimal("65535\n65536\n")
                .garbledAt(2, "expected an address up to 65535, found \"65536\"")
                .after("read 0xffff");
        decimal("99999999999999999999999 W").garbledAt(1, "up to 65535").after();
        decimal("9223372036854775808").garbledAt(1, "up to 65535").after();
        decimal("1\n0x10").garbledAt(2, "expected ").after("read 0x1");
        decimal("1\n1f").garbledAt(2, "expected ").after("read 0x1");
        decimal("-1").garbledAt(1, "an address of decimal digits").after();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/x-address; radix=8",
                "text/x-address;radix=",
                "text/x-address;radix",
                "text/x-address;charset=utf-8;radix=ten"
            })
    void theRadixIsOneOfTwo(String type) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                TraceFormat.ADDRESS.open(
                                        InputStream.nullInputStream(), Played.SMALL, false, type))
                .withMessageContaining("radix must be 10 or 16");
    }

    private static Played decimal(String text) {
        TraceReader reader =
                TraceFormat.ADDRESS.open(
                        new ByteArrayInputStream(text.getBytes(US_ASCII)),
                        Played.SMALL,
                        false,
                        "text/x-address; charset=us-ascii; Radix=\"10\"");
        return Played.play(reader, new AccessBlock(Played.SMALL, 100));
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.ADDRESS, text);
    }
}
