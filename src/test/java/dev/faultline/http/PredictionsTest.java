package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** A client's own simulation, judged against the machine that it is of. */
@Tag("slow")
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
        assertThat(right.number("/judged")).isEqualTo(7);
        assertThat(right.number("/agreed")).isEqualTo(7);
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
        assertThat(wrong.number("/judged")).isEqualTo(3);
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
        assertThat(ended.number("/judged")).isEqualTo(2);
        assertThat(ended.number("/agreed")).isEqualTo(1);
        assertThat(ended.number("/difference/at")).isEqualTo(1);
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

    private Answer judgeAll(String machine, String query, String body) {
        return client.post(machine + "/processes/1/predictions" + query, body);
    }

    private static String list(String... accesses) {
        return "'accesses': [" + String.join(", ", accesses) + "]";
    }

    /** Reading page 6 takes frame 3 from page 4, which is clean and in the store already. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'fault': true|true",
                "'fault': false|false",
                "'frame': 3|true",
                "'frame': 2|false",
                "'frame': null|false",
                "'evicts': true|true",
                "'evicts': false|false",
                "'victim': {'page': 4}|true",
                "'victim': {'page': 4, 'pid': 1}|true",
                "'victim': {'page': 4, 'pid': 2}|false",
                "'victim': {'page': 1}|false",
                "'victim': null|false",
                "'resolution': 'swap-in'|true",
                "'resolution': 'zero-fill'|false",
                "'resolution': null|false",
                "'major': true|true",
                "'major': false|false",
                "'major': null|false",
                "'dirty': false|true",
                "'dirty': true|false",
                "'dirty': null|false",
                "'writtenBack': false|true",
                "'writtenBack': true|false",
                "'tlb': 'miss'|true",
                "'tlb': 'hit'|false",
                "'tlb': null|false",
                "'value': 6|true",
                "'value': 7|false",
                "'value': null|false",
            })
    void everyFieldIsJudged(String expected, boolean agrees) {
        String machine = open("lecture-16");
        Answer answer = judge(machine, access("read", "0x6000", expected)).expect(200);
        assertThat(answer.number("/judged")).isEqualTo(1);
        assertThat(answer.number("/agreed")).isEqualTo(agrees ? 1 : 0);
        assertThat(answer.isNull("/difference")).isEqualTo(agrees);
        if (!agrees) {
            String field = expected.substring(1, expected.indexOf("'", 1));
            assertThat(answer.text("/difference/field")).isEqualTo(field);
        }
    }

    /** A hit: there is no fault and nothing that leaves, and nothing of either can be true. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'fault': false|true",
                "'victim': null|true",
                "'victim': {'page': 4}|false",
                "'evicts': false|true",
                "'resolution': null|true",
                "'resolution': 'swap-in'|false",
                "'major': null|true",
                "'major': false|true",
                "'major': true|false",
                "'dirty': null|true",
                "'dirty': true|false",
                "'writtenBack': false|true",
                "'writtenBack': true|false",
                "'frame': 1|true",
            })
    void whatIsNotThereIsJudgedToo(String expected, boolean agrees) {
        String machine = open("lecture-16");
        Answer answer = judge(machine, access("read", "0x2000", expected)).expect(200);
        assertThat(answer.number("/agreed")).isEqualTo(agrees ? 1 : 0);
        assertThat(answer.isNull("/difference")).isEqualTo(agrees);
    }

    @Test
    void nothingExpectedIsNothingJudged() {
        String machine = open("lecture-16");
        String none = "{'op': 'read', 'address': 24576}";
        Answer answer =
                judgeAll(machine, "", "{" + list(none, access("read", "0x2000", "")) + "}")
                        .expect(200);
        assertThat(answer.number("/judged")).isZero();
        assertThat(answer.number("/agreed")).isZero();
        assertThat(answer.isNull("/difference")).isTrue();
        String some = access("read", "0x2000", "'fault': false");
        String tick = "{'op': 'tick'}";
        for (String bad :
                new String[] {
                    none, access("read", "0x0", ""), none.replace("}", ", 'expected': null}")
                }) {
            Answer strict =
                    judgeAll(machine, "?strict=true", "{" + list(some, tick, bad) + "}")
                            .expect(400);
            assertThat(strict.text("/errors/0/pointer")).isEqualTo("/accesses/2/expected");
        }
        judgeAll(machine, "?strict=true", "{" + list(some, tick, some) + "}").expect(200);
        judgeAll(machine, "?strict=maybe", "{" + list(some) + "}").expect(400);
    }

    /** All fields are judged, whether or not one before differed. */
    @Test
    void whatComesAfterADifferenceIsJudgedToo() {
        String machine = open("lecture-16");
        String right = access("read", "0x2000", "'fault': false, 'frame': 1");
        String wrong = access("read", "0x6000", "'fault': false, 'frame': 3");
        Answer answer = judge(machine, right, wrong, right).expect(200);
        assertThat(answer.number("/judged")).isEqualTo(6);
        assertThat(answer.number("/agreed")).isEqualTo(5);
        assertThat(answer.number("/difference/at")).isEqualTo(1);
        assertThat(answer.text("/difference/field")).isEqualTo("fault");
    }

    /** Belady's string under FIFO in three frames: nine faults, three hits, six evictions. */
    @Test
    void totalsAreFields() {
        String machine =
                client.machineWithProcess("{'frames': 3, 'replacement': {'policy': 'fifo'}}");
        List<String> accesses = new ArrayList<>();
        for (int page : new int[] {1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5}) {
            accesses.add("{'op': 'read', 'address': " + 4096 * page + "}");
            accesses.add("{'op': 'tick'}");
        }
        String list = list(accesses.toArray(String[]::new));
        Answer right =
                judgeAll(machine, "", "{" + list + ", 'faults': 9, 'hits': 3, 'evictions': 6}")
                        .expect(200);
        assertThat(right.number("/judged")).isEqualTo(right.number("/agreed")).isEqualTo(3);
        Answer wrong =
                judgeAll(machine, "", "{" + list + ", 'faults': 9, 'hits': 4, 'evictions': 5}")
                        .expect(200);
        assertThat(wrong.number("/judged")).isEqualTo(3);
        assertThat(wrong.number("/agreed")).isEqualTo(1);
        assertThat(wrong.number("/difference/at")).isEqualTo(24);
        assertThat(wrong.text("/difference/field")).isEqualTo("hits");
        assertThat(wrong.text("/difference/expected")).isEqualTo("4");
        assertThat(wrong.text("/difference/actual")).isEqualTo("3");
        assertThat(wrong.isNull("/difference/access")).isTrue();
        Answer bad = judgeAll(machine, "", "{" + list + ", 'faults': -1}").expect(400);
        assertThat(bad.text("/errors/0/pointer")).isEqualTo("/faults");
    }

    @Test
    void whatIsRightCanBeKeptBack() {
        String machine = open("lecture-16");
        String right = access("read", "0x2000", "'fault': false");
        String wrong = access("read", "0x6000", "'fault': false, 'frame': 3");
        Answer answer =
                judgeAll(machine, "?reveal=false", "{" + list(right, wrong) + "}").expect(200);
        assertThat(answer.json()).isEqualTo(Answer.json("{'judged': 3, 'agreed': 2, 'at': 1}"));
        Answer all = judgeAll(machine, "?reveal=false", "{" + list(right) + "}").expect(200);
        assertThat(all.json()).isEqualTo(Answer.json("{'judged': 1, 'agreed': 1, 'at': null}"));
    }

    /** An access of several bytes, across a page, that stores something, is one to expect of. */
    @Test
    void anAccessMayBeOfAnySizeAndStoreSomething() {
        String machine = client.machineWithProcess("{'frames': 4}");
        String write =
                "{'op': 'write', 'address': '0x1ffe', 'size': 4, 'value': 67305985,"
                        + " 'expected': {'value': 67305985, 'frame': 0, 'resolution': 'zero-fill'}}";
        String read =
                "{'op': 'read', 'address': '0x2000', 'size': 2,"
                        + " 'expected': {'value': 1027, 'frame': 1, 'fault': false}}";
        Answer answer =
                judgeAll(machine, "", "{" + list(write, read) + ", 'faults': 2, 'hits': 1}")
                        .expect(200);
        assertThat(answer.number("/judged")).isEqualTo(8);
        assertThat(answer.number("/agreed")).isEqualTo(8);
        assertThat(client.get(machine + "/counters").number("/accesses")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'fault': null|fault",
                "'fault': 1|fault",
                "'fault': 'true'|fault",
                "'evicts': null|evicts",
                "'frame': 1.5|frame",
                "'frame': '1'|frame",
                "'frame': -1|frame",
                "'victim': 4|victim",
                "'victim': {'page': 'x'}|victim/page",
                "'victim': {'page': 4, 'frame': 1}|victim/frame",
                "'victim': {'pid': 1}|victim/page",
                "'resolution': 'magic'|resolution",
                "'tlb': 'maybe'|tlb",
                "'value': -1|value",
                "'value': 18446744073709551616|value",
                "'swaps': 1|swaps",
            })
    void whatCannotBeExpectedIsNamed(String expected, String field) {
        String machine = open("lecture-16");
        Answer answer = judge(machine, access("read", "0x2000", expected)).expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/accesses/0/expected/" + field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'op': 'tick', 'expected': {'fault': false}}|/accesses/0/expected",
                "{'op': 'tick', 'expected': {}}|/accesses/0/expected",
                "{'op': 'tick', 'address': 0}|/accesses/0/address",
                "{'op': 'read', 'address': 0, 'expected': 4}|/accesses/0/expected",
                "{'op': 'read', 'address': 0, 'size': 3}|/accesses/0/size",
                "{'op': 'read', 'address': 0, 'value': 3}|/accesses/0/value",
                "{'op': 'read', 'address': 0, 'pid': 3}|/accesses/0/pid",
                "{'op': 'read', 'address': 0, 'x': 3}|/accesses/0/x",
                "{'op': 'read'}|/accesses/0/address",
                "4|/accesses/0",
            })
    void badAccessesAreNamed(String access, String pointer) {
        String machine = open("lecture-16");
        Answer answer = judgeAll(machine, "", "{" + list(access) + "}").expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
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
