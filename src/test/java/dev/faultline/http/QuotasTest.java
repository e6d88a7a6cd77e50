package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.ServerProcess;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** How much each owner may have and do, and what is said when that is reached. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotasTest {

    private static final String ADMIN = "admin-of-these-tests-0123456789-0123456789";

    private Path folder;
    private ServerProcess server;
    private Client client;
    private int tenants;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        begin();
    }

    private void begin() throws IOException, InterruptedException {
        server =
                ServerProcess.start(
                        folder,
                        List.of("-Xmx256m"),
                        List.of(
                                "--faultline.security.admin-key=" + ADMIN,
                                "--faultline.traces.directory=" + folder.resolve("traces"),
                                "--faultline.security.keys-file=" + folder.resolve("keys.json")));
        client = Client.of(server.port());
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private static String[] bearing(String secret, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + secret));
        all.addAll(List.of(headers));
        return all.toArray(new String[0]);
    }

    private Answer send(String method, String path, @Nullable String body, String secret) {
        return client.send(
                method,
                path,
                Client.JSON,
                body == null
                        ? new byte[0]
                        : body.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                bearing(secret));
    }

    private Answer post(String path, String body, String secret) {
        return send("POST", path, body, secret);
    }

    private Answer get(String path, String secret) {
        return client.get(path, bearing(secret));
    }

    /** A student of a new class whose owners have limits. */
    private Student student(String limits) {
        String tenant = "class-" + tenants++;
        Answer put = send("PUT", "/v1/tenants/" + tenant, "{'limits': {" + limits + "}}", ADMIN);
        assertThat(put.expect(201).header("Location")).isEqualTo("/v1/tenants/" + tenant);
        return new Student(tenant, key(tenant, "ada"));
    }

    private String key(String tenant, String student) {
        return post(
                        "/v1/keys",
                        "{'role': 'student', 'tenant': '%s', 'student': '%s'}"
                                .formatted(tenant, student),
                        ADMIN)
                .expect(201)
                .text("/secret");
    }

    private record Student(String tenant, String secret) {}

    private static Answer assertExceeded(Answer answer, String quota, long limit, long used) {
        answer.expectProblem(429, "QUOTA_EXCEEDED");
        assertThat(answer.text("/quota")).isEqualTo(quota);
        assertThat(answer.number("/limit")).isEqualTo(limit);
        assertThat(answer.number("/used")).isEqualTo(used);
        assertThat(Long.parseLong(answer.header("Retry-After"))).isBetween(1L, 3600L);
        return answer;
    }

    @Test
    void machinesAreCountedByOwner() {
        Student ada = student("'machines': 2");
        String bob = key(ada.tenant, "bob");
        for (String who : List.of(ada.secret, bob)) {
            post("/v1/machines", "{'id': 'm1'}", who).expect(201);
            post("/v1/machines/m1/clone", "{'id': 'm2'}", who).expect(201);
            assertExceeded(post("/v1/machines", "{'id': 'm3'}", who), "machines", 2, 2);
            assertExceeded(post("/v1/machines/m1/clone", "{}", who), "machines", 2, 2);
            assertThat(get("/v1/me", who).number("/used/machines")).isEqualTo(2);
            client.delete("/v1/machines/m1", bearing(who)).expect(204);
            post("/v1/machines", "{'id': 'm3'}", who).expect(201);
        }
    }

    @Test
    void bytesAreGivenBackByTheOwnersHistories() {
        Student ada = student("'machineBytes': 3000000, 'requestsPerMinute': 100000");
        post("/v1/machines", "{'id': 'm1', 'limits': {'events': 64}}", ada.secret).expect(201);
        post("/v1/machines/m1/processes", "{}", ada.secret).expect(201);
        for (int i = 0; i < 400; i++) {
            String access = "{'accesses': [{'op': 'write', 'address': %d}]}".formatted(i << 12);
            post("/v1/machines/m1/processes/1/accesses", access, ada.secret).expect(200);
        }
        assertThat(get("/v1/me", ada.secret).number("/used/machineBytes"))
                .isBetween(10_000L, 3_000_000L);
        Answer large = post("/v1/machines", "{'frames': 1000000}", ada.secret);
        assertThat(large.expectProblem(429, "QUOTA_EXCEEDED").text("/quota"))
                .isEqualTo("machineBytes");
        String bob = key(ada.tenant, "bob");
        post("/v1/machines", "{'id': 'm1'}", bob).expect(201);
        client.delete("/v1/machines/m1", bearing(ada.secret)).expect(204);
        assertThat(get("/v1/me", ada.secret).number("/used/machineBytes")).isZero();
    }

    @Test
    void storedTracesAreCountedToEachWhoHasThem() {
        Student ada = student("'storedBytes': 30000");
        String bob = key(ada.tenant, "bob");
        for (String who : List.of(ada.secret, bob)) {
            store(trace(100, 1), who).expect(201);
            long used = get("/v1/me", who).number("/used/storedBytes");
            assertThat(used).isBetween(50L, 10_000L);
            assertExceeded(store(trace(9000, 2), who), "storedBytes", 30_000, used);
            assertThat(get("/v1/me", who).number("/used/storedBytes")).isEqualTo(used);
        }
        String id = store(trace(100, 1), bob).expect(200).text("/id");
        client.delete("/v1/traces/" + id, bearing(bob)).expect(204);
        assertThat(get("/v1/me", bob).number("/used/storedBytes")).isZero();
        get("/v1/traces/" + id, ada.secret).expect(200);
    }

    private Answer store(String lackey, String secret) {
        byte[] body = lackey.getBytes(StandardCharsets.UTF_8);
        return client.send("POST", "/v1/traces", Client.LACKEY, body, bearing(secret));
    }

    private static String trace(int accesses, long seed) {
        return new Random(seed)
                .longs(accesses, 0, 1L << 40)
                .mapToObj(address -> " L " + Long.toHexString(address) + ",1")
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void operationsAreCountedByOwner() {
        Student ada = student("'operations': 1");
        String id = store(trace(100_000, 3), ada.secret).expect(201).text("/id");
        String sweep =
                "{'trace': '%s', 'policies': ['lru', 'fifo', 'clock'], 'frames': [%s]}"
                        .formatted(
                                id,
                                LongStream.range(1, 200)
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining(", ")));
        String first = post("/v1/sweeps", sweep, ada.secret).expect(202).header("Location");
        assertExceeded(post("/v1/sweeps", sweep, ada.secret), "operations", 1, 1);
        String bob = key(ada.tenant, "bob");
        String small = "{'pages': [1, 2, 3], 'policies': ['lru'], 'frames': [2]}";
        post("/v1/sweeps", small, bob).expect(200);
        post(first + "/cancel", "{}", ada.secret).expect(200);
    }

    @Test
    void streamsAreCountedByOwner() throws IOException, InterruptedException {
        Student ada = student("'streams': 1");
        post("/v1/machines", "{'id': 'm1'}", ada.secret).expect(201);
        String[] headers = bearing(ada.secret, "Accept", "text/event-stream");
        HttpResponse<InputStream> open = client.openStream("/v1/machines/m1/events", headers);
        try (InputStream body = open.body()) {
            assertThat(open.statusCode()).isEqualTo(200);
            assertThat(get("/v1/me", ada.secret).number("/used/streams")).isEqualTo(1);
            assertExceeded(client.get("/v1/machines/m1/events", headers), "streams", 1, 1);
        }
    }

    @Test
    void requestsAreCountedByOwner() {
        Student ada = student("'requestsPerMinute': 5");
        String bob = key(ada.tenant, "bob");
        for (int left = 4; left >= 0; left--) {
            Answer answer =
                    left == 2 ? get("/v1/machines/none", ada.secret) : get("/v1/me", ada.secret);
            assertThat(answer.header("RateLimit-Policy")).isEqualTo("\"requests\";q=5;w=60");
            assertThat(answer.header("RateLimit"))
                    .matches("\"requests\";r=" + left + ";t=(60|5\\d)");
        }
        Answer refused = assertExceeded(get("/v1/me", ada.secret), "requestsPerMinute", 5, 5);
        assertThat(refused.header("RateLimit")).startsWith("\"requests\";r=0;t=");
        assertThat(get("/v1/me", bob).expect(200).header("RateLimit")).contains("r=4");
        assertThat(client.get("/v1/me").header("RateLimit")).isNull();
        assertThat(get("/v1/me", ADMIN).expect(200).header("RateLimit")).isNull();
    }

    @Test
    void accessesAreChargedWhenTheyAreDone() {
        Student ada = student("'accessesPerMinute': 100");
        post("/v1/machines", "{'id': 'm1'}", ada.secret).expect(201);
        post("/v1/machines/m1/processes", "{}", ada.secret).expect(201);
        byte[] body = trace(5000, 4).getBytes(StandardCharsets.UTF_8);
        Answer ran =
                client.send(
                        "POST",
                        "/v1/machines/m1/processes/1/trace",
                        Client.LACKEY,
                        body,
                        bearing(ada.secret));
        assertThat(ran.expect(200).number("/accesses")).isEqualTo(5000);
        Answer refused = post("/v1/machines/m1/processes", "{}", ada.secret);
        assertExceeded(refused, "accessesPerMinute", 100, 5000);
        assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(2900L, 3060L);
        get("/v1/machines/m1", ada.secret).expect(200);
        client.delete("/v1/machines/m1", bearing(ada.secret)).expect(204);
        post("/v1/machines", "{}", key(ada.tenant, "bob")).expect(201);
    }

    @Test
    void sweepsAreChargedToo() {
        Student ada = student("'accessesPerMinute': 100");
        String sweep =
                "{'pages': [%s], 'policies': ['lru'], 'frames': [1, 2, 3]}"
                        .formatted(
                                LongStream.range(0, 100)
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining(", ")));
        post("/v1/sweeps", sweep, ada.secret).expect(200);
        assertExceeded(post("/v1/sweeps", sweep, ada.secret), "accessesPerMinute", 100, 300);
    }

    @Test
    void aRunIsChargedWhatItDid() throws InterruptedException {
        Student ada = student("");
        post("/v1/machines", "{'id': 'm2', 'frames': 4}", ada.secret).expect(201);
        String program =
                "{'program': {'generator': {'kind': 'random', 'pages': 8, 'accesses': 5000}}}";
        post("/v1/machines/m2/processes", program, ada.secret).expect(201);
        String path =
                client.send(
                                "POST",
                                "/v1/machines/m2/run",
                                Client.JSON,
                                "{\"until\": {\"accesses\": 100}}".getBytes(StandardCharsets.UTF_8),
                                bearing(ada.secret, "Prefer", "respond-async"))
                        .expect(202)
                        .header("Location");
        while (get(String.valueOf(path), ada.secret).text("/state").equals("running")) {
            Thread.sleep(20);
        }
        assertThat(get("/v1/me", ada.secret).number("/used/accessesPerMinute")).isEqualTo(100);
    }

    @Test
    void whoIsFullForgetsNobodyElsesResults() {
        Student small = student("'machineBytes': 1000");
        Student other = student("");
        String sweep = "{'pages': [1, 2, 3], 'policies': ['lru'], 'frames': [2]}";
        byte[] body = sweep.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        String[] async = {"Prefer", "respond-async"};
        String kept =
                client.send("POST", "/v1/sweeps", Client.JSON, body, bearing(other.secret, async))
                        .expect(202)
                        .header("Location");
        client.send("POST", "/v1/sweeps", Client.JSON, body, bearing(small.secret, async))
                .expectProblem(429, "QUOTA_EXCEEDED");
        get(String.valueOf(kept), other.secret).expect(200);
    }

    @Test
    void eachIsToldItsLimits() {
        Student ada = student("'machines': 3");
        JsonNode me = get("/v1/me", ada.secret).expect(200).json();
        assertThat(me.at("/limits/machines").asLong()).isEqualTo(3);
        assertThat(me.at("/limits/requestsPerMinute").asLong()).isEqualTo(600);
        assertThat(me.at("/used/requestsPerMinute").asLong()).isEqualTo(1);
        assertThat(me.at("/used/gradingsPerHour").asLong()).isZero();
        JsonNode admin = get("/v1/me", ADMIN).expect(200).json();
        assertThat(admin.at("/limits/machines").isNull()).isTrue();
        assertThat(admin.at("/used/machines").asLong()).isZero();
        assertThat(admin.at("/used/requestsPerMinute").isNull()).isTrue();
    }

    @Test
    void tenantsAreKeptAndTakenAway() throws Exception {
        Student ada = student("'machines': 7, 'streams': 0");
        String path = "/v1/tenants/" + ada.tenant;
        server.close();
        begin();
        assertThat(get(path, ADMIN).expect(200).number("/limits/machines")).isEqualTo(7);
        assertThat(get("/v1/tenants", ADMIN).at("/tenants").findValuesAsString("tenant"))
                .contains(ada.tenant);
        send("PUT", path, "{}", ADMIN).expect(200);
        assertThat(get("/v1/me", ada.secret).number("/limits/machines")).isEqualTo(20);
        client.delete(path, bearing(ADMIN)).expect(204);
        get(path, ADMIN).expectProblem(404, "NO_SUCH_TENANT");
        client.delete(path, bearing(ADMIN)).expectProblem(404, "NO_SUCH_TENANT");
        get("/v1/me", ada.secret).expect(200);
    }

    @Test
    void limitsAreTheAdmins() {
        Student ada = student("");
        String teacher =
                post("/v1/keys", "{'role': 'teacher', 'tenant': '" + ada.tenant + "'}", ADMIN)
                        .expect(201)
                        .text("/secret");
        for (String who : List.of(ada.secret, teacher)) {
            send("PUT", "/v1/tenants/" + ada.tenant, "{'limits': {'machines': 9}}", who)
                    .expectProblem(403, "ROLE_FORBIDDEN");
            get("/v1/tenants", who).expectProblem(403, "ROLE_FORBIDDEN");
            get("/v1/tenants/" + ada.tenant, who).expectProblem(403, "ROLE_FORBIDDEN");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'limits': {'machines': -1}}",
                "{'limits': {'machines': 1.5}}",
                "{'limits': {'machines': '3'}}",
                "{'limits': {'accessesPerMinute': 10000000001}}",
                "{'limits': {'machinez': 3}}",
                "{'limits': 3}",
                "{'machines': 3}"
            })
    void badLimitsAreRefused(String body) {
        send("PUT", "/v1/tenants/cs9", body, ADMIN).expectProblem(400, "INVALID_BODY");
        get("/v1/tenants/cs9", ADMIN).expectProblem(404, "NO_SUCH_TENANT");
        send("PUT", "/v1/tenants/CS9", "{}", ADMIN).expectProblem(404, "NO_SUCH_TENANT");
    }
}
