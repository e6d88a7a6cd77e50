package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Sends what {@code /docs} puts into "Try it out", as the page would, to a server with no more than
 * machine m1 and its process 1. What cannot work there says in its description what to do first.
 */
@TestPropertySource(properties = "faultline.operations.kept=51") // a server of its own
class TryItOutTest extends HttpTest {

    /**
     * The examples that need something, with the examples that make it, the last of which their
     * descriptions name. All are written as operation/name, as operation/type if it is the only one
     * of its media type, or as operation if it is the only one at all.
     */
    private static final Map<String, List<String>> FIRST =
            Map.ofEntries(
                    Map.entry("compact", List.of("createMachine/holes")),
                    Map.entry("getFile", List.of("putFile")),
                    Map.entry("joinGroup", List.of("putGroup")),
                    Map.entry("runMachineTrace/text/x-nyu-mmu", List.of("resetMachine")),
                    Map.entry("pinFrame", List.of("issueAccesses/first session")),
                    Map.entry("unpinFrame", List.of("issueAccesses/first session")),
                    Map.entry("mapFrame", List.of("issueAccesses/first session")),
                    Map.entry("unmapFrame", List.of("issueAccesses/first session", "mapFrame")),
                    Map.entry(
                            "accessFromKernel", List.of("issueAccesses/first session", "mapFrame")),
                    Map.entry("showTrace", List.of("storeTrace/belady")),
                    Map.entry("deleteTrace", List.of("storeTrace/belady")),
                    Map.entry("exportTrace", List.of("storeTrace/belady")),
                    Map.entry("missRatios", List.of("storeTrace/belady")),
                    Map.entry("workingSets", List.of("storeTrace/belady")),
                    Map.entry("reuseDistances", List.of("storeTrace/belady")),
                    Map.entry("showOperation", List.of("sweep/belady")),
                    Map.entry("cancelOperation", List.of("sweep/belady")));

    /** What the page sends when a person presses Execute. */
    private record Example(
            JsonNode operation,
            String method,
            String path,
            @Nullable String type,
            @Nullable String body,
            List<String> headers) {

        String description() {
            return operation.get("description").asString();
        }

        Answer send(Client client, String... more) {
            List<String> all = new ArrayList<>(headers);
            all.addAll(List.of(more));
            String[] heads = all.toArray(new String[0]);
            return switch (method) {
                case "GET" -> client.get(path, heads);
                case "DELETE" -> client.delete(path, heads);
                default ->
                        client.send(
                                method,
                                path,
                                String.valueOf(type),
                                String.valueOf(body).getBytes(UTF_8),
                                heads);
            };
        }
    }

    private final Map<String, Example> examples = new TreeMap<>();

