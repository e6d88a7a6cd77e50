package dev.faultline.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonReaderTest {

    private static final String GOOD = "{\"op\":\"read\",\"address\":16}";

    @Test
    void readsAnObjectALine() {
        small(
                        """
                {"op":"read","address":"0x6004"}

                {"address":24580,"op":"write"}\r
                  { "op" : "execute" , "address" : "0xABc", "size": 4 }\s
                {"\\u006fp":"re\\u0061d","address":0}""")
                .gives("read 0x6004", "write 0x6004", "execute 0xabc", "read 0x0");
        small("").gives();
        small(" \n\n").gives();
    }

    @Test
    void ticksStandAmongThem() {
        small("{\"op\":\"tick\"}\n" + GOOD + "\n{\"op\":\"tick\"}")
                .gives("tick 0x0", "read 0x10", "tick 0x0");
        whole(
                        "{\"op\":\"tick\"}\n{\"op\":\"read\",\"address\":1,\"pid\":2}\n"
                                + "{\"pid\":7,\"op\":\"tick\"}")
                .gives("tick 0x0 pid 0", "read 0x1 pid 2", "tick 0x0 pid 7");
    }

    @Test
    void valuesAreKept() {
        wide("""
                {"op":"write","address":0,"size":1,"value":255}
                {"op":"write","address":0,"size":4,"value":4294967295}
                {"op":"write","address":0,"size":8,"value":18446744073709551615}
                {"op":"write","address":0,"value":0}
                {"op":"write","address":0,"size":8}
                """)
                .gives(
                        "write 0x0 value 255",
                        "write 0x0 size 4 value 4294967295",
                        "write 0x0 size 8 value 18446744073709551615",
                        "write 0x0 value 0",
                        "write 0x0");
    }

    @Test
    void anAccessIsSplitAtPages() {
        small(
                        """
                {"op":"read","address":13,"size":4}
                {"op":"write","address":13,"size":8,"value":578437695752307201}
                """)
                .gives(
                        "read 0xd",
                        "read 0x10",
                        "write 0xd size 3 value 578437695752307201",
                        "write 0x10 size 5 value 34477573380");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"op\":\"read\"",
                "{\"op\":\"read\",",
                "{\"op\":\"read\",\"addr",
                "{\"op\":\"read\",\"address\":",
                "{\"op\":\"read\",\"address\":1",
                "{\"op\":\"read\",\"address\":\"0x",
                "}",
                "[]",
                "4",
                "nonsense",
                "null",
                "\"read\"",
                GOOD + " " + GOOD,
                GOOD + ",",
                GOOD + " x",
                "{\"op\":\"read\",\"address\":01}",
                "{\"op\":\"read\",\"address\":0x10}",
                "{\"op\":\"read\",\"address\":NaN}",
                "{\"op\":\"read\",\"address\":+1}",
                "{'op':'read','address':1}",
                "{op:\"read\",\"address\":1}",
                "{\"op\":\"read\",\"address\":1,}",
                "{\"op\":\"read\" /*c*/,\"address\":1}",
            })
    void garbled(String line) {
        small(GOOD + "\n\n" + line + "\n" + GOOD + "\n").garbledAt(3).after("read 0x10");
        small(GOOD + "\n" + line).garbledAt(2).after("read 0x10");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|op is required",
                "{\"op\":\"read\"}|address is required",
                "{\"op\":\"reads\",\"address\":1}|op must be \"read\", \"write\", \"execute\" or \"tick\", not \"reads\"",
                "{\"op\":\"READ\",\"address\":1}|not \"READ\"",
                "{\"op\":0,\"address\":1}|op must be \"read\", \"write\", \"execute\" or \"tick\", not 0",
                "{\"op\":null,\"address\":1}|op is required",
                "{\"op\":\"read\",\"address\":4.5}|address must be an integer, or a string of 0x and 1 to 16 hexadecimal digits, not 4.5",
                "{\"op\":\"read\",\"address\":1e3}|not 1e3",
                "{\"op\":\"read\",\"address\":\"4\"}|not \"4\"",
                "{\"op\":\"read\",\"address\":\"\"}|not \"\"",
                "{\"op\":\"read\",\"address\":\"0x\"}|not \"0x\"",
                "{\"op\":\"read\",\"address\":\"0X1\"}|not \"0X1\"",
                "{\"op\":\"read\",\"address\":\"0x1g\"}|not \"0x1g\"",
                "{\"op\":\"read\",\"address\":\"0x00000000000000001\"}|not \"0x0000",
                "{\"op\":\"read\",\"address\":-1}|address must be an integer of at least 0, not -1",
                "{\"op\":\"read\",\"address\":99999999999999999999}|address must be an integer of at most 64 bits, not 9999",
                "{\"op\":\"read\",\"address\":null}|address is required",
                "{\"op\":\"read\",\"address\":true}|not true",
                "{\"op\":\"read\",\"address\":{}}|not an object",
                "{\"op\":\"read\",\"address\":[1]}|not an array",
                "{\"op\":\"read\",\"address\":65536}|0x10000 goes beyond the space's last address, 0xffff",
                "{\"op\":\"read\",\"address\":65533,\"size\":4}|0xfffd of 4 bytes goes beyond the space's last address, 0xffff",
                "{\"op\":\"read\",\"address\":1,\"size\":3}|size must be 1, 2, 4 or 8, not 3",
                "{\"op\":\"read\",\"address\":1,\"size\":0}|not 0",
                "{\"op\":\"read\",\"address\":1,\"size\":4.0}|size must be an integer, not 4.0",
                "{\"op\":\"read\",\"address\":1,\"size\":\"4\"}|size must be an integer, not \"4\"",
                "{\"op\":\"read\",\"address\":1,\"size\":18446744073709551617}|size must be an integer of at most 64 bits",
                "{\"op\":\"read\",\"address\":1,\"value\":1}|value has a place only at a write",
                "{\"op\":\"write\",\"address\":1,\"value\":256}|value must fit the size, 1 byte: at most 255, not 256",
                "{\"value\":65536,\"size\":2,\"op\":\"write\",\"address\":1}|2 bytes: at most 65535, not 65536",
                "{\"op\":\"write\",\"address\":1,\"size\":4,\"value\":18446744073709551615}|not 18446744073709551615",
                "{\"op\":\"write\",\"address\":1,\"size\":8,\"value\":18446744073709551616}|value must be an integer of at most 64 bits",
                "{\"op\":\"write\",\"address\":1,\"value\":-1}|value must be an integer of at least 0, not -1",
                "{\"op\":\"write\",\"address\":1,\"value\":1.0}|value must be an integer, not 1.0",
                "{\"op\":\"read\",\"address\":1,\"pid\":1}|pid has a place only in the trace of a whole machine",
                "{\"op\":\"read\",\"address\":1,\"foo\":1}|the property \"foo\" is unknown; known are op, address, size, value, pid",
                "{\"op\":\"read\",\"address\":1,\"\":1}|the property \"\" is unknown",
                "{\"op\":\"tick\",\"address\":0}|address has no place at a tick",
                "{\"address\":\"0x0\",\"op\":\"tick\"}|address has no place at a tick",
                "{\"op\":\"tick\",\"size\":1}|size has no place at a tick",
                "{\"op\":\"tick\",\"value\":1}|value has no place at a tick",
                "{\"op\":\"tick\",\"cpu\":0}|cpu has no place at a tick",
                "{\"op\":\"tick\",\"pid\":1}|pid has a place only in the trace of a whole machine",
                "{\"op\":\"Tick\"}|not \"Tick\"",
                "{\"op\":\"read\",\"address\":1,\"op\":\"read\"}|op stands twice",
                "{\"op\":\"read\",\"address\":1,\"address\":2}|address stands twice",
            })
    void refused(String line, String detail) {
        small(GOOD + "\n" + line + "\n" + GOOD + "\n").garbledAt(2, detail).after("read 0x10");
    }

    @Test
    void anObjectStandsOnOneLine() {
        small(GOOD + "\n{\"op\":\"read\",\n\"address\":16}\n")
                .garbledAt(2, "on one line")
                .after("read 0x10");
    }

    @Test
    void aWholeMachineNamesAProcessForEach() {
        whole(
                        """
                {"op":"read","address":1,"pid":2}
                {"pid":1,"op":"write","address":15,"size":2,"value":513}
                {"op":"read","address":2,"pid":2147483647}
                """)
                .gives(
                        "read 0x1 pid 2",
                        "write 0xf value 513 pid 1",
                        "write 0x10 value 2 pid 1",
                        "read 0x2 pid 2147483647");
        whole(GOOD).garbledAt(1, "pid is required");
        whole("{\"op\":\"read\",\"address\":1,\"pid\":0}")
                .garbledAt(1, "pid must be an integer of 1 to 2147483647, not 0");
        whole("{\"op\":\"read\",\"address\":1,\"pid\":2147483648}").garbledAt(1, "not 2147483648");
        whole("{\"op\":\"read\",\"address\":1,\"pid\":\"1\"}")
                .garbledAt(1, "pid must be an integer, not \"1\"");
        whole("{\"op\":\"read\",\"address\":1,\"pid\":null}").garbledAt(1, "pid is required");
    }

    @Test
    void notUtf8() {
        byte[] bytes = (GOOD + "\n{\"op\":\"\u00ff\"}").getBytes(ISO_8859_1);
        Played.of(TraceFormat.NDJSON, Played.SMALL, false, bytes).garbledAt(2).after("read 0x10");
        byte[] zeros = new byte[32];
        Played.of(TraceFormat.NDJSON, Played.SMALL, false, zeros).garbledAt(1).after();
    }

    @Test
    void nothingLongOrDeep() {
        String open = GOOD + "\n{\"op\":";
        small(open + "\"" + "x".repeat(5000) + "\"}").garbledAt(2, "4096").after("read 0x10");
        small(open + "[".repeat(5000)).garbledAt(2, "an array").after("read 0x10");
        small(open + "1".repeat(5000) + "}").garbledAt(2).after("read 0x10");
        small(GOOD + "\n{\"" + "x".repeat(5000) + "\":1}").garbledAt(2).after("read 0x10");
        small(GOOD + "\n{\"" + "x".repeat(500) + "\":1}")
                .garbledAt(2, "x…\" is unknown")
                .after("read 0x10");
    }

    private static Played wide(String text) {
        return Played.wide(TraceFormat.NDJSON, text);
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.NDJSON, text);
    }

    private static Played whole(String text) {
        return Played.of(TraceFormat.NDJSON, Played.SMALL, true, text.getBytes(UTF_8));
    }
}
