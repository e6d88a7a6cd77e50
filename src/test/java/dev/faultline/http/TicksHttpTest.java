package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The clock interrupt as a client sends it: in batches, in traces, in programs, in stored traces.
 */
class TicksHttpTest extends HttpTest {

    private static final String TICK = "{'op': 'tick'}";

    private static String access(String word) {
        return word.equals("T")
                ? TICK
                : Client.accessObject(
                        (word.charAt(0) == 'W' ? "write " : "read ")
                                + "0x"
                                + Integer.toHexString(4096 * Integer.parseInt(word.substring(1))));
    }

    private static String batch(String string) {
        List<String> accesses = new ArrayList<>();
        for (String word : string.split(" ", -1)) {
            accesses.add(access(word));
        }
        return "{'accesses': [" + String.join(", ", accesses) + "]}";
    }

    private Answer run(String machine, String string) {
        return client.post(machine + "/processes/1/accesses", batch(string)).expect(200);
    }

    /** New York University, V22.0202-002, spring 2003, solution of homework 5; frames from 1. */
    @ParameterizedTest
    @CsvSource({"nru,5-2 6-4 2-2 4-2 5-1 2-2", "second-chance,5-1 1-2 6-4 2-1 4-3 5-4"})
    void theExerciseOfNyu(String policy, String placed) {
        String machine =
                client.machineWithProcess(
                        "{'frames': 4, 'replacement': {'policy': '" + policy + "'}}");
        Answer answer = run(machine, "W1 R2 W3 R4 W5 T R1 W3 R6 R2 R4 T R1 W4 R6 W6 R4 T R5 W2");
        List<String> found = new ArrayList<>();
        for (JsonNode result : answer.at("/results")) {
            if (result.at("/fault/evicted").isObject()) {
                found.add(result.get("page").asInt() + "-" + (result.get("frame").asInt() + 1));
            }
        }
        assertThat(String.join(" ", found)).isEqualTo(placed);
        assertThat(answer.at("/results").size()).isEqualTo(20);
        assertThat(answer.number("/counters/accesses")).isEqualTo(17);
    }

    @Test
    void itsResultIsItsNameAlone() {
        String machine = client.machineWithProcess("{}");
        Answer answer = run(machine, "R1 T R1");
        JsonNode tick = answer.at("/results/1");
        assertThat(tick.get("op").asString()).isEqualTo("tick");
        tick.properties()
                .forEach(
                        each ->
                                assertThat(each.getKey().equals("op") || each.getValue().isNull())
                                        .as(each.getKey())
                                        .isTrue());
        assertThat(tick.propertyNames()).isEqualTo(answer.at("/results/0").propertyNames());
        assertThat(answer.text("/results/2/tlb")).isEqualTo("miss");
        assertThat(client.get(machine + "/frames").at("/frames/0/referenced").asBoolean()).isTrue();
        run(machine, "T");
        assertThat(client.get(machine + "/frames").at("/frames/0/referenced").asBoolean())
                .isFalse();
    }

    /** A version names a state: a tick that finds nothing to clear makes none. */
    @Test
    void makesAVersionIfItChangesAnything() {
        String machine = client.machineWithProcess("{}");
        run(machine, "R1");
        String digest = client.digest(machine);
        assertThat(run(machine, "T").number("/version")).isEqualTo(4);
        assertThat(client.digest(machine)).isNotEqualTo(digest);
        assertThat(run(machine, "T T").number("/version")).isEqualTo(4);
    }

    /** Where a list stopped is the same place whichever way it came. */
    @Test
    void theyCountInThePlaceWhereAListStopped() {
        String area =
                "{'areas': [{'start': 0, 'length': 4096, 'protection': 'rw-',"
                        + " 'kind': 'anonymous'}]}";
        String one = client.machine("{}");
        String other = client.machine("{}");
        client.post(one + "/processes", area).expect(201);
        client.post(other + "/processes", area).expect(201);
        Answer batch = run(one, "R0 T T R2 R0");
        Answer trace =
                client.postText(other + "/processes/1/trace", "text/x-address", "0 R\n2000 R\n");
        assertThat(batch.number("/stopped/at")).isEqualTo(3);
        assertThat(trace.number("/stopped/at")).isEqualTo(1);
        String third = client.machine("{}");
        client.post(third + "/processes", area).expect(201);
        trace = client.postText(third + "/processes/1/trace", "text/x-pages", "0 T T 2 0");
        assertThat(trace.number("/stopped/at")).isEqualTo(3);
        assertThat(trace.number("/accesses")).isEqualTo(2);
        assertThat(client.digest(third)).isEqualTo(client.digest(one));
    }

