package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Traces that are stored, swept and measured, and the operations that do it. */
@Tag("slow")
class SweepsTest extends HttpTest {

    private static final String BELADY = "1,2,3,4,1,2,5,1,2,3,4,5";

    @AfterEach
    void deleteTraces() {
        for (JsonNode trace : client.get("/v1/traces").expect(200).at("/traces")) {
            client.delete("/v1/traces/" + trace.at("/id").asString()).expect(204);
        }
    }

    private String store(String pages) {
        return client.postText("/v1/traces", "text/x-pages", pages).expect(201).text("/id");
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    @Test
    void aTraceIsStoredOnceWhateverItsFormat() {
        Answer stored = client.postText("/v1/traces", "text/x-pages", "1,2,3").expect(201);
        String id = stored.text("/id");
        assertThat(stored.header("Location")).isEqualTo("/v1/traces/" + id);
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(stored.number("/accesses")).isEqualTo(3);
        assertThat(stored.text("/highestAddress")).isEqualTo("0x3000");
        Answer again =
                client.postText("/v1/traces", "text/x-dinero", "0 1000\n0 2000\n0 3000\n")
                        .expect(200);
        assertThat(again.text("/id")).isEqualTo(id);
        assertThat(client.get("/v1/traces").at("/traces")).hasSize(1);
        assertThat(client.get("/v1/traces/" + id).json()).isEqualTo(stored.json());
        Answer text =
                client.get("/v1/traces/" + id + "/content", "Accept", "text/x-lackey").expect(200);
        assertThat(text.text()).isEqualTo(" L 00001000,1\n L 00002000,1\n L 00003000,1\n");
        client.get("/v1/traces/" + id + "/content", "Accept", "image/png")
                .expectProblem(406, "NOT_ACCEPTABLE");
        client.delete("/v1/traces/" + id).expect(204);
        client.get("/v1/traces/" + id).expectProblem(404, "NO_SUCH_TRACE");
    }

    @Test
    void badTracesAndAFullStoreAreSaidSo() {
        client.postText("/v1/traces", "text/x-pages", "1,x").expectProblem(400, "GARBLED_TRACE");
        client.postText("/v1/traces?pageSize=1000", "text/x-pages", "1")
                .expectProblem(400, "INVALID_PARAMETER");
        client.postText("/v1/traces", "text/plain", "1")
                .expectProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        byte[] large = new byte[6_000_000];
        client.send("POST", "/v1/traces", Client.BINARY, large).expectProblem(429, "TRACES_FULL");
        assertThat(client.get("/v1/traces").at("/traces")).isEmpty();
    }

    /** Bodies may come packed, of any endpoint. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void packedBodies(String encoding) {
        byte[] plain = "1,2,3".getBytes(UTF_8);
        byte[] packed = encoding.equals("gzip") ? gzip(plain) : Zstd.compress(plain);
        String[] header = {"Content-Encoding", encoding};
        Answer stored = post("/v1/traces", "text/x-pages", packed, header).expect(201);
        assertThat(stored.number("/accesses")).isEqualTo(3);
        String machine = client.machineWithProcess("{}");
        Answer run = post(machine + "/processes/1/trace", "text/x-pages", packed, header);
        assertThat(run.expect(200).number("/accesses")).isEqualTo(3);
        byte[] json = "{\"frames\": 5}".getBytes(UTF_8);
        byte[] small = encoding.equals("gzip") ? gzip(json) : Zstd.compress(json);
        Answer made = post("/v1/machines", Client.JSON, small, header).expect(201);
        assertThat(made.number("/frames")).isEqualTo(5);
        // what is no such packing, or is cut, is a bad body
        post("/v1/traces", "text/x-pages", plain, header).expectProblem(400, "BODY_NOT_READABLE");
        post("/v1/machines", Client.JSON, plain, header).expect(400);
        byte[] cut = Arrays.copyOf(packed, packed.length - 3);
        post(machine + "/processes/1/trace", "text/x-pages", cut, header).expect(400);
        // and a small body that unpacks to a large one is too large
        byte[] blanks = " ".repeat(30_000_000).getBytes(UTF_8);
        byte[] bomb = encoding.equals("gzip") ? gzip(blanks) : Zstd.compress(blanks);
        post("/v1/machines", Client.JSON, bomb, header).expectProblem(413, "BODY_TOO_LARGE");
    }

    private Answer post(String path, String type, byte[] body, String... headers) {
        return client.send("POST", path, type, BodyPublishers.ofByteArray(body), headers);
    }

    @Test
    void anUnknownPackingIsRefused() {
        Answer refused = post("/v1/traces", "text/x-pages", new byte[3], "Content-Encoding", "br");
        refused.expectProblem(415, "UNSUPPORTED_ENCODING");
        assertThat(refused.header("Accept-Encoding")).isEqualTo("gzip, zstd");
    }

    /** Every combination is what a machine of the same spec counts. */
    @Test
    void aSweepIsEachMachineByItself() {
        String trace =
                IntStream.range(0, 3000)
                        .map(i -> i * i % 37 + i % 11)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" "));
        String id = store(trace);
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                ("{'trace': '%s', 'policies': ['lru', 'fifo', {'policy': 'clock',"
                                                + " 'handPassesFilled': true}, 'arc', 'optimal'],"
                                                + " 'frames': [4, 9], 'tlbs': [null,"
                                                + " {'entries': 4}]}")
                                        .formatted(id))
                        .expect(200);
        assertThat(sweep.at("/combinations")).hasSize(20);
        for (JsonNode each : sweep.at("/combinations")) {
            String spec =
                    "{'frames': %d, 'replacement': %s, 'tlb': %s, 'swap': {'slots': 3000}}"
                            .formatted(
                                    each.at("/frames").asInt(),
                                    each.at("/replacement"),
                                    each.at("/tlb").isNull() ? "null" : "{'entries': 4}");
            String machine = client.machineWithProcess(spec);
            Answer run =
                    client.postText(machine + "/processes/1/trace", "text/x-pages", trace)
                            .expect(200);
            assertThat(each.at("/counters")).as(spec).isEqualTo(run.at("/counters"));
            assertThat(each.at("/pageFaults").asLong())
                    .isEqualTo(run.number("/counters/pageFaults"));
            assertThat(each.at("/failure").isNull()).isTrue();
            client.delete(machine).expect(204);
        }
    }

    /** Where memory is given out whole, the process has as much as one that says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"relocation", "segmentation", "inverted"})
    void anySchemeCanBeSwept(String kind) {
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                "{'pages': [1, 2, 3, 1], 'machine': {'addressBits': 20,"
                                        + " 'translation': {'kind': '%s'}}}".formatted(kind))
                        .expect(200);
        assertThat(sweep.isNull("/combinations/0/failure")).isTrue();
        assertThat(sweep.number("/combinations/0/accesses")).isEqualTo(4);
    }

    @Test
    void beladysAnomalyIsReported() {
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                "{'pages': ["
                                        + BELADY
                                        + "], 'policies': ['fifo', 'lru'],"
                                        + " 'frames': [3, 4]}")
                        .expect(200);
        assertThat(sweep.number("/combinations/0/pageFaults")).isEqualTo(9);
        assertThat(sweep.at("/anomalies")).hasSize(1);
        assertThat(sweep.text("/anomalies/0/policy")).isEqualTo("fifo");
        assertThat(sweep.number("/anomalies/0/morePageFaults")).isEqualTo(10);
    }

    /** One that fails is there with its reason; the others are there too. */
    @Test
    void aCombinationThatFailsIsReported() {
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                "{'accesses': [{'op': 'write', 'address': 0}, {'op': 'write',"
                                        + " 'address': '0x1000'}, {'op': 'read', 'address': 0}],"
                                        + " 'machine': {'swap': {'slots': 0}}, 'frames': [1, 2]}")
                        .expect(200);
        assertThat(sweep.text("/combinations/0/failure")).contains("signal");
        assertThat(sweep.isNull("/combinations/1/failure")).isTrue();
    }

    @Test
    void badSweepsAreSaidSo() {
        client.post("/v1/sweeps", "{'frames': [1]}").expectBadField("");
        client.post("/v1/sweeps", "{'pages': [1], 'frames': [0]}").expectBadField("/frames/0");
        client.post("/v1/sweeps", "{'pages': [-1]}").expectBadField("/pages/0");
        client.post("/v1/sweeps", "{'pages': [1], 'policies': ['none']}")
                .expectBadField("/policies/0");
        client.post("/v1/sweeps", "{'pages': [1], 'policies': [{'polcy': 'lru'}]}")
                .expectBadField("/policies/0/polcy");
        client.post("/v1/sweeps", "{'trace': 'x'}").expectProblem(404, "NO_SUCH_TRACE");
    }

    @Test
    void whoWouldRatherNotWaitGetsAnOperation() throws InterruptedException {
        Answer accepted =
                client.post(
                                "/v1/sweeps",
                                "{'pages': [" + BELADY + "], 'frames': [3, 4]}",
                                "Prefer",
                                "respond-async")
                        .expect(202);
        String path = String.valueOf(accepted.header("Location"));
        assertThat(path).isEqualTo("/v1/operations/" + accepted.text("/id"));
        Answer shown = client.get(path).expect(200);
        for (int i = 0; i < 100 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(50);
            shown = client.get(path).expect(200);
        }
        assertThat(shown.text("/state")).isEqualTo("done");
        assertThat(shown.number("/progress/done")).isEqualTo(24);
        assertThat(shown.at("/result/combinations")).hasSize(2);
        Answer stream = client.get(path, "Accept", "text/event-stream").expect(200);
        assertThat(stream.text()).startsWith("event: done\ndata: {");
        assertThat(client.get("/v1/operations").text("/operations/0/id"))
                .isEqualTo(accepted.text("/id"));
        assertThat(client.post(path + "/cancel").expect(200).text("/state")).isEqualTo("done");
        client.get("/v1/operations/op-0").expectProblem(404, "NO_SUCH_OPERATION");
    }

    @Test
    void whatIsCancelledEnds() throws InterruptedException {
        String pages =
                IntStream.range(0, 300_000)
                        .mapToObj(i -> Integer.toString(i % 5000))
                        .collect(Collectors.joining(" "));
        String id = store(pages);
        String frames =
                IntStream.range(1, 500)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(","));
        Answer accepted =
                client.post("/v1/sweeps", "{'trace': '%s', 'frames': [%s]}".formatted(id, frames))
                        .expect(202); // a long one goes on behind the answer by itself
        String path = String.valueOf(accepted.header("Location"));
        client.post(path + "/cancel").expect(200);
        Answer shown = client.get(path).expect(200);
        for (int i = 0; i < 200 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(50);
            shown = client.get(path).expect(200);
        }
        assertThat(shown.text("/state")).isEqualTo("cancelled");
        assertThat(shown.number("/progress/done")).isLessThan(shown.number("/progress/total"));
    }

    /** What is waited for takes no place among what is not, and does not wait for it either. */
    @Test
    void aShortSweepIsAnsweredWhileAsManyLongOnesRunAsMay() {
        String id =
                store(
                        IntStream.range(0, 300_000)
                                .mapToObj(i -> Integer.toString(i % 5000))
                                .collect(Collectors.joining(" ")));
        String frames =
                IntStream.range(1, 500)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(","));
        String sweep = "{'trace': '%s', 'frames': [%s]}".formatted(id, frames);
        List<String> operations = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Answer accepted = client.post("/v1/sweeps", sweep).expect(202);
            operations.add(String.valueOf(accepted.header("Location")));
        }
        client.post("/v1/sweeps", sweep).expectProblem(429, "TOO_MANY_OPERATIONS");
        long begun = System.nanoTime();
        client.post("/v1/sweeps", "{'pages': [1, 2, 3]}").expect(200);
        client.get("/v1/traces/" + id + "/reuse-distances").expect(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        operations.forEach(each -> client.post(each + "/cancel").expect(200));
    }

    /** How many there are is known before any is made. */
    @Test
    void tenMillionCombinationsAreTooMany() {
        String numbers =
                IntStream.rangeClosed(1, 1000)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(","));
        String many = "'lru'" + ", 'lru'".repeat(99);
        client.post(
                        "/v1/sweeps",
                        "{'pages': [1], 'policies': [%s], 'frames': [%s], 'tlbs': [null%s]}"
                                .formatted(many, numbers, ", null".repeat(99)))
                .expectProblem(413, "SWEEP_TOO_LARGE");
        String some = numbers.substring(0, numbers.indexOf(",201,"));
        client.post(
                        "/v1/experiments/multiprogramming",
                        "{'frames': [%s], 'quanta': [%s], 'diskTicks': [%s]}"
                                .formatted(some, some, some))
                .expectProblem(413, "SWEEP_TOO_LARGE");
    }

    @Test
    void curvesOverHttp() {
        String trace = "/v1/traces/" + store("7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1");
        Answer lru = client.get(trace + "/miss-ratios?frames=3,4").expect(200);
        assertThat(lru.number("/points/0/faults")).isEqualTo(12);
        assertThat(lru.isNull("/points/0/standardError")).isTrue();
        assertThat(lru.number("/pages")).isEqualTo(6);
        Answer optimal = client.get(trace + "/miss-ratios?policy=optimal&frames=3").expect(200);
        assertThat(optimal.number("/points/0/faults")).isEqualTo(9);
        assertThat(client.get(trace + "/miss-ratios").number("/points/0/frames")).isEqualTo(1);
        Answer sample = client.get(trace + "/miss-ratios?rate=0.5&frames=3").expect(200);
        assertThat(sample.at("/points/0/standardError").isNumber()).isTrue();
        Answer sets = client.get(trace + "/working-sets?windows=1,20").expect(200);
        assertThat(sets.at("/points/0/averagePages").asDouble()).isEqualTo(1, within(1e-9));
        Answer reuse = client.get(trace + "/reuse-distances").expect(200);
        assertThat(reuse.number("/buckets/0/from")).isZero();
        client.get(trace + "/miss-ratios?policy=fifo").expectProblem(400, "INVALID_PARAMETER");
        client.get(trace + "/miss-ratios?frames=0").expectProblem(400, "INVALID_PARAMETER");
        client.get(trace + "/miss-ratios?rate=2").expectProblem(400, "INVALID_PARAMETER");
    }
}
