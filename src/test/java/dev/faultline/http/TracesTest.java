package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;

/** Whole traces in every format: what they do, and what is said where one is garbled. */
class TracesTest extends HttpTest {

    static Stream<Arguments> fiveAccesses() {
        return Stream.of(
                arguments(
                        "text/x-lackey", "==1== hi\nI  1000,3\n L 2000,8\n S 3000,1\n M 4000,4\n"),
                arguments("text/x-dinero", "2 1000\n0 2000\n1 3000\n0 4000\n1 4000\n"),
                arguments(
                        "application/x-ndjson",
                        """
                        {'op':'execute','address':4096}
                        {'op':'read','address':'0x2000','size':8}
                        {'op':'write','address':'0x3000','value':7}
                        {'op':'read','address':'0x4000'}
                        {'op':'write','address':'0x4000'}
                        """),
                arguments(
                        "application/json",
                        "{'ops':'xrwrw','addresses':[4096,8192,'0x3000','0x4000','0x4000']}"));
    }

    @ParameterizedTest
    @MethodSource("fiveAccesses")
    void readsWritesAndExecutesAreCounted(String mediaType, String trace) {
        String machine = client.machineWithProcess("{}");
        Answer answer = run(machine, mediaType, trace).expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(5);
        assertThat(answer.number("/counters/executes")).isEqualTo(1);
        assertThat(answer.number("/counters/reads")).isEqualTo(2);
        assertThat(answer.number("/counters/writes")).isEqualTo(2);
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(4);
        assertThat(answer.isNull("/stopped")).isTrue();
        assertThat(answer.number("/version")).isEqualTo(answer.version()).isEqualTo(3);
        assertThat(client.get(machine + "/counters").json()).isEqualTo(answer.at("/counters"));
    }

    private Answer run(String machine, String mediaType, String trace) {
        String text = mediaType.endsWith("json") ? trace.replace('\'', '"') : trace;
        return client.postText(machine + "/processes/1/trace", mediaType, text);
    }

