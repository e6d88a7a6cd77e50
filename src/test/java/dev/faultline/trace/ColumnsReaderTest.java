package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class ColumnsReaderTest {

    @Test
    void readsColumnsInEitherOrder() {
        String[] expected = {"read 0x1", "write 0xffff", "execute 0x20"};
        small("{\"ops\":\"rwx\",\"addresses\":[1,\"0xffff\",32]}").gives(expected);
        small("{\"addresses\":[1,\"0xffff\",32],\"ops\":\"rwx\"}\n").gives(expected);
        small(" {\n \"ops\" : \"r\\u0077x\",\n \"addresses\" : [ 1, \"0xFFFF\", 32 ]\n}\n")
                .gives(expected);
        small("{\"ops\":\"\",\"addresses\":[]}").gives();
    }

    @Test
    void aTickIsALetterAndNoAddress() {
        String[] expected = {"read 0x1", "tick 0x0", "write 0x2", "tick 0x0"};
        small("{\"ops\":\"rtwt\",\"addresses\":[1,0,2,\"0x0\"]}").gives(expected);
        small("{\"addresses\":[1,0,2,0],\"ops\":\"rtwt\"}").gives(expected);
        small("{\"addresses\":[1,2],\"ops\":\"rt\"}")
                .garbledAt(1, "addresses[1]: a tick has no address")
                .after("read 0x1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|expected an object",
                "[]|expected an object of ops and addresses, found an array",
                "{}|ops is required",
                "{\"ops\":\"r\"}|addresses is required",
                "{\"addresses\":[1]}|ops is required",
                "{\"ops\":4,\"addresses\":[]}|ops must be a string of r, w, x and t, not 4",
                "{\"ops\":null}|not null",
                "{\"ops\":\"r\",\"addresses\":{}}|addresses must be an array, not an object",
                "{\"ops\":\"r\",\"ops\":\"r\"}|ops stands twice",
                "{\"addresses\":[],\"addresses\":[]}|addresses stands twice",
                "{\"op\":\"r\"}|the property \"op\" is unknown; known are ops, addresses",
                "{\"addresses\":[1,true],\"ops\":\"rr\"}|addresses[1]: address must be an integer",
                "{\"addresses\":[1,|malformed JSON",
                "{\"ops\":\"r|malformed JSON",
            })
    void garbledBeforeTheFirstAccess(String text, String detail) {
        small(text).garbledAt(1, detail).after();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rww|[1,2]}|expected as many addresses as ops, 3, found 2",
                "rw|[1,2,3]}|expected as many addresses as ops, 2, found more",
                "rwqz|[1,2,3,4]}|ops[2] must be r, w, x or t, not \"q\"",
                "rww|[1,2,4.5]}|addresses[2]: address must be an integer, or a string",
                "rww|[1,2,\"4\"]}|not \"4\"",
                "rww|[1,2,null]}|not null",
                "rww|[1,2,-3]}|of at least 0, not -3",
                "rww|[1,2,65536]}|addresses[2]: an access to address 0x10000 goes beyond the space's last address, 0xffff",
                "rwt|[1,2,3]}|addresses[2]: a tick has no address",
                "rwT|[1,2,0]}|ops[2] must be r, w, x or t, not \"T\"",
                "rww|[1,2,[3]]}|not an array",
                "rww|[1,2,3|malformed JSON",
                "rww|[1,2,|malformed JSON",
                "rww|[1,2,]}|malformed JSON",
                "rww|[1,2 3]}|malformed JSON",
                "rw|[1,2]|malformed JSON",
                "rw|[1,2],\"ops\":\"rw\"}|ops stands twice",
                "rw|[1,2],\"pid\":1}|the property \"pid\" is unknown",
                "rw|[1,2]}{|expected the end after the object, found an object",
                "rw|[1,2]} x|malformed JSON",
            })
    void whatStandsBeforeIsDelivered(String ops, String rest, String detail) {
        small("{\"ops\":\"" + ops + "\",\n\"addresses\":\n" + rest)
                .garbledAt(3, detail)
                .after("read 0x1", "write 0x2");
    }

    @Test
    void whatStandsBeforeIsDeliveredWhenAddressesComeFirst() {
        small("{\"addresses\":[1,2],\"ops\":\"rwx\"}")
                .garbledAt(1, "3, found 2")
                .after("read 0x1", "write 0x2");
        small("{\"addresses\":[1,65536],\"ops\":\"rw\"}")
                .garbledAt(1, "addresses[1]", "0xffff")
                .after("read 0x1");
        small("{\"addresses\":[1,2],\"ops\":\"rw\",\n\"x\":1}")
                .garbledAt(2, "unknown")
                .after("read 0x1", "write 0x2");
    }

    @Test
    void columnsMayBeLong() {
        int count = 300_000;
        String ops = "\"ops\":\"" + "w".repeat(count) + "\"";
        String addresses = "\"addresses\":[0" + ",1".repeat(count - 1) + "]";
        Played ordered = small("{" + ops + "," + addresses + "}");
        assertThat(ordered.trouble()).isNull();
        assertThat(ordered.accesses()).hasSize(count).endsWith("write 0x1");
        assertThat(small("{" + addresses + "," + ops + "}")).isEqualTo(ordered);
    }

    @Test
    void columnsHaveAnEnd() {
        small("{\"ops\":\"" + "w".repeat(ColumnsReader.MAX_OPS + 1) + "\"}")
                .garbledAt(1, "malformed JSON", "more than 16777216 characters");
        small("{\"addresses\":[0" + ",1".repeat(ColumnsReader.MAX_KEPT) + "]}")
                .garbledAt(1, "expected ops before addresses");
    }

    private static Played small(String text) {
        return Played.small(TraceFormat.COLUMNS, text);
    }
}
