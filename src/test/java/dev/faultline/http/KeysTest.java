package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.testing.ServerProcess;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A service with keys: who comes in, and who sees what. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysTest {

    private static final String ADMIN = "admin-of-these-tests-0123456789-0123456789";

    private Path folder;
    private ServerProcess server;
    private Client client;

    /** Secrets, none of which may be written down anywhere. */
    private final List<String> secrets = new ArrayList<>(List.of(ADMIN));

    private String ada;
    private String bob;
    private String teacher;
    private String stranger;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        server = ServerProcess.start(folder, List.of("-Xmx256m"), settings());
        client = Client.of(server.port());
        ada = key("student", "cs124", "ada");
        bob = key("student", "cs124", "bob");
        teacher = key("teacher", "cs124", null);
        stranger = key("teacher", "cs125", null);
    }

    private List<String> settings() {
        return List.of(
                "--faultline.security.admin-key=" + ADMIN,
                "--faultline.security.keys-file=" + folder.resolve("keys.json"));
    }

    @AfterAll
    void stop() throws Exception {
        String log = server.log();
        server.close();
        assertThat(secrets).hasSizeGreaterThan(4).noneMatch(log::contains);
        String file = Files.readString(folder.resolve("keys.json"));
        assertThat(secrets).noneMatch(file::contains);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("keys.json"))))
                .isEqualTo("rw-------");
    }

    private static String[] bearing(String secret, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + secret));
        all.addAll(List.of(headers));
        return all.toArray(new String[0]);
    }

    private Answer made(String by, String body) {
        return post("/v1/keys", body, by);
    }

    private Answer post(String path, String body, String secret, String... headers) {
        return client.send(
                "POST",
                path,
                Client.JSON,
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                bearing(secret, headers));
    }

    private Answer get(String path, String secret) {
        return client.get(path, bearing(secret));
    }

    private String key(String role, @Nullable String tenant, @Nullable String student) {
        String who =
                (tenant == null ? "" : ", 'tenant': '" + tenant + "'")
                        + (student == null ? "" : ", 'student': '" + student + "'");
        return secret(made(ADMIN, "{'role': '" + role + "'" + who + "}").expect(201));
    }

    private String secret(Answer answer) {
        String secret = answer.text("/secret");
        secrets.add(secret);
        return secret;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/machines",
                "/v1/machines/m1",
                "/v1/operations",
                "/v1/traces",
                "/v1/targets",
                "/v1/me",
                "/v1/keys",
                "/v1",
                "/v1/nothing",
                "/nothing",
                "/actuator",
                "/actuator/metrics",
                "/actuator/prometheus",
                "/v1/presets/x"
            })
    void withoutAKeyThereIsNothing(String path) {
        Answer answer = client.get(path).expectProblem(401, "UNAUTHENTICATED");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        for (String wrong : List.of("x", "fl_aaaaaaaa_" + "A".repeat(43), ADMIN + "x")) {
            Answer refused = get(path, wrong).expectProblem(401, "UNAUTHENTICATED");
            assertThat(refused.header("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"invalid_token\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/%6dachines",
                "/v1/machines/",
                "//v1/machines",
                "/v1//machines",
                "/V1/machines",
                "/v1/presets/../machines",
                "/v1/presets/%2e%2e/machines",
                "/docs/../v1/machines",
                "/docs/..%2fv1/machines",
                "/problems/..;/v1/machines",
                "/v1/machines;a=/v1/presets",
                "/v1/machines?x=/v1/presets"
            })
    void noOddPathLeadsIn(String path) throws IOException {
        byte[] request =
                ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request);
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).matches("(?s)HTTP/1.1 (400|401|404) .*");
            assertThat(answer).doesNotContain("\"machines\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/docs",
                "/guide/style.css",
                "/v3/api-docs",
                "/problems/unauthenticated",
                "/v1/presets",
                "/actuator/health",
                "/actuator/info"
            })
    void whatTellsOfTheServiceIsForAll(String path) {
        assertThat(client.get(path).status()).isIn(200, 302);
    }

    @Test
    void eachIsTold() {
        JsonNode me = get("/v1/me", ada).expect(200).json();
        assertThat(me.get("tenant").asString()).isEqualTo("cs124");
        assertThat(me.get("student").asString()).isEqualTo("ada");
        assertThat(me.get("role").asString()).isEqualTo("student");
        assertThat(me.get("open").asBoolean()).isFalse();
        assertThat(get("/v1/me", ADMIN).text("/role")).isEqualTo("admin");
        assertThat(get("/v1/me", teacher).at("/student").isNull()).isTrue();
    }

    @Test
    void twoStudentsHaveAMachineOfTheSameName() {
        post("/v1/machines", "{'id': 'm1', 'frames': 4}", ada).expect(201);
        post("/v1/machines", "{'id': 'm1', 'frames': 8}", bob).expect(201);
        post("/v1/machines", "{'id': 'm1'}", bob).expectProblem(409, "MACHINE_EXISTS");
        assertThat(get("/v1/machines/m1", ada).number("/frames")).isEqualTo(4);
        assertThat(get("/v1/machines/m1", bob).number("/frames")).isEqualTo(8);
        assertThat(get("/v1/machines/ada~m1", teacher).text("/owner/student")).isEqualTo("ada");
        assertThat(get("/v1/machines/cs124~bob~m1", ADMIN).text("/id")).isEqualTo("m1");
        for (String not : List.of("/v1/machines/ada~m1", "/v1/machines/cs124~ada~m1")) {
            String other = not.replace("ada", "eve");
            Answer theirs = get(not, bob).expectProblem(404, "NO_SUCH_MACHINE");
            Answer nobodys = get(other, bob).expectProblem(404, "NO_SUCH_MACHINE");
            assertThat(theirs.text().replace("ada", "eve")).isEqualTo(nobodys.text());
            get(not, stranger).expectProblem(404, "NO_SUCH_MACHINE");
        }
        assertThat(get("/v1/machines", ada).at("/machines").size()).isEqualTo(1);
        assertThat(get("/v1/machines", stranger).at("/machines").size()).isZero();
        Answer all = get("/v1/machines?limit=1", teacher);
        assertThat(all.text("/machines/0/owner/student")).isEqualTo("ada");
        Answer rest = get("/v1/machines?limit=1&cursor=" + all.text("/nextCursor"), teacher);
        assertThat(rest.text("/machines/0/owner/student")).isEqualTo("bob");
        assertThat(rest.at("/nextCursor").isNull()).isTrue();
        Answer forked = post("/v1/machines/ada~m1/processes", "{}", teacher).expect(201);
        assertThat(forked.header("Location")).isEqualTo("/v1/machines/ada~m1/processes/1");
        get(String.valueOf(forked.header("Location")), teacher).expect(200);
        client.delete("/v1/machines/ada~m1", bearing(bob)).expectProblem(404, "NO_SUCH_MACHINE");
        client.delete("/v1/machines/ada~m1", bearing(teacher)).expect(204);
        get("/v1/machines/m1", ada).expectProblem(404, "NO_SUCH_MACHINE");
        client.delete("/v1/machines/m1", bearing(bob)).expect(204);
    }

    @Test
    void aKeyOfARequestBelongsToItsOwner() {
        String[] same = {"Idempotency-Key", "k"};
        Answer first = post("/v1/machines", "{}", ada, same).expect(201);
        Answer again = post("/v1/machines", "{}", ada, same).expect(201);
        Answer other = post("/v1/machines", "{}", bob, same).expect(201);
        assertThat(again.text("/id")).isEqualTo(first.text("/id"));
        assertThat(other.text("/id")).isNotEqualTo(first.text("/id"));
        client.delete("/v1/machines/" + first.text("/id"), bearing(ada)).expect(204);
        client.delete("/v1/machines/" + other.text("/id"), bearing(bob)).expect(204);
    }

    @Test
    void aTraceIsNewToEachOwner() {
        byte[] trace = " L 4000,4\n S 5000,8\n".getBytes(StandardCharsets.UTF_8);
        Answer first = client.send("POST", "/v1/traces", Client.LACKEY, trace, bearing(ada));
        String path = "/v1/traces/" + first.expect(201).text("/id");
        get(path, bob).expectProblem(404, "NO_SUCH_TRACE");
        get(path + "/content", bob).expectProblem(404, "NO_SUCH_TRACE");
        post("/v1/sweeps", "{'trace': '" + first.text("/id") + "'}", bob)
                .expectProblem(404, "NO_SUCH_TRACE");
        client.send("POST", "/v1/traces", Client.LACKEY, trace, bearing(bob)).expect(201);
        client.send("POST", "/v1/traces", Client.LACKEY, trace, bearing(bob)).expect(200);
        assertThat(get("/v1/me", ada).number("/used/storedBytes")).isPositive();
        client.delete(path, bearing(ada)).expect(204);
        get(path, ada).expectProblem(404, "NO_SUCH_TRACE");
        get(path, bob).expect(200);
        client.delete(path, bearing(bob)).expect(204);
    }

    @Test
    void anOperationIsItsOwnersAlone() {
        Answer accepted =
                post("/v1/sweeps", "{'pages': [1, 2, 3]}", ada, "Prefer", "respond-async")
                        .expect(202);
        String path = String.valueOf(accepted.header("Location"));
        get(path, ada).expect(200);
        get(path, teacher).expect(200);
        get(path, bob).expectProblem(404, "NO_SUCH_OPERATION");
        get(path, stranger).expectProblem(404, "NO_SUCH_OPERATION");
        post(path + "/cancel", "{}", bob).expectProblem(404, "NO_SUCH_OPERATION");
        assertThat(get("/v1/operations", bob).at("/operations").size()).isZero();
        assertThat(get("/v1/operations", ada).at("/operations").size()).isPositive();
    }

    @Test
    void aKeyEnds() {
        Answer made = made(teacher, "{'role': 'student', 'student': 'eve'}").expect(201);
        String first = secret(made);
        String path = String.valueOf(made.header("Location"));
        assertThat(made.text("/tenant")).isEqualTo("cs124");
        assertThat(get(path, teacher).at("/lastUsed").isNull()).isTrue();
        get("/v1/me", first).expect(200);
        Answer shown = get(path, teacher).expect(200);
        assertThat(shown.at("/secret").isNull()).isTrue();
        assertThat(Instant.parse(shown.text("/lastUsed"))).isBefore(Instant.now());
        String second = secret(post(path + "/rotate", "{}", teacher).expect(200));
        get("/v1/me", first).expectProblem(401, "UNAUTHENTICATED");
        get("/v1/me", second).expect(200);
        client.delete(path, bearing(teacher)).expect(204);
        get("/v1/me", second).expectProblem(401, "UNAUTHENTICATED");
        get(path, teacher).expectProblem(404, "NO_SUCH_KEY");
        String over =
                secret(
                        made(
                                        teacher,
                                        "{'role': 'student', 'student': 'eve', 'expires':"
                                                + " '2020-01-01T00:00:00Z'}")
                                .expect(201));
        get("/v1/me", over).expectProblem(401, "UNAUTHENTICATED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'role': 'student', 'student': 'x', 'tenant': 'cs125'} | 403 | ROLE_FORBIDDEN",
                "{'role': 'teacher', 'tenant': 'cs124'} | 403 | ROLE_FORBIDDEN",
                "{'role': 'admin'} | 403 | ROLE_FORBIDDEN",
                "{'role': 'metrics'} | 403 | ROLE_FORBIDDEN",
                "{'role': 'student'} | 400 | INVALID_BODY",
                "{'role': 'student', 'student': 'A'} | 400 | INVALID_BODY",
                "{'role': 'student', 'student': 'a~b'} | 400 | INVALID_BODY",
                "{'role': 'king', 'student': 'x'} | 400 | INVALID_BODY",
                "{'role': 'student', 'student': 'x', 'expires': 'soon'} | 400 | INVALID_BODY",
                "{} | 400 | INVALID_BODY"
            })
    void aTeacherMakesKeysOfItsStudentsAlone(String body, int status, String reason) {
        made(teacher, body).expectProblem(status, reason);
    }

    @Test
    void aTeacherSeesTheKeysOfItsTenant() {
        List<String> tenants = new ArrayList<>();
        get("/v1/keys", teacher)
                .expect(200)
                .at("/keys")
                .forEach(key -> tenants.add(key.get("tenant").asString()));
        assertThat(tenants).hasSizeGreaterThan(2).containsOnly("cs124");
        String theirs = get("/v1/keys", stranger).text("/keys/0/id");
        get("/v1/keys/" + theirs, teacher).expectProblem(404, "NO_SUCH_KEY");
        client.delete("/v1/keys/" + theirs, bearing(teacher)).expectProblem(404, "NO_SUCH_KEY");
        client.delete("/v1/keys/" + theirs, bearing(stranger)).expectProblem(403, "ROLE_FORBIDDEN");
        get("/v1/keys", ada).expectProblem(403, "ROLE_FORBIDDEN");
    }

    @Test
    void whatMeasuresDoesNothingElse() {
        post("/v1/machines", "{'id': 'm2'}", ada).expect(201);
        String some = key("metrics", "cs124", null);
        String all = key("metrics", null, null);
        String others = key("metrics", "cs125", null);
        assertThat(get("/v1/targets", some).text()).contains("/v1/machines/ada~m2/metrics");
        assertThat(get("/v1/targets", all).text()).contains("/v1/machines/cs124~ada~m2/metrics");
        assertThat(get("/v1/targets", others).text()).doesNotContain("m2");
        get("/v1/machines/ada~m2/metrics", some).expect(200);
        get("/v1/machines/cs124~ada~m2/counters", all).expect(200);
        get("/v1/machines/ada~m2/metrics", others).expectProblem(404, "NO_SUCH_MACHINE");
        for (String key : List.of(some, all)) {
            get("/v1/machines", key).expectProblem(403, "ROLE_FORBIDDEN");
            get("/v1/machines/ada~m2", key).expectProblem(403, "ROLE_FORBIDDEN");
            post("/v1/machines", "not JSON", key).expectProblem(403, "ROLE_FORBIDDEN");
        }
        get("/actuator/prometheus", all).expect(200);
        get("/actuator/prometheus", ADMIN).expect(200);
        get("/actuator/metrics", ADMIN).expect(200);
        for (String key : List.of(some, ada, teacher)) {
            get("/actuator/prometheus", key).expectProblem(403, "ROLE_FORBIDDEN");
            get("/actuator/metrics", key).expectProblem(403, "ROLE_FORBIDDEN");
        }
        client.delete("/v1/machines/m2", bearing(ada)).expect(204);
    }

    /** Every server of the tests is searched for secrets when it ends: here is one that tells. */
    @Test
    void aSecretInALogIsFound(@TempDir Path other) throws Exception {
        String name = "--spring.application.name=fl_aaaaaaaa_" + "A".repeat(43); // in every line
        ServerProcess telling = ServerProcess.start(other, List.of(), List.of(name));
        assertThatThrownBy(telling::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the log has a secret: fl_aaaaaaaa_");
    }

    @Test
    void aPageOfAnotherOriginGetsNothingByAKey() {
        post("/v1/machines", "{}", ada, "Origin", "https://elsewhere.example")
                .expectProblem(403, "ORIGIN_NOT_ALLOWED");
        Answer read = client.get("/v1/me", bearing(ada, "Origin", "https://elsewhere.example"));
        assertThat(read.expect(200).header("Access-Control-Allow-Origin")).isNull();
    }

    @Test
    void whoIsKnownGetsTheOrdinaryRefusals() {
        get("/v1/nothing", ada).expectProblem(404, "NOT_FOUND");
        Answer method = client.delete("/v1/machines", bearing(ada));
        method.expectProblem(405, "METHOD_NOT_ALLOWED");
        assertThat(method.header("Allow")).contains("GET");
        post("/v1/machines", "{'frames': 0}", ada).expectProblem(400, "INVALID_BODY");
    }

    @Test
    void aKeyThatCannotBeKeptIsNone(@TempDir Path other) throws Exception {
        Path inside = other.resolve("inside");
        List<String> settings =
                List.of(
                        "--faultline.security.admin-key=" + ADMIN,
                        "--faultline.security.keys-file=" + inside.resolve("keys.json"));
        try (ServerProcess second = ServerProcess.start(other, List.of(), settings)) {
            Client to = Client.of(second.port());
            Files.writeString(inside, "a file where the folder should be");
            byte[] body =
                    "{\"role\":\"teacher\",\"tenant\":\"t\"}".getBytes(StandardCharsets.UTF_8);
            Answer refused = to.send("POST", "/v1/keys", Client.JSON, body, bearing(ADMIN));
            refused.expectProblem(503, "STORE_UNAVAILABLE");
            assertThat(to.get("/v1/keys", bearing(ADMIN)).at("/keys").size()).isZero();
            Files.delete(inside);
            to.send("POST", "/v1/keys", Client.JSON, body, bearing(ADMIN)).expect(201);
        }
    }

    @Test
    void keysAreThereAfterAKill(@TempDir Path other) throws Exception {
        Path file = other.resolve("keys.json");
        List<String> settings = List.of("--faultline.security.keys-file=" + file);
        Files.writeString(file, Files.readString(folder.resolve("keys.json")));
        try (ServerProcess second = ServerProcess.start(other, List.of(), settings)) {
            Client to = Client.of(second.port());
            assertThat(to.get("/v1/me", bearing(ada)).text("/student")).isEqualTo("ada");
            to.get("/v1/me", bearing(ADMIN)).expectProblem(401, "UNAUTHENTICATED");
        }
    }
}