    /** What real files have: each line is one of the file that it is of, and three accesses. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/x-lackey|--12-- Valgrind options:\\n==12== \\nSB 0401ab70\\nI  0401ab70,3\\n S 1fff000768,8\\n L 1fff000760,8\\n**12** hello\\n|1",
                "text/x-address|0041f7a0 R\\n13f5e2c0 R\\n31348900 W\\n|0",
                "text/x-address;radix=10|16916\\n62493\\n30198 W\\n|0",
                "text/x-pinatrace|#\\n0x7f2b: R 0x7ffd5f3a0e28\\n0x7f2c: W 0x7ffd5f3a0e20\\n0x7f2d: R 0x1000 8 0x1\\n#eof\\n|0",
                "text/x-pinatrace|0x7f2b: R 0x28\\n0x7f2c: W 0x20\\n0x7f2d: R 0x10|0",
                "text/x-dinero|r 1fff 4\\ni 401000 4\\nm 10 4\\nv 20 4\\nc 30 4\\nw 2000\\n|1",
            })
    void realFilesAreRead(String mediaType, String trace, long executes) {
        String machine = client.machineWithProcess("{}");
        String text = trace.replace("\\n", "\n");
        Answer answer = run(machine, mediaType, text).expect(200);
        long pieces = text.contains("1fff 4") ? 4 : 3;
        assertThat(answer.number("/accesses")).isEqualTo(pieces);
        assertThat(answer.number("/counters/writes")).isEqualTo(1);
        assertThat(answer.number("/counters/executes")).isEqualTo(executes);
        Answer stored = client.postText("/v1/traces", mediaType, text).expect(201);
        String content = "/v1/traces/" + stored.text("/id") + "/content";
        byte[] again = client.get(content, "Accept", "text/x-lackey").expect(200).body();
        client.send("POST", "/v1/traces", "text/x-lackey", again).expect(200);
    }

    /** What is written is sent back under the type that it was asked for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/x-address",
                "text/x-address;radix=10",
                "text/x-pinatrace",
                "text/x-dinero",
                "text/x-dinero;version=4",
            })
    void whatIsWrittenIsReadAgain(String mediaType) {
        String id =
                client.postText("/v1/traces", "text/x-address", "0041f7a0 R\n31348900 W\n10\n")
                        .text("/id");
        Answer written =
                client.get("/v1/traces/" + id + "/content", "Accept", mediaType + ";q=0.9")
                        .expect(200);
        assertThat(String.valueOf(written.header("Content-Type")).replace(" ", ""))
                .startsWith(mediaType);
        Answer again = client.send("POST", "/v1/traces", mediaType, written.body()).expect(200);
        assertThat(again.text("/id")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/x-address;radix=8", "text/x-dinero;version=5"})
    void aParameterThatIsNoneIsNamed(String mediaType) {
        String id = client.postText("/v1/traces", "text/x-address", "1\n").text("/id");
        Answer get =
                client.get("/v1/traces/" + id + "/content", "Accept", mediaType)
                        .expectProblem(400, "INVALID_PARAMETER");
        assertThat(get.text("/detail")).contains("must be");
        if (mediaType.contains("radix")) {
            String machine = client.machineWithProcess("{}");
            run(machine, mediaType, "1\n").expectProblem(400, "INVALID_PARAMETER");
        }
    }

    @Test
    void storesAndLoadsWithoutInstructionsAreRead() {
        String machine = client.machineWithProcess("{}");
        Answer ucsd = run(machine, "text/x-ucsd", "s 0x1fffff50 1\nl 0x1fffff58 3\n").expect(200);
        assertThat(ucsd.number("/counters/writes")).isEqualTo(1);
        assertThat(ucsd.number("/counters/reads")).isEqualTo(1);
    }

    @Test
    void aReferenceStringOfPagesGivesTheTextbooksCount() {
        String machine =
                client.machineWithProcess("{'frames': 3, 'replacement': {'policy': 'fifo'}}");
        String pages = "7,0,1,2,0,3,0,4,2,3,0,3,2,1,2,0,1,7,0,1\n";
        Answer answer = run(machine, "text/x-pages", pages).expect(200);
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(15);
    }

    @Test
    void binaryWordsHoldTheOperationInTheTopTwoBits() {
        String machine = client.machineWithProcess("{}");
        Answer answer = sendBinary(machine, words(0x1000, 1L << 62 | 0x2000, 2L << 62 | 0x3000));
        assertThat(answer.expect(200).number("/accesses")).isEqualTo(3);
        assertThat(answer.number("/counters/reads")).isEqualTo(1);
        assertThat(answer.number("/counters/writes")).isEqualTo(1);
        assertThat(answer.number("/counters/executes")).isEqualTo(1);
    }

    private Answer sendBinary(String machine, byte[] trace) {
        return client.send("POST", machine + "/processes/1/trace", Client.BINARY, trace);
    }

    private static byte[] words(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    @Test
    void anAccessThatCrossesPagesIsOneForEach() {
        String machine = client.machineWithProcess("{}");
        Answer answer = run(machine, Client.LACKEY, " L 1ffe,4\n S 2fff,8194\n").expect(200);
        assertThat(answer.number("/counters/reads")).isEqualTo(2);
        assertThat(answer.number("/counters/writes")).isEqualTo(4);
    }

    @Test
    void aTraceOfTheWholeMachineNamesAProcessForEachAccess() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes").expect(201);
        String trace =
                """
                {'op':'write','address':4096,'pid':1,'value':5}
                {'op':'write','address':4096,'pid':2,'value':6}
                {'op':'read','address':4096,'pid':1}
                """;
        Answer answer =
                client.postText(machine + "/trace", Client.NDJSON, trace.replace('\'', '"'))
                        .expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(3);
        assertThat(answer.number("/counters/contextSwitches")).isEqualTo(2);
        assertThat(client.get(machine + "/processes/1").number("/counters/accesses")).isEqualTo(2);
        assertThat(client.access(machine, 1, "read 0x1000").number("/results/0/value"))
                .isEqualTo(5);
        assertThat(client.access(machine, 2, "read 0x1000").number("/results/0/value"))
                .isEqualTo(6);
    }

    @Test
    void aProcessThatIsNotThereEndsAMachinesTrace() {
        String machine = client.machineWithProcess("{}");
        String trace =
                "{\"op\":\"read\",\"address\":0,\"pid\":1}\n{\"op\":\"read\",\"address\":0,\"pid\":2}\n";
        Answer answer = client.postText(machine + "/trace", Client.NDJSON, trace);
        answer.expectProblem(404, "NO_SUCH_PROCESS");
        assertThat(answer.number("/accesses")).isEqualTo(1);
        assertThat(answer.number("/version")).isEqualTo(client.version(machine)).isEqualTo(3);
    }

    @Test
    void aSignalStopsATrace() {
        String machine = client.machine("{}");
        String area = "{'areas': [{'start': 0, 'length': 4096, 'protection': 'rw-'}]}";
        client.post(machine + "/processes", area).expect(201);
        Answer answer = run(machine, Client.LACKEY, " L 0,1\n S 1000,1\n L 0,1\n").expect(200);
        assertThat(answer.number("/accesses")).isEqualTo(2);
        assertThat(answer.number("/stopped/at")).isEqualTo(1);
        assertThat(answer.text("/stopped/reason")).isEqualTo("signal");
    }

    @Test
    void anEmptyTraceChangesNothing() {
        String machine = client.machineWithProcess("{}");
        Answer answer = run(machine, Client.LACKEY, "").expect(200);
        assertThat(answer.number("/accesses")).isZero();
        assertThat(answer.number("/version")).isEqualTo(2);
    }

    static Stream<Arguments> garbled() {
        return Stream.of(
                arguments("text/x-lackey", " L 1000,1\n S 2000,1\nI x\n L 3000,1\n", 2, 3),
                arguments("text/x-lackey", " L 1000,1\n L 2000,", 1, 2),
                arguments("text/x-lackey", " L 1000,1\n L ffffffffffffffff,1\n", 1, 2),
                arguments("text/x-dinero", "0 1000\n9 2000\n", 1, 2),
                arguments("text/x-dinero", "r 1000 4\nx 2000 4\n", 1, 2),
                arguments("text/x-address", "1000 R\n2000 X\n", 1, 2),
                arguments("text/x-address;radix=10", "1000\n281474976710656\n", 1, 2),
                arguments("text/x-pinatrace", "0x1: R 0x1000\n0x1: Q 0x2000\n", 1, 2),
                arguments("text/x-pinatrace", "0x1: R 0x1000\n0x1: R", 1, 2),
                arguments("text/x-lackey", " L 1000,1\nSB x\n", 1, 2),
                arguments("text/x-ucsd", "l 0x1000 1\ns 0x2000", 1, 2),
                arguments("text/x-pages", "1 2\n3 x", 3, 2),
                arguments(
                        "application/x-ndjson", "{'op':'read','address':1}\n{'op':'read'\n", 1, 2),
                arguments(
                        "application/x-ndjson",
                        "{'op':'read','address':1}\n{'op':'read','address':-1}",
                        1,
                        2),
                arguments("application/json", "{'ops':'rr','addresses':[1,\nx]}", 1, 2));
    }

    @ParameterizedTest
    @MethodSource("garbled")
    void whatCameBeforeAGarbledPlaceIsAppliedAndTheLineIsNamed(
            String mediaType, String trace, long applied, long line) {
        String machine = client.machineWithProcess("{}");
        Answer answer = run(machine, mediaType, trace).expectProblem(400, "GARBLED_TRACE");
        assertThat(answer.number("/accesses")).isEqualTo(applied);
        assertThat(answer.number("/line")).isEqualTo(line);
        assertThat(answer.number("/version")).isEqualTo(answer.version()).isEqualTo(3);
        assertThat(client.version(machine)).isEqualTo(3);
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(applied);
    }

    @Test
    void aGarbledWordIsNamedByItsByte() {
        String machine = client.machineWithProcess("{}");
        Answer bad = sendBinary(machine, words(0x1000, 3L << 62 | 1, 0x2000));
        bad.expectProblem(400, "GARBLED_TRACE");
        assertThat(bad.number("/byte")).isEqualTo(8);
        assertThat(bad.number("/accesses")).isEqualTo(1);
        byte[] cut = Arrays.copyOf(words(0x1000, 0x2000), 15);
        Answer truncated = sendBinary(machine, cut).expectProblem(400, "GARBLED_TRACE");
        assertThat(truncated.number("/byte")).isEqualTo(8);
        assertThat(truncated.number("/accesses")).isEqualTo(1);
        assertThat(client.version(machine)).isEqualTo(4);
    }

    @Test
    void aTraceGarbledFarInIsAppliedUpToThere() {
        String machine = client.machineWithProcess("{}");
        String good = " L 1000,1\n S 2000,1\n";
        Answer answer = run(machine, Client.LACKEY, good.repeat(25_000) + "oops\n" + good);
        answer.expectProblem(400, "GARBLED_TRACE");
        assertThat(answer.number("/accesses")).isEqualTo(50_000);
        assertThat(answer.number("/line")).isEqualTo(50_001);
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(50_000);
    }

    @Test
    void anAddressBeyondTheSpaceIsGarbled() {
        String machine = client.machineWithProcess("{'addressBits': 16}");
        Answer answer = run(machine, Client.LACKEY, " L ffff,1\n L ffff,2\n");
        answer.expectProblem(400, "GARBLED_TRACE");
        assertThat(answer.number("/accesses")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/yaml", "text/x-lackey2"})
    void anUnknownMediaTypeIsRefused(String mediaType) {
        String machine = client.machineWithProcess("{}");
        run(machine, mediaType, " L 1000,1\n").expectProblem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/x-lackey", "application/octet-stream", "application/json"})
    void aTraceOfTheWholeMachineHasToNameProcesses(String mediaType) {
        String machine = client.machineWithProcess("{}");
        client.send("POST", machine + "/trace", mediaType, " L 0,1\n".getBytes(UTF_8))
                .expectProblem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void aMediaTypeMayHaveParameters() {
        String machine = client.machineWithProcess("{}");
        client.send(
                        "POST",
                        machine + "/processes/1/trace",
                        "Text/X-Lackey; charset=us-ascii",
                        BodyPublishers.ofString(" L 0,1\n"))
                .expect(200);
    }

    /** Two frames and FIFO: page 2 is the forbidden one, page 3 the file's, page 9 in no area. */
    @Test
    void theInputOfNyusLab() {
        String machine =
                client.machine(
                        "{'frames': 2, 'pageSize': 64, 'addressBits': 12,"
                                + " 'replacement': {'policy': 'fifo', 'dialect': 'nyu-lab3'}}");
        String lab =
                """
                # two processes
                2
                2
                0 1 0 0
                2 3 1 1
                1
                0 7 0 0
                c 0
                w 0
                r 1
                w 2
                r 9
                c 1
                r 70
                w 0
                e 1
                """;
        Answer run = client.postText(machine + "/trace", "text/x-nyu-mmu", lab).expect(200);
        assertThat(run.number("/accesses")).isEqualTo(6);
        assertThat(run.number("/counters/contextSwitches")).isEqualTo(2);
        assertThat(run.number("/counters/mapErrors")).isEqualTo(2);
        assertThat(run.number("/counters/accessErrors")).isEqualTo(1);
        assertThat(run.number("/counters/swapOuts")).isEqualTo(1);
        assertThat(run.number("/counters/fileIns")).isEqualTo(1);
        Answer ended = client.get(machine + "/processes/2");
        assertThat(ended.text("/state")).isEqualTo("terminated");
        assertThat(client.get(machine + "/processes/1").text("/signal/address")).isEqualTo("0x240");
        Answer again = client.postText(machine + "/trace", "text/x-nyu-mmu", lab).expect(409);
        assertThat(again.text("/reason")).isEqualTo("PROCESSES_EXIST");
        client.postText(machine + "/processes/1/trace", "text/x-nyu-mmu", lab).expect(415);
    }

    @Test
    void optimalKnowsTheWholeTrace() {
        String machine =
                client.machineWithProcess("{'frames': 3, 'replacement': {'policy': 'optimal'}}");
        String pages = "7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1 x";
        Answer garbled = run(machine, "text/x-pages", pages).expect(400);
        assertThat(garbled.number("/accesses")).isEqualTo(20);
        assertThat(client.get(machine + "/counters").number("/pageFaults")).isEqualTo(9);
        String whole = client.machine("{'frames': 3, 'replacement': {'policy': 'optimal'}}");
        Answer lab =
                client.postText(whole + "/trace", "text/x-nyu-mmu", "1\n1\n0 1 0 0\nc 0\nr 0\n")
                        .expect(409);
        assertThat(lab.text("/reason")).isEqualTo("FUTURE_UNKNOWN");
    }
}
