package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/** Making, forking and ending processes. */
class ProcessesTest extends HttpTest {

    private static final String AREAS =
            "{'name': 'editor', 'areas': ["
                    + "{'start': '0x400000', 'length': 8192, 'protection': 'r-x'},"
                    + "{'start': 6291456, 'length': 65536, 'protection': 'rw-',"
                    + " 'kind': 'anonymous', 'sharing': 'private'}]}";

    @Test
    void aProcessHasTheAreasItWasGiven() {
        String machine = client.machine("{}");
        Answer made = client.post(machine + "/processes", AREAS).expect(201);
        assertThat(made.header("Location")).isEqualTo(machine + "/processes/1");
        assertThat(made.number("/pid")).isEqualTo(1);
        assertThat(made.text("/name")).isEqualTo("editor");
        assertThat(made.isNull("/parent")).isTrue();
        assertThat(made.text("/state")).isEqualTo("ready");
        assertThat(made.isNull("/signal")).isTrue();
        assertThat(made.number("/residentPages")).isZero();
        assertThat(made.number("/swappedPages")).isZero();
        assertThat(made.number("/counters/accesses")).isZero();
        Answer areas = client.get(machine + "/processes/1/areas").expect(200);
        assertThat(areas.at("/areas").size()).isEqualTo(2);
        assertThat(areas.at("/areas/0"))
                .isEqualTo(
                        Answer.json(
                                "{'bytesInPages':8192,'kind':'anonymous','length':8192,"
                                        + "'file':null,'fileOffset':null,'flags':[],"
                                        + "'name':null,'protection':'r-x',"
                                        + "'sharing':'private','start':'0x400000'}"));
        assertThat(areas.text("/areas/1/start")).isEqualTo("0x600000");
    }

    @Test
    void withoutAreasTheWholeSpaceIsThere() {
        String machine = client.machine("{'addressBits': 20}");
        Answer made = client.post(machine + "/processes").expect(201);
        assertThat(made.isNull("/name")).isTrue();
        Answer areas = client.get(machine + "/processes/1/areas").expect(200);
        assertThat(areas.at("/areas").size()).isEqualTo(1);
        assertThat(areas.text("/areas/0/start")).isEqualTo("0x0");
        assertThat(areas.number("/areas/0/length")).isEqualTo(1 << 20);
        assertThat(areas.text("/areas/0/protection")).isEqualTo("rwx");
    }