    @BeforeEach
    void read() {
        JsonNode paths = client.get("/v3/api-docs").expect(200).json().get("paths");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
                String method = each.getKey().toUpperCase(Locale.ROOT);
                add(method, path.getKey(), each.getValue());
            }
        }
        assertThat(examples.keySet()).hasSizeGreaterThan(100).containsAll(FIRST.keySet());
    }

    private void add(String method, String template, JsonNode operation) {
        String name = operation.get("operationId").asString();
        String path = filled(template, operation);
        List<String> headers = List.of("Accept", accepted(operation));
        JsonNode bodies = operation.at("/requestBody/content");
        if (bodies.isEmpty()) {
            examples.put(name, new Example(operation, method, path, null, null, headers));
        }
        for (Map.Entry<String, JsonNode> media : bodies.properties()) {
            String type = media.getKey();
            for (Map.Entry<String, String> text :
                    texts(media.getKey(), media.getValue()).entrySet()) {
                String alone = bodies.size() == 1 ? name : name + "/" + type;
                String own = text.getKey().isEmpty() ? alone : name + "/" + text.getKey();
                examples.put(
                        own, new Example(operation, method, path, type, text.getValue(), headers));
            }
        }
    }

    /** The path with the values that the page fills in: examples, or else defaults. */
    private static String filled(String template, JsonNode operation) {
        String path = template;
        StringBuilder query = new StringBuilder();
        for (JsonNode each : operation.path("parameters")) {
            String name = each.get("name").asString();
            JsonNode value = each.has("example") ? each.get("example") : each.at("/schema/default");
            if (value.isMissingNode()) {
                continue;
            }
            String text = URLEncoder.encode(value.asString(), UTF_8);
            switch (each.get("in").asString()) {
                case "path" -> path = path.replace("{" + name + "}", text);
                case "query" ->
                        query.append(query.isEmpty() ? '?' : '&')
                                .append(name)
                                .append('=')
                                .append(text);
                default -> throw new AssertionError("the page would send a header " + name);
            }
        }
        return path + query;
    }

    /** The media type that the page asks for: the first one of the first success. */
    private static String accepted(JsonNode operation) {
        return operation.get("responses").properties().stream()
                .filter(each -> each.getKey().startsWith("2"))
                .flatMap(each -> each.getValue().path("content").propertyNames().stream())
                .findFirst()
                .orElse("*/*");
    }

    /** The texts that the page offers for a media type, by the names of the examples. */
    private static Map<String, String> texts(String type, JsonNode media) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (media.has("example")) {
            texts.put("", text(type, media.get("example")));
        }
        media.path("examples")
                .properties()
                .forEach(
                        each -> texts.put(each.getKey(), text(type, each.getValue().get("value"))));
        return texts;
    }

    /** A text is shown as it stands, an object of lines on one, everything else on several. */
    private static String text(String type, JsonNode value) {
        if (type.equals("application/x-ndjson") && value.isObject()) {
            return value + "\n";
        }
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
        return value.isString()
                ? value.asString()
                : Answer.MAPPER.writer().with(printer).writeValueAsString(value);
    }

    /** Leaves nothing in the server but the first session's machine and its process. */
    private void begin() {
        client.deleteMachines(id -> true);
        deleteTraces();
        client.post(
                        "/v1/machines",
                        "{'id': 'm1', 'frames': 4, 'addressBits': 16,"
                                + " 'translation': {'kind': 'linear'}, 'tlb': null}")
                .expect(201);
        client.post("/v1/machines/m1/processes").expect(201);
    }

    @AfterEach
    void deleteTraces() {
        client.get("/v1/traces")
                .expect(200)
                .at("/traces")
                .forEach(trace -> client.delete("/v1/traces/" + trace.get("id").asString()));
    }

    @Test
    void whatTheePageOffersWorksAsItStandsOrSaysWhatComesFirst() {
        // first, while no operation has begun
        FIRST.forEach(
                (name, before) -> {
                    begin();
                    Example example = example(name);
                    Answer answer = example.send(client);
                    assertThat(succeeds(answer)).as("%s: %s", name, answer).isFalse();
                    String last = before.getLast().replaceFirst("/.*", "");
                    assertThat(example.description()).as(name).contains("`" + last + "`");
                });
        examples.forEach(
                (name, example) -> {
                    begin();
                    Example now = example;
                    for (String before : FIRST.getOrDefault(name, List.of())) {
                        now = after(before, now);
                    }
                    Answer answer = now.send(client);
                    if (example.path().startsWith("/v1/keys")
                            || example.path().startsWith("/v1/tenants")) {
                        answer.expectProblem(409, "SERVICE_OPEN"); // as the document says
                        return;
                    }
                    assertThat(succeeds(answer)).as("%s: %s", name, answer).isTrue();
                });
    }

    /** Carries out what comes first. The id of an operation is known only then. */
    private Example after(String before, Example example) {
        boolean later = example.path().startsWith("/v1/operations/");
        Answer made =
                later
                        ? example(before).send(client, "Prefer", "respond-async")
                        : example(before).send(client);
        assertThat(succeeds(made)).as("%s: %s", before, made).isTrue();
        return later
                ? new Example(
                        example.operation(),
                        example.method(),
                        example.path().replace("op-1", made.text("/id")),
                        example.type(),
                        example.body(),
                        example.headers())
                : example;
    }

    private Example example(String name) {
        return Objects.requireNonNull(examples.get(name), name);
    }

    /** Whether something was done, and the simulated kernel did not refuse it or send a signal. */
    private static boolean succeeds(Answer answer) {
        if (answer.status() >= 300) {
            return false;
        }
        JsonNode body =
                answer.mediaType().equals(Client.JSON) && answer.body().length > 0
                        ? answer.json()
                        : Answer.MAPPER.createObjectNode();
        return !body.hasNonNull("refused") && !body.hasNonNull("stopped");
    }

    /** For bytes the page asks for a file. */
    @Test
    void everyMediaTypeButBytesHasAnExample() {
        List<String> without = new ArrayList<>();
        for (Example each : examples.values()) {
            for (Map.Entry<String, JsonNode> media :
                    each.operation().at("/requestBody/content").properties()) {
                if (!media.getKey().equals(Client.BINARY)
                        && texts(media.getKey(), media.getValue()).isEmpty()) {
                    without.add(each.method() + " " + each.path() + " " + media.getKey());
                }
            }
        }
        assertThat(without).isEmpty();
    }
}
