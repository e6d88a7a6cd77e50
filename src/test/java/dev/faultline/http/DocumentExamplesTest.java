package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Carries out the examples of the OpenAPI document, and compares what is answered with what the
 * document shows. {@code ./mvnw test -Dtest=DocumentExamplesTest -Dopenapi.write} writes them anew.
 */
@Tag("slow")
class DocumentExamplesTest extends HttpTest {

    private static final Path EXAMPLES = Path.of("src/main/resources/openapi/examples.json");
    private static final Map<String, Object> NOTHING = Map.of();

    /** An operation of the document: how it is called, and what it takes. */
    private record Operation(String method, String path, JsonNode says) {}

    private static final String ADMIN = "admin-of-the-examples-0123456789";
    private static final String[] AS_ADMIN = {"Authorization", "Bearer " + ADMIN};

    private static ServerProcess withKeys;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException {
        withKeys =
                ServerProcess.start(
                        folder,
                        List.of("-Xmx256m"),
                        List.of("--faultline.security.admin-key=" + ADMIN));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        withKeys.close();
    }

    private final Map<String, Operation> operations = new TreeMap<>();
    private Map<String, List<Map<String, Object>>> requests = Map.of();

    /** The ids that the operations before have made. */
    private final Map<String, String> ids = new LinkedHashMap<>();