    @Test
    void noAreasAreAnEmptySpace() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': []}").expect(201);
        assertThat(client.get(machine + "/processes/1/areas").at("/areas")).isEmpty();
        assertThat(client.access(machine, "read 0x0").text("/results/0/signal/code"))
                .isEqualTo("SEGV_MAPERR");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'start': 1, 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': '4096', 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': -4096, 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': 4096.0, 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': '0x', 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': null, 'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'length': 4096, 'protection': 'r--'} | /areas/0/start",
                "{'start': 0, 'length': 0, 'protection': 'r--'} | /areas/0/length",
                "{'start': 0, 'length': '1', 'protection': 'r--'} | /areas/0/length",
                "{'start': 0, 'protection': 'r--'} | /areas/0/length",
                "{'start': 0, 'length': 4096, 'protection': 'xwr'} | /areas/0/protection",
                "{'start': 0, 'length': 4096, 'protection': 'rw'} | /areas/0/protection",
                "{'start': 0, 'length': 4096} | /areas/0/protection",
                "{'start': 0, 'length': 281474976710657, 'protection': 'r--'} | /areas/0",
                "{'start': '0x1000000000000', 'length': 1, 'protection': 'r--'} | /areas/0",
                "{'start': 0, 'length': 1, 'protection': 'r--', 'x': 1} | /areas/0/x",
                "null | /areas/0",
                "4 | /areas/0"
            })
    void aBadAreaIsNamed(String area, String pointer) {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': [" + area + "]}").expectBadField(pointer);
        assertThat(client.version(machine)).isEqualTo(1);
    }

    @Test
    void areasMayNotShareAPage() {
        String machine = client.machine("{}");
        String body =
                "{'areas': [{'start': 0, 'length': 4097, 'protection': 'r--'},"
                        + " {'start': 4096, 'length': 1, 'protection': 'r--'}]}";
        client.post(machine + "/processes", body).expectBadField("/areas/1");
    }

    @Test
    void aForkIsACopyThatSharesUntilItIsWritten() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", AREAS).expect(201);
        client.access(machine, "write 0x600000 4 1234", "write 0x601000 4 5678");
        Answer child = client.post(machine + "/processes/1/fork").expect(201);
        assertThat(child.header("Location")).isEqualTo(machine + "/processes/2");
        assertThat(child.number("/pid")).isEqualTo(2);
        assertThat(child.number("/parent")).isEqualTo(1);
        assertThat(child.text("/name")).isEqualTo("editor");
        assertThat(child.number("/residentPages")).isEqualTo(2);
        assertThat(client.get(machine + "/processes/2/areas").json())
                .isEqualTo(client.get(machine + "/processes/1/areas").json());

        Answer read = client.access(machine, 2, "read 0x600000 4");
        assertThat(read.number("/results/0/value")).isEqualTo(1234);
        assertThat(read.isNull("/results/0/fault")).isTrue();
        Answer write = client.access(machine, 2, "write 0x600000 4 99");
        assertThat(write.text("/results/0/fault/type")).isEqualTo("protection");
        assertThat(write.text("/results/0/fault/resolution")).isEqualTo("cow-copy");
        Answer last = client.access(machine, 1, "read 0x600000 4", "write 0x600000 4 7");
        assertThat(last.number("/results/0/value")).isEqualTo(1234);
        assertThat(last.text("/results/1/fault/resolution")).isEqualTo("cow-reuse");
        assertThat(client.access(machine, 2, "read 0x600000 4").number("/results/0/value"))
                .isEqualTo(99);
    }

    @Test
    void anEndedProcessStaysReadableAndCannotAct() {
        String machine = client.machineWithProcess("{}");
        client.access(machine, "write 0x0 1 1");
        Answer ended = client.post(machine + "/processes/1/exit").expect(200);
        assertThat(ended.text("/state")).isEqualTo("terminated");
        assertThat(ended.isNull("/signal")).isTrue();
        assertThat(ended.number("/residentPages")).isZero();
        String process = machine + "/processes/1";
        assertThat(client.get(process).expect(200).json()).isEqualTo(ended.json());
        client.get(process + "/pages").expect(200);
        client.get(process + "/areas").expect(200);
        client.post(process + "/exit").expectProblem(409, "PROCESS_EXITED");
        client.post(process + "/fork").expectProblem(409, "PROCESS_EXITED");
        client.post(process + "/accesses", Client.batch("read 0x0"))
                .expectProblem(409, "PROCESS_EXITED");
        client.postText(process + "/trace", Client.LACKEY, " L 0,1\n")
                .expectProblem(409, "PROCESS_EXITED");
        client.get(machine + "/memory?pid=1&address=0&length=1")
                .expectProblem(409, "PROCESS_EXITED");
        assertThat(client.get(machine + "/frames").text("/frames/0/state")).isEqualTo("free");
        assertThat(client.version(machine)).isEqualTo(4);
    }

    @Test
    void pidsCountUpAndAreNotGivenTwice() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes/1/exit").expect(200);
        assertThat(client.post(machine + "/processes").expect(201).number("/pid")).isEqualTo(2);
    }

    @Test
    void aRefusalOfTheKernelIsAnAnswer() {
        String machine = client.machine("{'limits': {'processes': 2}}");
        client.post(machine + "/processes").expect(201);
        client.post(machine + "/processes/1/fork").expect(201);
        for (String action : List.of("/processes", "/processes/1/fork")) {
            Answer refused = client.post(machine + action).expect(200);
            assertThat(refused.text("/refused/error")).matches("E[A-Z]+");
            assertThat(refused.text("/refused/why")).isNotBlank();
            assertThat(refused.version()).isEqualTo(3);
        }
        assertThat(client.get(machine + "/processes").at("/processes").size()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2", "-1", "01", "1.0", "x", "99999999999", "1%20"})
    void aPidThatNobodyHasIsNotFound(String pid) {
        String process = client.machineWithProcess("{}") + "/processes/" + pid;
        client.get(process).expectProblem(404, "NO_SUCH_PROCESS");
        client.get(process + "/pages").expectProblem(404, "NO_SUCH_PROCESS");
        client.get(process + "/areas").expectProblem(404, "NO_SUCH_PROCESS");
        client.post(process + "/exit").expectProblem(404, "NO_SUCH_PROCESS");
        client.post(process + "/fork").expectProblem(404, "NO_SUCH_PROCESS");
        client.post(process + "/accesses", Client.batch("read 0x0"))
                .expectProblem(404, "NO_SUCH_PROCESS");
        client.postText(process + "/trace", Client.LACKEY, " L 0,1\n")
                .expectProblem(404, "NO_SUCH_PROCESS");
    }

    @Test
    void aListIsReadToItsEndByItsCursor() {
        String machine = client.machine("{}");
        for (int i = 0; i < 5; i++) {
            client.post(machine + "/processes", "{'areas': []}").expect(201);
        }
        List<Long> pids = new ArrayList<>();
        String query = "?limit=2";
        while (!query.isEmpty()) {
            Answer part = client.get(machine + "/processes" + query).expect(200);
            part.at("/processes").forEach(process -> pids.add(process.get("pid").asLong()));
            query = part.isNull("/nextCursor") ? "" : "?limit=2&cursor=" + part.text("/nextCursor");
        }
        assertThat(pids).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void theOneThatRanLastIsRunning() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes").expect(201);
        client.access(machine, 2, "read 0x0");
        Answer list = client.get(machine + "/processes").expect(200);
        assertThat(list.text("/processes/0/state")).isEqualTo("ready");
        assertThat(list.text("/processes/1/state")).isEqualTo("running");
    }
}