    @Test
    void oneTraceSentInEveryWayGivesOneDigest() {
        String string = "W1 R2 T W3 T T R4 W5 T R1 W3 R6 R2 R4 T R1 W4 T";
        String[] words = string.split(" ", -1);
        String json = "{'frames': 3, 'replacement': {'policy': 'aging', 'ageAt': 'tick'}}";

        String whole = client.machineWithProcess(json);
        run(whole, string);
        String digest = client.digest(whole);

        String single = client.machineWithProcess(json);
        StringBuilder lines = new StringBuilder();
        StringBuilder ops = new StringBuilder();
        List<String> addresses = new ArrayList<>();
        ByteBuffer binary = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (String word : words) {
            run(single, word);
            lines.append(access(word)).append('\n');
            boolean tick = word.equals("T");
            long address = tick ? 0 : 4096L * Integer.parseInt(word.substring(1));
            char op = tick ? 't' : word.charAt(0) == 'W' ? 'w' : 'r';
            ops.append(op);
            addresses.add("" + address);
            binary.putLong((long) "rwxt".indexOf(op) << 62 | address);
        }
        assertThat(client.digest(single)).isEqualTo(digest);

        String minimal = client.machineWithProcess(json);
        client.post(minimal + "/processes/1/accesses", batch(string), "Prefer", "return=minimal")
                .expect(200);
        assertThat(client.digest(minimal)).isEqualTo(digest);

        String columns =
                "{'ops': '%s', 'addresses': [%s]}".formatted(ops, String.join(",", addresses));
        assertThat(traced(json, Client.NDJSON, lines.toString())).isEqualTo(digest);
        assertThat(traced(json, Client.JSON, columns)).isEqualTo(digest);
        String packed = client.machineWithProcess(json);
        Answer answer =
                client.send("POST", packed + "/processes/1/trace", Client.BINARY, binary.array())
                        .expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(12);
        assertThat(client.digest(packed)).isEqualTo(digest);
    }

    private String traced(String json, String mediaType, String trace) {
        String machine = client.machineWithProcess(json);
        byte[] body = trace.replace('\'', '"').getBytes(UTF_8);
        Answer answer =
                client.send("POST", machine + "/processes/1/trace", mediaType, body).expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(12);
        assertThat(answer.number("/counters/accesses")).isEqualTo(12);
        return client.digest(machine);
    }

    @Test
    void pagesOfATextbookMayHaveThem() {
        String machine = client.machineWithProcess("{'frames': 3}");
        Answer answer =
                client.postText(machine + "/processes/1/trace", "text/x-pages", "1 2 3 T 4 T")
                        .expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(4);
        assertThat(answer.number("/counters/evictions")).isEqualTo(1);
        assertThat(client.get(machine + "/frames").at("/frames").findValuesAsString("referenced"))
                .containsOnly("false");
    }

