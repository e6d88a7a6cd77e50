package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process's own handler, set over HTTP: what it may do, and what it may not. */
class HandlersTest extends HttpTest {

    private String machine = "";
    private String handler = "";

    @BeforeEach
    void make() {
        machine = client.machine("{'addressBits': 20, 'frames': 8}");
        String areas =
                "{'areas': [{'start': '0x1000', 'length': 8192, 'protection': 'rw-'}],"
                        + " 'onSignal': 'handler'}";
        client.post(machine + "/processes", areas).expect(201);
        handler = machine + "/processes/1/handler";
    }

    private Answer set(String commands) {
        return client.put(handler, "{'commands': [" + commands + "]}");
    }

    @Test
    void whatWasSetIsShown() {
        assertThat(client.get(handler).at("/commands")).isEmpty();
        String commands =
                "{'command': 'map', 'at': 'fault', 'length': 8192, 'protection': 'rw-',"
                        + " 'name': 'box'}, {'command': 'copy', 'from': 'fault-0x1000', 'to':"
                        + " '0x2000', 'length': 16}, {'command': 'unmap', 'at': 'fault+0x3000'}";
        Answer shown = set(commands).expect(200);
        assertThat(shown.at("/commands").findValuesAsString("command"))
                .containsExactly("map", "copy", "unmap");
        assertThat(shown.text("/commands/1/from")).isEqualTo("fault-0x1000");
        assertThat(shown.number("/commands/2/length")).isEqualTo(4096);
        assertThat(client.get(handler).json()).isEqualTo(shown.json());
        assertThat(client.get(machine + "/processes/1").text("/onSignal")).isEqualTo("handler");
    }

    @Test
    void withoutAHandlerASignalEndsTheProcess() {
        assertThat(client.access(machine, "read 0x8000").number("/stopped/at")).isZero();
    }

    @Test
    void aHandlerMapsWhatIsMissing() {
        set("{'command': 'map', 'protection': 'rw-'}").expect(200);
        Answer write = client.access(machine, "write 0x8004 1 7", "read 0x8004");
        assertThat(write.at("/results/0/faults").findValuesAsString("resolution"))
                .containsExactly("handled", "zero-fill");
        assertThat(write.number("/results/1/value")).isEqualTo(7);
        assertThat(client.get(machine + "/processes/1/areas").at("/areas").size()).isEqualTo(2);
    }

    @Test
    void aCopyHasNoMoreRightsThanTheProcess() {
        set("{'command': 'copy', 'from': '0x5000', 'to': 'fault'}").expect(200);
        Answer read = client.access(machine, "read 0x8000");
        assertThat(read.text("/results/0/fault/why"))
                .contains("its copy from 0x5000 to 0x8000 faults itself");
        assertThat(read.number("/stopped/at")).isZero();
    }

    @Test
    void aHandlerMayMendALaterFaultAfterPagesLeft() {
        set("{'command': 'map'}, {'command': 'copy', 'from': '0x1000', 'to': 'fault'}").expect(200);
        client.access(machine, "write 0x1004 4 1234");
        for (int page = 16; page < 48; page++) {
            String address = "0x" + Integer.toHexString(page * 4096 + 4);
            Answer read = client.access(machine, "read " + address + " 4");
            assertThat(read.number("/results/0/value")).isEqualTo(1234);
        }
        assertThat(client.get(machine + "/counters").number("/evictions")).isPositive();
        Answer first = client.access(machine, "read 0x10004 4");
        assertThat(first.number("/results/0/value")).isEqualTo(1234);
    }

    @Test
    void aForkInheritsItAndExecForgetsIt() {
        set("{'command': 'map'}").expect(200);
        client.post(machine + "/processes/1/fork").expect(201);
        assertThat(client.get(machine + "/processes/2/handler").at("/commands").size())
                .isEqualTo(1);
        client.post(machine + "/processes/2/exec", "{'areas': []}").expect(200);
        assertThat(client.get(machine + "/processes/2/handler").at("/commands")).isEmpty();
        assertThat(client.get(machine + "/processes/2").text("/onSignal")).isEqualTo("terminate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'command': 'jump'} | /commands/0/command",
                "{'command': 'protect'} | /commands/0/protection",
                "{'command': 'copy', 'from': 'fault'} | /commands/0/to",
                "{'command': 'copy', 'from': 'fault', 'to': 'there'} | /commands/0/to",
                "{'command': 'unmap', 'at': 'fault+0x1000', 'to': 'fault'} | /commands/0/to",
                "{'command': 'unmap', 'length': 0} | /commands/0/length",
                "{'command': 'map', 'at': 'fault+1'} | /commands/0/at",
                "{'command': 'unmap', 'protection': 'rw-'} | /commands/0/protection",
                "{'command': 'copy', 'from': '0x0', 'to': '0x1000', 'length': 65537} | /commands"
            })
    void aBadHandlerIsRefused(String command, String pointer) {
        set(command).expectBadField(pointer);
        assertThat(client.get(handler).at("/commands")).isEmpty();
    }
}
