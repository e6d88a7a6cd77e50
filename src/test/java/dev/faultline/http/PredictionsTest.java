package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A client's own simulation, judged against the machine that it is of. */
class PredictionsTest extends HttpTest {

    private static String access(String op, String address, String expected) {
        return "{'op': '%s', 'address': '%s', 'expected': {%s}}".formatted(op, address, expected);
    }

    private Answer judge(String machine, String... accesses) {
        return client.post(
                machine + "/processes/1/predictions",
                "{'accesses': [" + String.join(", ", accesses) + "]}");
    }

    @Test
    void whoIsRightIsTold() {
        String machine = open("lecture-16");
        String digest = client.get(machine).text("/digest");
        Answer right =
                judge(
                                machine,
                                access("read", "0x2000", "'fault': false, 'frame': 1"),
                                access(
                                        "read",
                                        "0x6004",
                                        "'fault': true, 'frame': 3, 'evicts': true,"
                                                + " 'victim': {'page': 4}"),
                                access("write", "0x6004", "'fault': false"))
                        .expect(200);
        assertThat(right.number("/agreed")).isEqualTo(3);
        assertThat(right.isNull("/difference")).isTrue();
        assertThat(client.get(machine).text("/digest")).isEqualTo(digest);
        assertThat(client.get(machine).number("/version")).isEqualTo(1);
    }

    @Test
    void theFirstDifferenceIsExplained() {
        String machine = open("lecture-16");
        Answer wrong =
                judge(
                                machine,
                                access("read", "0x2000", "'fault': false"),
                                access("read", "0x6004", "'victim': {'pid': 1, 'page': 2}"),
                                access("read", "0x4000", "'fault': false"))
                        .expect(200);
        assertThat(wrong.number("/agreed")).isEqualTo(1);
        assertThat(wrong.number("/difference/at")).isEqualTo(1);
        assertThat(wrong.text("/difference/field")).isEqualTo("victim");
        assertThat(wrong.text("/difference/expected")).isEqualTo("page 2 of process 1");
        assertThat(wrong.text("/difference/actual")).isEqualTo("page 4 of process 1");
        assertThat(wrong.text("/difference/explanation"))
                .contains("swap-in")
                .contains("chose page 4 of process 1");
        assertThat(wrong.number("/difference/access/frame")).isEqualTo(3);
        Answer hit = judge(machine, access("read", "0x2000", "'fault': true")).expect(200);
        assertThat(hit.text("/difference/explanation"))
                .isEqualTo("page 2 is in frame 1, and its entry allows the read: no fault");
    }

    @Test
    void whatComesAfterAFatalSignalIsNotMade() {
        String machine = open("lecture-16");
        Answer ended =
                judge(
                                machine,
                                access("read", "0x0", "'fault': true"),
                                access("read", "0x2000", "'fault': false"))
                        .expect(200);
        assertThat(ended.number("/agreed")).isEqualTo(1);
        assertThat(ended.text("/difference/field")).isEqualTo("stopped");
        assertThat(ended.isNull("/difference/access")).isTrue();
    }

    @Test
    void badPredictionsNameTheField() {
        String machine = open("lecture-16");
        assertThat(judge(machine, access("fetch", "0x0", "")).expect(400).text("/errors/0/pointer"))
                .isEqualTo("/accesses/0/op");
        assertThat(
                        judge(machine, access("read", "0x8000", ""))
                                .expect(400)
                                .text("/errors/0/pointer"))
                .isEqualTo("/accesses/0/address");
        assertThat(
                        judge(machine, access("read", "0x0", "'victim': {}"))
                                .expect(400)
                                .text("/errors/0/pointer"))
                .isEqualTo("/accesses/0/expected/victim/page");
        judge(machine).expect(400);
    }

    /** The same judgement, whoever waits for it; the machine can be changed meanwhile. */
    @Test
    void whoWouldRatherNotWaitGetsAnOperation() throws InterruptedException {
        String machine = client.machineWithProcess("{'frames': 4}");
        String body = "{'accesses': [" + access("read", "0x0", "'fault': false") + "]}";
        String path = machine + "/processes/1/predictions";
        Answer waited = client.post(path, body).expect(200);
        Answer accepted = client.post(path, body, "Prefer", "respond-async").expect(202);
        client.access(machine, "read 0x0");
        String operation = String.valueOf(accepted.header("Location"));
        Answer shown = client.get(operation).expect(200);
        for (int i = 0; i < 200 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(20);
            shown = client.get(operation).expect(200);
        }
        assertThat(shown.text("/state")).isEqualTo("done");
        assertThat(shown.at("/result")).isEqualTo(waited.json());
        assertThat(client.version(machine)).isEqualTo(3);
    }

    /** Four frames under Clock, pages 0 to 3 referenced: a whole round clears them. */
    @Test
    void anEvictionSaysHowItWasChosen() {
        String machine = client.machineWithProcess("{'frames': 4}");
        client.access(machine, "read 0x0", "read 0x1000", "read 0x2000", "read 0x3000");
        Answer state = client.get(machine + "/replacement");
        assertThat(state.text("/policy")).isEqualTo("clock");
        assertThat(state.number("/hand")).isZero();
        assertThat(state.at("/frames").findValuesAsString("referenced"))
                .containsExactly("true", "true", "true", "true");
        Answer read = client.access(machine, "read 0x4000");
        String choice = "/results/0/fault/choice";
        assertThat(read.text(choice + "/rule")).contains("not referenced");
        assertThat(read.at(choice + "/candidates").findValuesAsString("frame"))
                .containsExactly("0", "1", "2", "3", "0");
        assertThat(read.at(choice + "/candidates/0/cleared").asBoolean()).isTrue();
        assertThat(read.at(choice + "/candidates/4/referenced").asBoolean()).isFalse();
        assertThat(read.number(choice + "/handBefore")).isZero();
        assertThat(read.number(choice + "/handAfter")).isEqualTo(1);
        assertThat(client.get(machine + "/replacement").number("/hand")).isEqualTo(1);

        String lfu = client.machineWithProcess("{'frames': 2, 'replacement': {'policy': 'lfu'}}");
        client.access(lfu, "read 0x0", "read 0x1000", "read 0x0");
        assertThat(client.get(lfu + "/replacement").at("/frames").findValuesAsString("remembered"))
                .containsExactly("2", "1");
        Answer third = client.access(lfu, "read 0x2000");
        assertThat(third.number(choice + "/candidates/0/remembered")).isEqualTo(1);
        assertThat(third.isNull(choice + "/handBefore")).isTrue();
        String lru = client.machineWithProcess("{'frames': 3, 'replacement': {'policy': 'lru'}}");
        client.access(lru, "read 0x0", "read 0x1000", "read 0x2000", "read 0x0");
        assertThat(client.get(lru + "/replacement").at("/order").toString()).isEqualTo("[1,2,0]");
    }
}