    @BeforeEach
    void read() throws IOException {
        JsonNode document = client.get("/v3/api-docs").expect(200).json();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
                operations.put(
                        each.getValue().get("operationId").asString(),
                        new Operation(
                                each.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                each.getValue()));
            }
        }
        try (InputStream text = getClass().getResourceAsStream("/openapi/requests.yaml")) {
            requests = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        }
        assertThat(operations.keySet()).containsAll(requests.keySet());
    }

    @AfterEach
    void deleteTraces() {
        client.get("/v1/traces")
                .expect(200)
                .at("/traces")
                .forEach(trace -> client.delete("/v1/traces/" + trace.get("id").asString()));
    }

    @Test
    void theExamplesAreWhatIsAskedAndAnswered() throws IOException {
        ObjectNode played = Answer.MAPPER.createObjectNode();
        for (String operation : operations.keySet()) {
            ArrayNode examples = played.putArray(operation);
            for (Map<String, Object> request : requests.getOrDefault(operation, List.of(NOTHING))) {
                examples.add(play(operation, request));
            }
        }
        String text = Answer.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(played);
        if (System.getProperty("openapi.write") != null) {
            Files.writeString(EXAMPLES, text + "\n");
        }
        assertThat(Files.readString(EXAMPLES))
                .as(
                        "the examples differ; if that is meant, write them anew: ./mvnw test"
                                + " -Dtest=DocumentExamplesTest -Dopenapi.write")
                .isEqualTo(text + "\n");
    }

    @Test
    void everyOperationShowsWhatItTakesAndAnswers() {
        operations.forEach(
                (name, operation) -> {
                    JsonNode says = operation.says();
                    assertThat(
                                    says.at("/requestBody/content").isMissingNode()
                                            || shows(says.at("/requestBody/content")))
                            .as("%s shows what it takes", name)
                            .isTrue();
                    boolean answers =
                            says.get("responses").properties().stream()
                                    .filter(each -> each.getKey().startsWith("2"))
                                    .map(each -> each.getValue().path("content"))
                                    .anyMatch(content -> content.isEmpty() || shows(content));
                    assertThat(answers).as("%s shows what it answers", name).isTrue();
                    says.path("parameters")
                            .forEach(
                                    each ->
                                            assertThat(
                                                            !each.get("in")
                                                                            .asString()
                                                                            .equals("path")
                                                                    || each.has("example"))
                                                    .as("%s %s", name, each.get("name"))
                                                    .isTrue());
                });
    }

    private static boolean shows(JsonNode content) {
        return content.properties().stream()
                .anyMatch(
                        each -> each.getValue().has("example") || each.getValue().has("examples"));
    }

    /** Histories show the ids of requests. */
    private static final String[] FIXED_ID = {"Request-Id", "example"};

    /** Whether an operation is refused where there are no keys. */
    private static boolean needsKeys(Operation operation) {
        return operation.path().startsWith("/v1/keys")
                || operation.path().startsWith("/v1/tenants");
    }

    /** Carries out one example in a server that has keys, and one key of a teacher. */
    private ObjectNode playWithKeys(Operation operation, Map<String, Object> request) {
        Client keyed = Client.of(withKeys.port());
        keyed.get("/v1/keys", AS_ADMIN)
                .expect(200)
                .at("/keys")
                .forEach(key -> keyed.delete("/v1/keys/" + key.get("id").asString(), AS_ADMIN));
        byte[] teacher = "{\"role\":\"teacher\",\"tenant\":\"cs124\"}".getBytes(UTF_8);
        Answer made = keyed.send("POST", "/v1/keys", Client.JSON, teacher, AS_ADMIN);
        ids.put("key", made.expect(201).text("/id"));
        byte[] limits = "{\"limits\":{\"machines\":50}}".getBytes(UTF_8);
        keyed.delete("/v1/tenants/cs125", AS_ADMIN);
        keyed.send("PUT", "/v1/tenants/cs124", Client.JSON, limits, AS_ADMIN);
        ids.put("tenant", "cs124");
        Answer answer = send(keyed, operation, request, AS_ADMIN);
        assertThat(answer.status()).as("%s: %s", operation, answer).isLessThan(300);
        return written(operation, request, answer);
    }

    /** Carries out one example in a server where the first session has been played. */
    private ObjectNode play(String operation, Map<String, Object> request) {
        if (needsKeys(operation(operation))) {
            return playWithKeys(operation(operation), request);
        }
        client.deleteMachines(id -> true);
        deleteTraces();
        ids.clear();
        ids.put("machine", "m1");
        ids.put("pid", "1");
        client.post(
                "/v1/machines",
                "{'id': 'm1', 'frames': 4, 'addressBits': 16, 'translation': {'kind': 'linear'},"
                        + " 'tlb': null}");
        client.post("/v1/machines/m1/processes", "{}", FIXED_ID);
        client.post(
                "/v1/machines/m1/processes/1/accesses",
                "{'accesses': [{'op': 'write', 'address': '0x1004', 'value': 7}]}",
                FIXED_ID);
        for (Object before : (List<?>) request.getOrDefault("before", List.of())) {
            String[] named = String.valueOf(before).split("/", 2);
            String name = named[0];
            Answer answer = send(operation(name), example(named), name.equals("sweep"));
            String made = answer.header("Location");
            if (made != null && made.startsWith("/v1/operations/")) {
                ids.put("operation", made.substring(made.lastIndexOf('/') + 1));
                awaitEnd(made);
            } else if (name.equals("storeTrace")) {
                ids.put("trace", answer.text("/id"));
            }
        }
        Operation asked = operation(operation);
        Answer answer = send(asked, request, false);
        assertThat(answer.status()).as("%s: %s", operation, answer).isLessThan(300);
        return written(asked, request, answer);
    }

    /** An example by its operation and its name, or the first of the operation. */
    private Map<String, Object> example(String... named) {
        return requests.getOrDefault(named[0], List.of(NOTHING)).stream()
                .filter(each -> named.length == 1 || named[1].equals(each.get("name")))
                .findFirst()
                .orElseThrow();
    }

    private void awaitEnd(String operation) {
        while (client.get(operation).expect(200).text("/state").equals("running")) {
            Thread.onSpinWait();
        }
    }

    private Operation operation(String name) {
        return Objects.requireNonNull(operations.get(name), name);
    }

    private Answer send(Operation operation, Map<String, Object> request, boolean later) {
        String prefer = later ? "respond-async" : "wait=10";
        return send(client, operation, request, "Prefer", prefer, FIXED_ID[0], FIXED_ID[1]);
    }

    private Answer send(
            Client to, Operation operation, Map<String, Object> request, String... more) {
        String path = operation.path();
        Map<String, Object> given = parameters(operation, request);
        StringBuilder query = new StringBuilder();
        for (Map.Entry<String, Object> each : given.entrySet()) {
            String value = URLEncoder.encode(String.valueOf(each.getValue()), UTF_8);
            if (path.contains("{" + each.getKey() + "}")) {
                path = path.replace("{" + each.getKey() + "}", value);
            } else {
                query.append(query.isEmpty() ? '?' : '&').append(each.getKey()).append('=');
                query.append(value);
            }
        }
        String accept = String.valueOf(request.getOrDefault("accept", "*/*"));
        List<String> all = new ArrayList<>(List.of("Accept", accept));
        all.addAll(List.of(more));
        String[] headers = all.toArray(new String[0]);
        byte[] body = body(request);
        String type = String.valueOf(request.getOrDefault("type", Client.JSON));
        return switch (operation.method()) {
            case "GET" -> to.get(path + query, headers);
            case "DELETE" -> to.delete(path + query, headers);
            default -> to.send(operation.method(), path + query, type, body, headers);
        };
    }

    /** Those of the path, in its order, then the others that are asked for. */
    private Map<String, Object> parameters(Operation operation, Map<String, Object> request) {
        Map<String, Object> given = new LinkedHashMap<>();
        Map<?, ?> own = (Map<?, ?>) request.getOrDefault("parameters", NOTHING);
        for (JsonNode each : operation.says().path("parameters")) {
            String name = each.get("name").asString();
            if (own.containsKey(name)) {
                given.put(name, own.get(name));
            } else if (each.get("in").asString().equals("path")) {
                given.put(name, ids.getOrDefault(name, "none"));
            }
        }
        return given;
    }

    private static byte[] body(Map<String, Object> request) {
        Object body = request.getOrDefault("body", NOTHING);
        return body instanceof String text
                ? text.getBytes(UTF_8)
                : Answer.MAPPER.writeValueAsBytes(body);
    }

    private ObjectNode written(Operation operation, Map<String, Object> request, Answer answer) {
        ObjectNode written = Answer.MAPPER.createObjectNode();
        written.put("name", String.valueOf(request.getOrDefault("name", "first session")));
        ObjectNode parameters = written.putObject("parameters");
        parameters(operation, request)
                .forEach((name, value) -> parameters.putPOJO(name, shown(name, value)));
        boolean takes = operation.says().has("requestBody");
        String type = String.valueOf(request.getOrDefault("type", Client.JSON));
        written.put("type", takes ? type : null);
        written.set(
                "body",
                takes ? Answer.MAPPER.valueToTree(request.getOrDefault("body", NOTHING)) : null);
        written.put("status", answer.status());
        boolean empty = answer.body().length == 0;
        written.put("answerType", empty ? null : documented(operation, answer));
        String text = mended(answer.text());
        boolean json = answer.mediaType().equals(Client.JSON);
        written.set(
                "answer",
                empty
                        ? null
                        : json
                                ? Answer.MAPPER.readTree(text)
                                : Answer.MAPPER.getNodeFactory().stringNode(text));
        return written;
    }

    private static Object shown(String name, Object value) {
        return name.equals("pid")
                ? Integer.valueOf(String.valueOf(value))
                : name.equals("operation") ? "op-1" : name.equals("key") ? "k-4f2q9xyz" : value;
    }

    /** The media type as the document writes it. */
    private static String documented(Operation operation, Answer answer) {
        return operation
                .says()
                .at("/responses/" + answer.status() + "/content")
                .propertyNames()
                .stream()
                .filter(type -> type.replaceFirst(";.*", "").equals(answer.mediaType()))
                .collect(Collectors.joining());
    }

    /** What differs from run to run: the server's port, random ids, secrets and times. */
    private String mended(String text) {
        return text.replace("localhost:" + port, "localhost:8080")
                .replaceAll("op-[a-z0-9]{16}", "op-1")
                .replaceAll("k-[a-z0-9]{8}", "k-4f2q9xyz")
                .replaceAll("fl_[a-z0-9]{8}_[A-Za-z0-9_-]{43}", "fl_4f2q9xyz_" + "s".repeat(43))
                .replaceAll("20[0-9-]{8}T[0-9:]{8}Z", "2026-12-01T09:00:00Z")
                .replaceAll(
                        "(?<before>\"machineBytes\":)\\d+(?<after>,\"storedBytes\":0)",
                        "${before}49064${after}")
                .replaceAll("(\"progress\".*)\"nextCursor\":\"[^\"]*\"", "$1\"nextCursor\":null");
    }
}
