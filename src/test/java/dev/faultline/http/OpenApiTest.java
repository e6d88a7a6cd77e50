package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The OpenAPI document says what the contract says. That every answer is as documented is checked
 * in all other tests.
 */
class OpenApiTest extends HttpTest {

    /** Every operation under /v1, and the statuses of its successes. */
    private static final Map<String, List<String>> OPERATIONS =
            Map.ofEntries(
                    Map.entry("GET /v1/machines", List.of("200")),
                    Map.entry("POST /v1/machines", List.of("201")),
                    Map.entry("GET /v1/machines/{machine}", List.of("200", "304")),
                    Map.entry("DELETE /v1/machines/{machine}", List.of("204")),
                    Map.entry("POST /v1/machines/{machine}/reset", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/clone", List.of("201")),
                    Map.entry("GET /v1/presets", List.of("200")),
                    Map.entry("GET /v1/me", List.of("200")),
                    Map.entry("GET /v1/keys", List.of("200")),
                    Map.entry("POST /v1/keys", List.of("201")),
                    Map.entry("GET /v1/keys/{key}", List.of("200")),
                    Map.entry("DELETE /v1/keys/{key}", List.of("204")),
                    Map.entry("POST /v1/keys/{key}/rotate", List.of("200")),
                    Map.entry("GET /v1/tenants", List.of("200")),
                    Map.entry("GET /v1/tenants/{tenant}", List.of("200")),
                    Map.entry("PUT /v1/tenants/{tenant}", List.of("200", "201")),
                    Map.entry("DELETE /v1/tenants/{tenant}", List.of("204")),
                    Map.entry("GET /v1/targets", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/processes", List.of("200", "201")),
                    Map.entry("GET /v1/machines/{machine}/processes", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/processes/{pid}", List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/fork",
                            List.of("200", "201")),
                    Map.entry("POST /v1/machines/{machine}/processes/{pid}/exit", List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/swap-out", List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/swap-in", List.of("200")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/areas",
                            List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas",
                            List.of("200", "201")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/areas/{start}",
                            List.of("200", "304")),
                    Map.entry(
                            "PATCH /v1/machines/{machine}/processes/{pid}/areas/{start}",
                            List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/advise",
                            List.of("200")),
                    Map.entry(
                            "DELETE /v1/machines/{machine}/processes/{pid}/areas/{start}",
                            List.of("200", "204")),
                    Map.entry("POST /v1/machines/{machine}/processes/{pid}/brk", List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/sync",
                            List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/lock",
                            List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/unlock",
                            List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/dirty",
                            List.of("200")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/areas/{start}/remap",
                            List.of("200")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/areas/{start}/mincore",
                            List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/vfork",
                            List.of("200", "201")),
                    Map.entry("POST /v1/machines/{machine}/processes/{pid}/exec", List.of("200")),
                    Map.entry("GET /v1/machines/{machine}/translations", List.of("200", "304")),
                    Map.entry(
                            "GET /v1/machines/{machine}/translation-costs", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/disk", List.of("200", "304")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/table-memory",
                            List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/predictions",
                            List.of("200", "202")),
                    Map.entry("GET /v1/machines/{machine}/replacement", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/cpus", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/holes", List.of("200", "304")),
                    Map.entry("POST /v1/machines/{machine}/compact", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/frames/{frame}/pin", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/frames/{frame}/unpin", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/tlb/flush", List.of("200")),
                    Map.entry("POST /v1/comparisons/page-tables", List.of("200", "202")),
                    Map.entry("POST /v1/machines/{machine}/run", List.of("200", "202")),
                    Map.entry("GET /v1/machines/{machine}/time", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/background", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/groups", List.of("200", "304")),
                    Map.entry("PUT /v1/machines/{machine}/groups/{name}", List.of("200")),
                    Map.entry("PUT /v1/machines/{machine}/processes/{pid}/group", List.of("200")),
                    Map.entry("POST /v1/experiments/multiprogramming", List.of("200", "202")),
                    Map.entry("POST /v1/traces", List.of("200", "201")),
                    Map.entry("GET /v1/traces", List.of("200")),
                    Map.entry("GET /v1/traces/{trace}", List.of("200")),
                    Map.entry("DELETE /v1/traces/{trace}", List.of("204")),
                    Map.entry("GET /v1/traces/{trace}/content", List.of("200")),
                    Map.entry("GET /v1/traces/{trace}/miss-ratios", List.of("200", "202")),
                    Map.entry("GET /v1/traces/{trace}/working-sets", List.of("200", "202")),
                    Map.entry("GET /v1/traces/{trace}/reuse-distances", List.of("200", "202")),
                    Map.entry("POST /v1/sweeps", List.of("200", "202")),
                    Map.entry("GET /v1/operations", List.of("200")),
                    Map.entry("GET /v1/operations/{operation}", List.of("200")),
                    Map.entry("POST /v1/operations/{operation}/cancel", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/kernel/accesses", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/kernel/mappings", List.of("200", "201")),
                    Map.entry("GET /v1/machines/{machine}/kernel/mappings", List.of("200", "304")),
                    Map.entry(
                            "DELETE /v1/machines/{machine}/kernel/mappings/{start}",
                            List.of("200", "204")),
                    Map.entry("PUT /v1/machines/{machine}/processes/{pid}/handler", List.of("200")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/handler",
                            List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/protect", List.of("200")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/descriptors",
                            List.of("200", "304")),
                    Map.entry("PUT /v1/machines/{machine}/files/{name}", List.of("200", "201")),
                    Map.entry("GET /v1/machines/{machine}/files/{name}", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/files", List.of("200", "304")),
                    Map.entry(
                            "GET /v1/machines/{machine}/processes/{pid}/pages",
                            List.of("200", "304")),
                    Map.entry(
                            "POST /v1/machines/{machine}/processes/{pid}/accesses", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/processes/{pid}/trace", List.of("200")),
                    Map.entry("POST /v1/machines/{machine}/trace", List.of("200")),
                    Map.entry("GET /v1/machines/{machine}/history", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/export", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/diff", List.of("200", "304")),
                    Map.entry("POST /v1/machines/{machine}/rewind", List.of("200")),
                    Map.entry("GET /v1/machines/{machine}/frames", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/tlb", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/turns", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/swap", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/memory", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/events", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/counters", List.of("200", "304")),
                    Map.entry("GET /v1/machines/{machine}/metrics", List.of("200")));

    private static final String JSON_SCHEMA = "/content/application~1json/schema";

    private final Map<String, JsonNode> operations = new TreeMap<>();
    private JsonNode document = Answer.MAPPER.createObjectNode();

    @BeforeEach
    void read() {
        document = client.get("/v3/api-docs").expect(200).json();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                String method = operation.getKey().toUpperCase(Locale.ROOT);
                operations.put(method + " " + path.getKey(), operation.getValue());
            }
        }
    }

    @Test
    void everyOperationIsListedWithItsSuccesses() {
        Map<String, List<String>> documented = new TreeMap<>();
        operations.forEach(
                (name, operation) ->
                        documented.put(
                                name,
                                operation.get("responses").propertyNames().stream()
                                        .filter(status -> status.compareTo("400") < 0)
                                        .sorted()
                                        .toList()));
        assertThat(documented).isEqualTo(new TreeMap<>(OPERATIONS));
    }

    @Test
    void everyOperationHasItsOwnIdAndASummary() {
        List<String> ids = new ArrayList<>();
        operations.forEach(
                (name, operation) -> {
                    assertThat(operation.path("operationId").asString("")).as(name).isNotBlank();
                    assertThat(operation.path("summary").asString("")).as(name).isNotBlank();
                    assertThat(operation.path("tags").size()).as(name).isEqualTo(1);
                    ids.add(operation.get("operationId").asString());
                });
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void everythingIsDescribed() {
        List<String> silent = new ArrayList<>();
        operations.forEach(
                (name, operation) -> {
                    note(silent, name, operation);
                    operation
                            .path("parameters")
                            .forEach(each -> note(silent, name + " " + each.get("name"), each));
                    operation
                            .get("responses")
                            .properties()
                            .forEach(each -> note(silent, name + " " + each, each.getValue()));
                });
        eachProperty((schema, name, property) -> note(silent, schema + "." + name, property));
        document.get("tags").forEach(tag -> note(silent, tag.get("name").asString(), tag));
        assertThat(silent).isEmpty();
    }

    private static void note(List<String> silent, String name, JsonNode described) {
        if (described.path("description").asString("").isBlank()) {
            silent.add(name);
        }
    }

    /** What is done with each property of each schema. */
    private interface Properties {
        void see(String schema, String name, JsonNode property);
    }

    private void eachProperty(Properties properties) {
        document.at("/components/schemas")
                .properties()
                .forEach(
                        schema ->
                                schema.getValue()
                                        .path("properties")
                                        .properties()
                                        .forEach(
                                                each ->
                                                        properties.see(
                                                                schema.getKey(),
                                                                each.getKey(),
                                                                each.getValue())));
    }

    @Test
    void noWordOfTheGlossaryIsIdle() throws IOException {
        Map<String, Map<String, String>> glossary;
        try (InputStream text = getClass().getResourceAsStream("/openapi/glossary.yaml")) {
            glossary = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        }
        Map<String, String> idle = new TreeMap<>();
        glossary.values().forEach(idle::putAll);
        eachProperty(
                (schema, name, property) -> {
                    String words = property.path("description").asString("");
                    idle.remove(schema + "." + name, words);
                    idle.remove(name, words);
                });
        operations
                .values()
                .forEach(
                        operation ->
                                operation
                                        .path("parameters")
                                        .forEach(
                                                each ->
                                                        idle.remove(
                                                                each.get("name").asString(),
                                                                each.get("description")
                                                                        .asString())));
        assertThat(idle).isEmpty();
    }

    @Test
    void wordsHaveNamesAndAreNotWrittenOutTwice() {
        List<String> unnamed = new ArrayList<>();
        eachProperty(
                (schema, name, property) -> {
                    boolean numbers = property.at("/enum/0").isNumber();
                    if (!numbers
                            && (property.has("enum") || property.at("/items/enum").isArray())) {
                        unnamed.add(schema + "." + name);
                    }
                });
        assertThat(unnamed).isEmpty();
        Map<JsonNode, String> known = new HashMap<>();
        for (Map.Entry<String, JsonNode> schema : document.at("/components/schemas").properties()) {
            if (schema.getValue().has("enum")) {
                assertThat(known.put(schema.getValue().get("enum"), schema.getKey())).isNull();
            }
        }
        assertThat(known.values()).contains("FaultResolution", "PolicyName", "ProcessState");
    }

    @Test
    void anOperationHasOneTypeOfAnswer() {
        operations.forEach(
                (name, operation) ->
                        assertThat(
                                        responses(operation, '2').stream()
                                                .map(each -> each.at(JSON_SCHEMA))
                                                .filter(each -> !each.isMissingNode())
                                                .distinct())
                                .as(name)
                                .hasSizeLessThanOrEqualTo(1));
    }

    /** Without anchors a pattern allows whatever has a part that fits. */
    @Test
    void everyPatternIsOfTheWholeText() {
        List<String> patterns = new ArrayList<>();
        document.findValues("pattern").stream()
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .forEach(patterns::add);
        assertThat(patterns).hasSizeGreaterThan(50);
        assertThat(patterns).allMatch(each -> each.startsWith("^") && each.endsWith("$"));
    }

    /** They stand for fields of a spec, and are refused as those are. */
    @Test
    void whatAStudyListsHasTheRangeOfWhatItStandsFor() {
        for (String[] pair :
                new String[][] {
                    {"SweepRequest/properties/frames/items", "MachineRequest/properties/frames"},
                    {
                        "MultiprogrammingRequest/properties/quanta/items",
                        "SchedulerRequest/properties/quantum"
                    },
                    {
                        "PageTablesRequest/properties/levels/items",
                        "TranslationRequest/properties/levels/items"
                    }
                }) {
            assertThat(schema(pair[0]).path("minimum")).isEqualTo(schema(pair[1]).get("minimum"));
            assertThat(schema(pair[0]).path("maximum")).isEqualTo(schema(pair[1]).get("maximum"));
        }
    }

    @Test
    void whatIsRefusedInOnePlaceIsNotDocumentedThere() {
        assertThat(schema("ExecRequest").get("properties").propertyNames())
                .containsExactlyInAnyOrder("name", "size", "areas", "onSignal");
        assertThat(schema("FirstAreaRequest").get("properties").has("replace")).isFalse();
        assertThat(required(schema("FirstAreaRequest"))).contains("start", "length", "protection");
        assertThat(schema("CommonMachineRequest").get("properties").propertyNames())
                .contains("frames")
                .doesNotContain("id", "preset");
    }

    @Test
    void everyBodyHasASchema() {
        operations.forEach(
                (name, operation) ->
                        operation
                                .at("/requestBody/content")
                                .properties()
                                .forEach(
                                        body ->
                                                assertThat(body.getValue().path("schema").size())
                                                        .as("%s %s", name, body.getKey())
                                                        .isPositive()));
    }

    @Test
    void everyErrorIsAProblemDocument() {
        operations.forEach(
                (name, operation) ->
                        responses(operation, '4')
                                .forEach(
                                        response ->
                                                assertThat(response.get("content").propertyNames())
                                                        .as(name)
                                                        .containsExactly(
                                                                "application/problem+json")));
        List<String> problem = required(schema("Problem"));
        assertThat(problem).contains("type", "title", "status", "detail", "instance", "reason");
    }

    /** The documented responses whose statuses begin with a digit. */
    private static List<JsonNode> responses(JsonNode operation, char digit) {
        return operation.get("responses").properties().stream()
                .filter(response -> response.getKey().charAt(0) == digit)
                .map(Map.Entry::getValue)
                .toList();
    }

    private JsonNode schema(String name) {
        return document.at("/components/schemas/" + name);
    }

    private static List<String> required(JsonNode schema) {
        List<String> names = new ArrayList<>();
        schema.path("required").forEach(name -> names.add(name.asString()));
        return names;
    }

    @Test
    void requestBodiesTakeNothingThatIsNotDocumented() {
        List<String> requests = new ArrayList<>();
        operations.values().forEach(operation -> addRefs(operation.path("requestBody"), requests));
        assertThat(requests).contains("MachineRequest", "TlbRequest", "AreaRequest", "NoFields");
        for (String request : requests) {
            boolean isMap = schema(request).has("propertyNames");
            if (schema(request).path("type").asString("").equals("object") && !isMap) {
                assertThat(schema(request).get("additionalProperties"))
                        .as(request)
                        .isEqualTo(Answer.MAPPER.readTree("false"));
            }
        }
    }

    /** Adds the names of all schemas that are reached from here. */
    private void addRefs(JsonNode node, List<String> names) {
        if (node.has("$ref")) {
            String name = node.get("$ref").asString().replaceFirst(".*/", "");
            if (!names.contains(name)) {
                names.add(name);
                addRefs(schema(name), names);
            }
        }
        node.forEach(child -> addRefs(child, names));
    }

    @Test
    void answersHaveAllTheirFields() {
        List<String> answers = new ArrayList<>();
        operations
                .values()
                .forEach(
                        operation ->
                                responses(operation, '2')
                                        .forEach(response -> addRefs(response, answers)));
        assertThat(answers).contains("MachineBody", "Counters", "AccessBody");
        answers.removeIf(
                answer -> schema(answer).has("x-one-of")); // which says what comes together
        answers.removeIf(answer -> answer.endsWith("Request")); // a trace's accesses, as sent
        for (String answer : answers) {
            assertThat(required(schema(answer)))
                    .as(answer)
                    .containsExactlyInAnyOrderElementsOf(
                            schema(answer).path("properties").propertyNames());
        }
    }

    @Test
    void whatIsNotKnownIsRefusedInQueriesToo() {
        for (String path : List.of("/v1/machines", "/v1/presets", "/v1/targets")) {
            client.get(path + "?colour=blue").expectProblem(400, "INVALID_PARAMETER");
        }
    }

    @Test
    void thePageIsThere() {
        Answer docs = client.get("/docs");
        assertThat(docs.status()).isIn(200, 301, 302, 307, 308);
        String page = docs.status() == 200 ? "/docs" : String.valueOf(docs.header("Location"));
        assertThat(client.get(page).expect(200).text()).contains("Swagger UI");
    }
}
