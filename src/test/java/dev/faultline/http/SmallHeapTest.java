package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Presets;
import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The server with a heap of 256 MB, asked for the largest of everything that it accepts: it makes
 * it or answers 429, and lives.
 */
@Tag("slow")
class SmallHeapTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_FRAMES = 1 << 20;

    @TempDir static Path folder;

    private static ServerProcess server;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = ServerProcess.start(folder, List.of("-Xmx256m"), List.of());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    @AfterEach
    void lives() throws IOException, InterruptedException {
        deleteAll();
        server.health(Duration.ofSeconds(20));
        assertThat(server.log()).doesNotContain("OutOfMemoryError");
    }

    private static void deleteAll() {
        JSON.readTree(send("GET", "/v1/machines?limit=1000", "").body())
                .at("/machines")
                .forEach(each -> send("DELETE", "/v1/machines/" + each.at("/id").asString(), ""));
    }

    private static HttpResponse<String> send(String method, String path, String body) {
        return send(method, path, "application/json", body.replace('\'', '"').getBytes(UTF_8));
    }

    private static HttpResponse<String> send(String method, String path, String type, byte[] body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .timeout(Duration.ofMinutes(3))
                        .header("Content-Type", type)
                        .method(method, BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Makes it or has no room for it. Answers the machine's path, or null. */
    private static boolean madeOrFull(HttpResponse<String> answer, String what) {
        assertThat(answer.statusCode()).as("%s: %s", what, shortened(answer)).isIn(200, 201, 429);
        if (answer.statusCode() == 429) {
            assertThat(answer.body()).as(what).contains("SERVER_FULL");
        }
        return answer.statusCode() < 300;
    }

    private static String shortened(HttpResponse<String> answer) {
        return answer.body().substring(0, Math.min(300, answer.body().length()));
    }

    /** Makes a machine with a process; whether there was room. */
    private static boolean make(String id, String spec) {
        String body = "{'id': '" + id + "'" + (spec.isEmpty() ? "" : ", " + spec) + "}";
        return madeOrFull(send("POST", "/v1/machines", body), spec)
                && madeOrFull(send("POST", "/v1/machines/" + id + "/processes", "{}"), spec);
    }

    private static void delete(String id) {
        send("DELETE", "/v1/machines/" + id, "");
    }

    private static int status(String method, String path, String body) {
        return send(method, "/v1/machines/m" + path, body).statusCode();
    }

    /** What is small fits, whatever it could come to. */
    @Test
    void presetsAndHandlersHaveRoom() {
        for (JsonNode preset :
                JSON.readTree(send("GET", "/v1/presets?limit=1000", "").body()).at("/presets")) {
            String name = preset.at("/name").asString();
            HttpResponse<String> made =
                    send("POST", "/v1/machines", "{'id': 'm', 'preset': '" + name + "'}");
            assertThat(made.statusCode()).as("%s: %s", name, shortened(made)).isEqualTo(201);
            if (status("GET", "/processes/1", "") == 200) {
                HttpResponse<String> read =
                        send(
                                "POST",
                                "/v1/machines/m/processes/1/accesses",
                                "{'accesses': [{'op': 'read', 'address': 0}]}");
                assertThat(read.statusCode()).as("%s: %s", name, shortened(read)).isNotEqualTo(429);
            }
            delete("m");
        }
        make("m", "'frames': 4");
        assertThat(
                        status(
                                "PUT",
                                "/processes/1/handler",
                                "{'commands': [{'command': 'copy', 'from': '0x0', 'to': '0x1000',"
                                        + " 'length': 65536}]}"))
                .isEqualTo(200);
        assertThat(
                        status(
                                "POST",
                                "/processes/1/accesses",
                                "{'accesses': [{'op': 'write', 'address': 0, 'value': 1}]}"))
                .isEqualTo(200);
    }

    /** The old machine and the new one have no room side by side. */
    @Test
    void whatFillsTheServerCanBeReset() {
        String spec = "'frames': " + MOST_FRAMES + ", 'replacement': {'policy': 'arc'}";
        assertThat(make("m", spec)).isTrue();
        assertThat(make("n", spec)).as("there is room for two").isFalse();
        for (int i = 0; i < 3; i++) {
            send(
                    "POST",
                    "/v1/machines/m/processes/1/accesses",
                    "{'accesses': [{'op': 'write', 'address': 0, 'value': 1}]}");
            assertThat(status("POST", "/reset", "")).isEqualTo(200);
            assertThat(JSON.readTree(send("GET", "/v1/machines/m", "").body()).at("/counters"))
                    .allMatch(count -> count.asLong() == 0);
            assertThat(status("POST", "/processes", "{}")).isEqualTo(201);
        }
        assertThat(status("POST", "/processes/1/fork", "")).isIn(201, 429);
    }

    // ---- specs

    @Test
    void everyPolicy() {
        for (String policy : Machine.policyNames()) {
            for (String more : List.of("", ", 'k': 8, 'remembered': 2000, 'halveEvery': 1")) {
                String spec =
                        "'frames': %d, 'replacement': {'policy': '%s'%s}"
                                .formatted(MOST_FRAMES, policy, more);
                make("m", spec);
                make("n", spec);
                delete("m");
                delete("n");
            }
        }
    }

    @Test
    void localScopeForManyProcesses() {
        if (make(
                "m",
                "'frames': 4194, 'replacement': {'policy': 'lfu', 'scope': 'local'},"
                        + " 'limits': {'processes': 1000}")) {
            for (int i = 0; i < 999; i++) {
                if (!madeOrFull(send("POST", "/v1/machines/m/processes", "{}"), "a process")) {
                    return;
                }
                send(
                        "POST",
                        "/v1/machines/m/processes/" + (i + 1) + "/accesses",
                        "{'accesses': [{'op': 'read', 'address': 0}]}");
            }
        }
    }

    @Test
    void everyTable() {
        String frames = "'frames': " + MOST_FRAMES + ", ";
        for (String table :
                List.of(
                        "{'kind': 'linear'}",
                        "{'kind': 'linear', 'memory': 'frames'}",
                        "{'kind': 'hierarchical', 'levels': [20, 20]}",
                        "{'kind': 'hierarchical', 'levels': [20, 1, 1, 1, 1]}",
                        "{'kind': 'hierarchical', 'levels': [1, 1, 1, 1, 20]}",
                        "{'kind': 'hashed', 'buckets': 4194304}",
                        "{'kind': 'inverted', 'buckets': 4194304}",
                        "{'kind': 'relocation'}",
                        "{'kind': 'segmentation', 'segmentBits': 12}",
                        "{'kind': 'segmented-paging', 'segmentBits': 12}")) {
            for (String limits : List.of("", ", 'limits': {'tableBytes': 268435456}")) {
                String id = "m";
                String bits = table.contains("linear") ? ", 'addressBits': 48" : "";
                if (make(id, frames + "'translation': " + table + bits + limits)) {
                    crowd(id);
                    touchFarApart(id, 36);
                }
                delete(id);
            }
        }
    }

    /** Processes until there is no room, or enough of them. */
    private static void crowd(String id) {
        String path = "/v1/machines/" + id + "/processes";
        for (int i = 0; i < 30; i++) {
            if (!madeOrFull(send("POST", path, "{}"), "a process")) {
                return;
            }
        }
    }

    /** Reads and stores at addresses so many bits apart that each needs nodes of its own. */
    private static void touchFarApart(String id, int most) {
        String accesses =
                IntStream.range(0, 4000)
                        .mapToObj(
                                i ->
                                        "{'op': 'write', 'value': 1, 'address': '0x%x'}"
                                                .formatted(Long.reverse(i) >>> 64 - most & -4096L))
                        .collect(Collectors.joining(","));
        String body = "{'accesses': [" + accesses + "]}";
        HttpResponse<String> answer =
                send("POST", "/v1/machines/" + id + "/processes/1/accesses", body);
        assertThat(answer.statusCode()).as(shortened(answer)).isIn(200, 400, 429);
    }

    @Test
    void everyTlbAndProcessor() {
        String large =
                "'entries': 4096, 'ways': 4096, 'split': true, 'walkCache': 64, 'secondLevel':"
                        + " {'entries': 4096}";
        for (String tlb : List.of(large, large + ", 'tagged': true")) {
            for (String id : List.of("m", "n", "o", "p", "q")) {
                HttpResponse<String> answer =
                        send(
                                "POST",
                                "/v1/machines",
                                "{'id': '%s', 'cpus': 64, 'tlb': {%s}}".formatted(id, tlb));
                assertThat(answer.statusCode()).as(shortened(answer)).isIn(201, 400, 429);
            }
            deleteAll();
        }
    }

    @Test
    void everyPreset() {
        for (var preset : Presets.all()) {
            for (String more :
                    List.of(
                            "",
                            ", 'limits': {'tableBytes': 268435456, 'contentBytes': 268435456,"
                                    + " 'events': 65536}",
                            ", 'frames': " + MOST_FRAMES,
                            ", 'translation': {'kind': 'hierarchical', 'levels': [20, 16]}")) {
                HttpResponse<String> answer =
                        send(
                                "POST",
                                "/v1/machines",
                                "{'preset': '%s'%s}".formatted(preset.name(), more));
                assertThat(answer.statusCode()).as(shortened(answer)).isIn(201, 400, 429);
                deleteAll();
            }
        }
    }

    // ---- histories

    /** Each takes 5 bytes an access to keep, and its export 7; all come at once. */
    @Test
    void longTracesAndTheirExports() {
        int accesses = 6_000_000;
        ByteBuffer words = ByteBuffer.allocate(8 * accesses).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < accesses; i++) {
            words.putLong(random.nextLong(1L << 35));
        }
        IntStream.range(0, 5)
                .mapToObj(
                        i -> Thread.ofVirtual().start(() -> traceAndExport("t" + i, words.array())))
                .toList()
                .forEach(SmallHeapTest::join);
        assertThat(send("GET", "/v1/machines", "").body()).contains("t0", "t1", "t2", "t3", "t4");
    }

    private static void traceAndExport(String id, byte[] trace) {
        make(id, "'pageSize': 1073741824");
        String path = "/v1/machines/" + id;
        send("POST", path + "/processes/1/trace", "application/octet-stream", trace);
        send("GET", path + "/export", "");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- commands

    /** A store to one byte of a page of 1 GiB takes the list of its blocks: 2 MiB. */
    @Test
    void contentOfHugePages() {
        if (make(
                "m",
                "'pageSize': 1073741824, 'frames': 10000, 'addressBits': 60, 'limits':"
                        + " {'contentBytes': 268435456, 'tableBytes': 268435456}")) {
            String accesses =
                    IntStream.range(0, 300)
                            .mapToObj(
                                    i ->
                                            "{'op': 'write', 'value': 1, 'address': '0x%x'}"
                                                    .formatted((long) i << 30))
                            .collect(Collectors.joining(","));
            HttpResponse<String> answer =
                    send(
                            "POST",
                            "/v1/machines/m/processes/1/accesses",
                            "{'accesses': [" + accesses + "]}");
            assertThat(answer.statusCode()).as(shortened(answer)).isIn(200, 429);
            if (answer.statusCode() == 429) {
                assertThat(answer.body()).contains("\"accesses\":", "\"version\":");
            }
        }
    }

    @Test
    void copiesAndTrials() {
        if (make("m", "'frames': " + MOST_FRAMES)) {
            String write = "[{'op': 'write', 'address': 0, 'value': 1}]";
            for (int i = 0; i < 4; i++) {
                madeOrFull(send("POST", "/v1/machines/m/clone", "{}"), "a clone");
                madeOrFull(
                        send(
                                "POST",
                                "/v1/machines/m/processes/1/predictions",
                                "{'accesses': " + write.replace(", 'value': 1", "") + "}"),
                        "a prediction");
                HttpResponse<String> trial =
                        send("GET", "/v1/machines/m/translations?pid=1&address=0", "");
                madeOrFull(trial, "a trial");
                madeOrFull(send("POST", "/v1/machines/m/reset", ""), "a reset");
                send("POST", "/v1/machines/m/processes", "{}");
            }
        }
    }

    @Test
    void filesForksAreasAndPrograms() {
        make("m", "'limits': {'contentBytes': 268435456, 'tableBytes': 268435456}");
        byte[] file = new byte[3 << 20];
        Arrays.fill(file, (byte) 1);
        boolean room = true;
        for (int i = 0; i < 60 && room; i++) {
            room =
                    madeOrFull(
                            send(
                                    "PUT",
                                    "/v1/machines/m/files/f" + i,
                                    "application/octet-stream",
                                    file),
                            "a file");
        }
        room = true;
        for (int i = 0; i < 40 && room; i++) {
            room =
                    madeOrFull(
                            send(
                                    "POST",
                                    "/v1/machines/m/processes",
                                    "{'program': {'generator': {'kind': 'quicksort', 'bytes':"
                                            + " 8000000, 'accesses': 4000000}}}"),
                            "a program");
        }
        touchFarApart("m", 48);
        room = true;
        for (int i = 0; i < 40 && room; i++) {
            room = madeOrFull(send("POST", "/v1/machines/m/processes/1/fork", "{}"), "a fork");
        }
    }

    @Test
    void sweepsCurvesComparisonsAndExperiments() throws InterruptedException {
        String pages =
                IntStream.range(0, 600_000)
                        .mapToObj(i -> Long.toString(i * 7919L % 1_000_003))
                        .collect(Collectors.joining(" "));
        HttpResponse<String> stored =
                send("POST", "/v1/traces", "text/x-pages", pages.getBytes(UTF_8));
        assertThat(stored.statusCode()).isEqualTo(201);
        String id = JSON.readTree(stored.body()).at("/id").asString();
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            answers.add(
                    send(
                            "POST",
                            "/v1/sweeps",
                            "{'trace': '%s', 'policies': ['arc', 'optimal', {'policy': 'lru-k',"
                                            .formatted(id)
                                    + " 'k': 8, 'remembered': 2000}], 'frames': [1000, 1048576]}"));
            answers.add(
                    send("GET", "/v1/traces/" + id + "/miss-ratios?policy=optimal&pageSize=1", ""));
            answers.add(
                    send(
                            "POST",
                            "/v1/comparisons/page-tables",
                            "{'buckets': 4194304, 'areas': [{'start': 0, 'length': 4000000000}]}"));
            answers.add(
                    send(
                            "POST",
                            "/v1/experiments/multiprogramming",
                            "{'machine': {'replacement': {'policy': 'arc'}}, 'frames': [1048576],"
                                    + " 'degrees': [200], 'ticks': 100000}"));
        }
        for (HttpResponse<String> answer : answers) {
            assertThat(answer.statusCode()).as(shortened(answer)).isIn(200, 202, 400, 429);
        }
        for (int i = 0; i < 600 && running(); i++) {
            Thread.sleep(100);
        }
        assertThat(running()).isFalse();
    }

    private static boolean running() {
        return send("GET", "/v1/operations", "").body().contains("\"running\"");
    }
}