    /** In the trace of a machine it is of nobody, and may say whose turn it was. */
    @Test
    void aTraceOfTheWholeMachineMayHaveThem() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes").expect(201);
        String trace =
                """
                {"op":"tick"}
                {"op":"read","address":4096,"pid":1}
                {"op":"tick","pid":2}
                {"op":"tick","pid":99}
                {"op":"read","address":4096,"pid":1}
                """;
        Answer answer = client.postText(machine + "/trace", Client.NDJSON, trace).expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(2);
        assertThat(answer.number("/counters/contextSwitches")).isZero();
        assertThat(answer.number("/counters/tlbMisses")).isEqualTo(2);
        Answer alone =
                client.postText(machine + "/trace", Client.NDJSON, "{\"op\":\"tick\"}").expect(200);
        assertThat(alone.number("/accesses")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'op': 'tick', 'address': 0}|/accesses/1/address",
                "{'op': 'tick', 'address': '0x1000'}|/accesses/1/address",
                "{'op': 'tick', 'size': 1}|/accesses/1/size",
                "{'op': 'tick', 'value': 1}|/accesses/1/value",
                "{'op': 'tick', 'cpu': 0}|/accesses/1/cpu",
                "{'op': 'tick', 'pid': 1}|/accesses/1/pid",
                "{'op': 'tock'}|/accesses/1/op",
                "{'op': 'read'}|/accesses/1/address",
                "{'op': 3}|/accesses/1/op",
            })
    void aTickHasNothingOfAnAccess(String bad, String pointer) {
        String machine = client.machineWithProcess("{}");
        String body = "{'accesses': [" + TICK + ", " + bad + "]}";
        Answer answer = client.post(machine + "/processes/1/accesses", body).expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
        assertThat(client.version(machine)).isEqualTo(2);
        String sweep = "{'accesses': [" + TICK + ", " + bad + "]}";
        if (!pointer.endsWith("value") && !pointer.endsWith("cpu") && !pointer.endsWith("pid")) {
            assertThat(client.post("/v1/sweeps", sweep).expect(400).text("/errors/0/pointer"))
                    .isEqualTo(pointer);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json|{'ops':'rt','addresses':[1,4096]}",
                "application/json|{'ops':'rT','addresses':[1,0]}",
                "application/json|{'ops':'rz','addresses':[1,0]}",
                "application/x-ndjson|{'op':'read','address':1}\\n{'op':'tick','address':0}",
                "application/x-ndjson|{'op':'read','address':1}\\n{'op':'tick','pid':1}",
                "text/x-pages|1 t",
                "text/x-pages|1 T5",
                "text/x-ostep|1,T",
            })
    void garbledTicksNameTheLine(String mediaType, String trace) {
        String machine = client.machineWithProcess("{}");
        String text = trace.replace('\'', '"').replace("\\n", "\n");
        Answer answer =
                client.postText(machine + "/processes/1/trace", mediaType, text)
                        .expectProblem(400, "GARBLED_TRACE");
        assertThat(answer.number("/accesses")).isEqualTo(1);
        assertThat(answer.number("/line")).isPositive();
        assertThat(answer.number("/version")).isEqualTo(3);
        client.postText("/v1/traces", mediaType, text).expectProblem(400, "GARBLED_TRACE");
    }

    @Test
    void aPackedTickWithAnAddressNamesTheByte() {
        String machine = client.machineWithProcess("{}");
        ByteBuffer words = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(0, 1).putLong(8, 3L << 62).putLong(16, 3L << 62 | 4096);
        Answer answer =
                client.send("POST", machine + "/processes/1/trace", Client.BINARY, words.array())
                        .expectProblem(400, "GARBLED_TRACE");
        assertThat(answer.number("/accesses")).isEqualTo(1);
        assertThat(answer.number("/byte")).isEqualTo(16);
    }

    /** Stored, they are in the trace's name, in its export and in sweeps; curves pass over them. */
    @Test
    void aStoredTraceKeepsThem() {
        Answer ticked =
                client.postText("/v1/traces", "text/x-pages", "T 1 2 T 3 1 4 T 2").expect(201);
        Answer plain = client.postText("/v1/traces", "text/x-pages", "1 2 3 1 4 2").expect(201);
        assertThat(ticked.text("/id")).isNotEqualTo(plain.text("/id"));
        assertThat(ticked.number("/accesses")).isEqualTo(plain.number("/accesses")).isEqualTo(6);
        assertThat(ticked.number("/ticks")).isEqualTo(3);
        assertThat(plain.number("/ticks")).isZero();
        assertThat(ticked.text("/lowestAddress")).isEqualTo(plain.text("/lowestAddress"));
        for (String format : List.of("text/x-pages", Client.NDJSON, Client.JSON, Client.BINARY)) {
            String path = "/v1/traces/" + ticked.text("/id") + "/content";
            byte[] content = client.get(path, "Accept", format).expect(200).body();
            Answer again = client.send("POST", "/v1/traces", format, content).expect(200);
            assertThat(again.text("/id")).as(format).isEqualTo(ticked.text("/id"));
        }
        for (String curve :
                List.of(
                        "miss-ratios",
                        "miss-ratios?policy=optimal",
                        "miss-ratios?frames=2,3&rate=0.5",
                        "working-sets",
                        "reuse-distances")) {
            Answer one = client.get("/v1/traces/" + ticked.text("/id") + "/" + curve).expect(200);
            Answer two = client.get("/v1/traces/" + plain.text("/id") + "/" + curve).expect(200);
            String name = "\"trace\":\"[0-9a-f]*\"";
            assertThat(one.json().toString().replaceAll(name, ""))
                    .isEqualTo(two.json().toString().replaceAll(name, ""));
        }
        String sweep =
                "{'trace': '%s', 'policies': ['nru', 'second-chance'], 'frames': [3]}"
                        .formatted(ticked.text("/id"));
        Answer swept = client.post("/v1/sweeps", sweep).expect(200);
        assertThat(swept.number("/accesses")).isEqualTo(6);
        assertThat(swept.number("/combinations/0/counters/accesses")).isEqualTo(6);
    }

    /** A sweep's own accesses, and a program's, may be ticks. */
    @Test
    void programsAndSweepsMayHaveThem() {
        String accesses = batch("W1 R2 W3 R4 W5 T R1 W3 R6 R2 R4 T R1 W4 R6 W6 R4 T R5 W2");
        String list = accesses.substring(1, accesses.length() - 1);
        Answer swept =
                client.post("/v1/sweeps", "{" + list + ", 'policies': ['nru'], 'frames': [4]}")
                        .expect(200);
        assertThat(swept.number("/accesses")).isEqualTo(17);
        String traced =
                client.machineWithProcess("{'frames': 4, 'replacement': {'policy': 'nru'}}");
        run(traced, "W1 R2 W3 R4 W5 T R1 W3 R6 R2 R4 T R1 W4 R6 W6 R4 T R5 W2");
        long faults = client.get(traced + "/counters").number("/pageFaults");
        assertThat(swept.number("/combinations/0/counters/pageFaults")).isEqualTo(faults);
        String machine = client.machine("{'frames': 4, 'replacement': {'policy': 'nru'}}");
        client.post(machine + "/processes", "{'program': " + accesses + "}").expect(201);
        Answer ran = client.post(machine + "/run", "{'until': {'accesses': 8}}").expect(200);
        assertThat(ran.number("/counters/accesses")).isEqualTo(8);
        client.post(machine + "/run", "{}").expect(200);
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(17);
        assertThat(client.get(machine + "/counters").number("/pageFaults")).isEqualTo(faults);
    }

    @ParameterizedTest
    @ValueSource(strings = {"choice", "tick"})
    void agesAreShownAndShiftedWhereItSaysSo(String ageAt) {
        String machine =
                client.machineWithProcess(
                        "{'frames': 4, 'replacement': {'policy': 'aging', 'ageAt': '%s'}}"
                                .formatted(ageAt));
        assertThat(client.get(machine).text("/replacement/ageAt")).isEqualTo(ageAt);
        run(machine, "R0 R1 T R1");
        assertThat(
                        client.get(machine + "/replacement")
                                .at("/frames")
                                .findValuesAsString("remembered"))
                .containsOnly(ageAt.equals("tick") ? "128" : "0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'policy': 'aging', 'ageAt': 'tock'|/replacement/ageAt",
                "'policy': 'filo'|/replacement/policy",
            })
    void whatAPolicyDoesNotHaveIsNamed(String replacement, String pointer) {
        Answer answer =
                client.post("/v1/machines", "{'replacement': {" + replacement + "}}").expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
    }

    /**
     * GATE 2016: pages 1 to 20 twice in ten frames. What a machine shows makes the same machine.
     */
    @Test
    void lastInFirstOut() {
        String machine =
                client.machineWithProcess("{'frames': 10, 'replacement': {'policy': 'lifo'}}");
        StringBuilder pages = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            pages.append(1 + i % 20).append(' ');
        }
        Answer answer =
                client.postText(machine + "/processes/1/trace", "text/x-pages", pages.toString())
                        .expect(200);
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(31);
        Answer state = client.get(machine + "/replacement").expect(200);
        assertThat(state.text("/rule")).isEqualTo("the page that was loaded last");
        assertThat(state.at("/order").get(0).asInt()).isEqualTo(9);
        String replacement = client.get(machine).at("/replacement").toString();
        client.post("/v1/machines", "{\"replacement\": " + replacement + "}").expect(201);
    }
}
