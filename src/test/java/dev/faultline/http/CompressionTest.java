package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Large answers are compressed for those who take them so, and say the same as the others. */
@Tag("slow")
class CompressionTest extends HttpTest {

    private static final String[] GZIP = {"Accept-Encoding", "gzip"};

    /** A batch whose answer is large. */
    private static final String BATCH =
            Client.batch(
                    IntStream.range(0, 20)
                            .mapToObj(i -> "write 0x%x000 4 %d".formatted(i, i))
                            .toArray(String[]::new));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/machines/large",
                "/v1/machines/large/frames",
                "/v1/machines/large/processes/1/pages",
                "/v1/machines/large/metrics",
                "/v1/presets",
                "/v3/api-docs",
                "/actuator/prometheus",
                "/swagger-ui/swagger-ui.css"
            })
    void aLargeReadingIsTheSameInFewerBytes(String path) throws IOException {
        large();
        Answer plain = client.get(path).expect(200);
        Answer packed = client.get(path, GZIP).expect(200);
        assertThat(plain.body()).hasSizeGreaterThan(2048);
        assertThat(plain.header("Content-Encoding")).isNull();
        assertThat(packed.headers().allValues("Content-Encoding")).containsExactly("gzip");
        assertThat(raw("GET", path).body().length).isLessThan(plain.body().length / 2);
        if (!path.endsWith("prometheus")) { // it counts the requests
            assertThat(packed.body()).isEqualTo(plain.body());
        }
        for (Answer each : List.of(plain, packed)) {
            assertThat(each.header("Vary")).isEqualToIgnoringCase("Accept-Encoding");
        }
        assertThat(raw("HEAD", path).header("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void theTagOfACompressedAnswerIsWeakAndStillWorks() throws IOException {
        String machine = large();
        String strong = Objects.requireNonNull(client.get(machine).expect(200).header("ETag"));
        Answer packed = client.get(machine, GZIP).expect(200);
        String weak = Objects.requireNonNull(packed.header("ETag"));
        assertThat(weak).isEqualTo("W/" + strong);
        assertThat(raw("HEAD", machine).header("ETag")).isEqualTo(weak);
        for (String tag : List.of(weak, strong, "\"v999\", " + weak)) {
            for (String encoding : List.of("gzip", "identity")) {
                Answer unchanged =
                        client.get(machine, "If-None-Match", tag, "Accept-Encoding", encoding)
                                .expect(304);
                assertThat(unchanged.body()).isEmpty();
                assertThat(unchanged.header("Vary")).isEqualToIgnoringCase("Accept-Encoding");
            }
        }
        client.post(machine + "/processes/1/accesses", BATCH, "If-Match", "W/\"v999\"")
                .expectProblem(412, "VERSION_MISMATCH");
        Answer changed =
                client.post(
                                machine + "/processes/1/accesses",
                                BATCH,
                                "If-Match",
                                weak,
                                "Accept-Encoding",
                                "gzip")
                        .expect(200);
        assertThat(changed.header("ETag")).startsWith("W/");
        assertThat(changed.at("/results")).hasSize(20);
    }

    @Test
    void aSmallAnswerAndItsTagAreLeftAsTheyAre() {
        String machine = client.machineWithProcess("{}");
        Answer small = client.get(machine + "/processes/1/areas", GZIP).expect(200);
        assertThat(small.body()).hasSizeLessThan(2049);
        assertThat(small.header("Content-Encoding")).isNull();
        assertThat(small.header("ETag")).startsWith("\"v");
        assertThat(small.header("Vary")).isEqualToIgnoringCase("Accept-Encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, true",
        "'br, gzip;q=0.1', true",
        "GZIP, true",
        "'', false",
        "identity, false",
        "'br, zstd', false",
        "gzip;q=0, false",
        "'gzip;q=0.000, identity', false"
    })
    void theClientChooses(String accepted, boolean compressed) {
        Answer answer = client.get("/v1/presets", "Accept-Encoding", accepted).expect(200);
        assertThat("gzip".equals(answer.header("Content-Encoding"))).isEqualTo(compressed);
    }

    /** What is stored under a key is sent again in the way that is asked for this time. */
    @Test
    void aStoredAnswerIsReplayedInEitherWay() throws IOException {
        String accesses = large() + "/processes/1/accesses";
        for (boolean packedFirst : new boolean[] {true, false}) {
            String key = "key-" + packedFirst;
            Answer first = keyed(accesses, key, packedFirst);
            Answer same = keyed(accesses, key, packedFirst);
            Answer other = keyed(accesses, key, !packedFirst);
            assertThat(same.header("Idempotency-Replayed")).isEqualTo("true");
            assertThat(other.header("Idempotency-Replayed")).isEqualTo("true");
            assertThat(same.body()).isEqualTo(first.body());
            assertThat(other.body()).isEqualTo(first.body());
            assertThat(same.header("ETag")).isEqualTo(first.header("ETag"));
            assertThat(other.header("ETag")).isNotEqualTo(first.header("ETag"));
        }
    }

    private Answer keyed(String path, String key, boolean packed) {
        Answer answer =
                client.post(
                                path,
                                BATCH,
                                "Idempotency-Key",
                                key,
                                "Accept-Encoding",
                                packed ? "gzip" : "identity")
                        .expect(200);
        assertThat("gzip".equals(answer.header("Content-Encoding"))).isEqualTo(packed);
        return answer;
    }

    @Test
    void aLargeProblemIsCompressedToo() throws IOException {
        String odd = "x".repeat(3000);
        Answer problem = client.get("/v1/nothing-here-" + odd, GZIP).expect(404);
        assertThat(problem.header("Content-Encoding")).isEqualTo("gzip");
        problem.expectProblem(404, "NOT_FOUND");
    }

    @Test
    void aStreamOfEventsIsNotHeldBack() throws Exception {
        String machine = large();
        HttpResponse<InputStream> stream = client.openStream(machine + "/events?after=3", GZIP);
        assertThat(stream.headers().firstValue("Content-Encoding")).isEmpty();
        CompletableFuture<String> reading =
                CompletableFuture.supplyAsync(() -> line(stream.body(), "\"0x50000\""));
        client.access(machine, "write 0x50000");
        assertThat(reading.get(5, SECONDS)).startsWith("data:");
        stream.body().close();
    }

    /** The first line of a stream that has a text in it. */
    private static String line(InputStream stream, String text) {
        return new BufferedReader(new InputStreamReader(stream, UTF_8))
                .lines()
                .filter(line -> line.contains(text))
                .findFirst()
                .orElseThrow();
    }

    /** An answer as it comes: compressed, and without a body after HEAD. */
    private Answer raw(String method, String path) throws IOException {
        byte[] request =
                "%s %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"
                        .formatted(method, path)
                        .getBytes(US_ASCII);
        Answer answer = Wire.exchange(port, request);
        return Objects.requireNonNull(answer).expect(200);
    }

    /** Makes the machine {@code large}; answers its path. */
    private String large() {
        String machine = client.machineWithProcess("{'id': 'large', 'frames': 64}");
        client.post(machine + "/processes/1/accesses", BATCH).expect(200);
        return machine;
    }
}
