package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The OpenAPI document that the server gives out, and whether an exchange is as it says. */
public final class ApiDocument {

    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private final JsonNode root;
    private final Map<String, Pattern> paths = new TreeMap<>();

    public ApiDocument(JsonNode root) {
        this.root = root;
        for (String template : root.path("paths").propertyNames()) {
            paths.put(template, Pattern.compile(template.replaceAll("\\{[^}]+}", "[^/]+")));
        }
    }

    public JsonNode root() {
        return root;
    }

    /** The operation of a method at a path with values filled in; null if it is not documented. */
    @Nullable JsonNode operation(String method, String path) {
        String bare = path.replaceFirst("\\?.*", "");
        for (Map.Entry<String, Pattern> entry : paths.entrySet()) {
            if (entry.getValue().matcher(bare).matches()) {
                JsonNode item = root.path("paths").path(entry.getKey());
                JsonNode operation = item.path(method.toLowerCase(Locale.ROOT));
                return operation.isMissingNode() ? null : operation;
            }
        }
        return null;
    }

    /** Demands that an answer has a documented status, media type and body. */
    void checkAnswer(String method, String path, Answer answer) {
        JsonNode operation = operation(method, path);
        if (operation == null) {
            assertThat(answer.status())
                    .as("not documented, yet answered: %s", answer)
                    .isGreaterThanOrEqualTo(400);
            return;
        }
        checkAnswer(operation, answer);
    }

    /** Demands that an operation documents the status, media type and body of an answer. */
    public void checkAnswer(JsonNode operation, Answer answer) {
        JsonNode response = operation.path("responses").path(Integer.toString(answer.status()));
        assertThat(response.isMissingNode()).as("status not documented: %s", answer).isFalse();
        if (answer.body().length == 0) {
            JsonNode content = response.path("content");
            boolean canBeEmpty = content.has(Client.BINARY) || content.has(Client.NDJSON);
            assertThat(content.isEmpty() || canBeEmpty)
                    .as("a body is documented: %s", answer)
                    .isTrue();
            return;
        }
        checkBody(response, answer.mediaType(), answer.body(), answer.toString(), "");
    }

    /** Where the places in requests begin. */
    private static final String REQUEST = "request";

    /** Demands that a body which the server took is documented as one that it takes. */
    void checkRequest(String method, String path, String mediaType, byte[] body) {
        JsonNode operation = operation(method, path);
        assertThat(operation).as("%s %s", method, path).isNotNull();
        if (operation != null && body.length > 0) {
            String shown = method + " " + path + " with " + start(body);
            String bare = mediaType.replaceFirst(";.*", "");
            checkBody(operation.path("requestBody"), bare, body, shown, REQUEST);
        }
    }

    private void checkBody(
            JsonNode documented, String mediaType, byte[] body, String shown, String at) {
        JsonNode content = null;
        for (Map.Entry<String, JsonNode> entry : documented.path("content").properties()) {
            if (entry.getKey().replaceFirst(";.*", "").equals(mediaType)) {
                content = entry.getValue();
            }
        }
        assertThat(content).as("media type not documented: %s", shown).isNotNull();
        JsonNode schema = Objects.requireNonNull(content).path("schema");
        List<String> errors = new ArrayList<>();
        if (mediaType.endsWith("json") && !schema.isMissingNode()) {
            if (mediaType.equals("application/x-ndjson")) {
                new String(body, UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(line -> check(schema, Answer.MAPPER.readTree(line), at, errors));
            } else {
                check(schema, Answer.MAPPER.readTree(body), at, errors);
            }
        }
        assertThat(errors).as("not as documented: %s", shown).isEmpty();
    }

    private static String start(byte[] body) {
        return new String(body, 0, Math.min(body.length, 500), UTF_8);
    }

    /** Demands that a value is as a named schema says. */
    void checkNamed(String schema, JsonNode value) {
        List<String> errors = new ArrayList<>();
        check(root.at("/components/schemas/" + schema), value, "", errors);
        assertThat(errors).as("not as documented: %s", value).isEmpty();
    }

    /** Where a value of a request is not as a schema says; empty if it is valid. */
    public List<String> errorsOfRequest(JsonNode schema, JsonNode value) {
        List<String> errors = new ArrayList<>();
        check(schema, value, REQUEST, errors);
        return errors;
    }

    /** Collects where a value is not as a schema says. */
    private void check(JsonNode schema, JsonNode value, String at, List<String> errors) {
        if (at.startsWith(REQUEST) && isAddress(schema) && value.isIntegralNumber()) {
            return; // the one thing that is taken beside what is documented
        }
        if (schema.has("$ref")) {
            check(root.at(schema.get("$ref").asString().substring(1)), value, at, errors);
            return;
        }
        if (schema.isObject() && schema.propertyNames().stream().allMatch("description"::equals)) {
            return; // any value, of any kind
        }
        if (schema.has("x-one-of") && !hasFieldsOfOne(schema.get("x-one-of"), value)) {
            errors.add(at + ": has the fields of none of " + schema.get("x-one-of"));
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice) && !fitsOne(schema.get(choice), value, at)) {
                errors.add(at + ": fits none of " + schema.get(choice));
                return;
            }
        }
        if (schema.has("type") && !hasType(schema.get("type"), value)) {
            errors.add(at + ": " + start(value) + " is not of type " + schema.get("type"));
            return;
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            errors.add(at + ": " + value + " is not one of " + schema.get("enum"));
        }
        if (value.isString()) {
            checkText(schema, value.asString(), at, errors);
        }
        if (value.isNumber()) {
            checkNumber(schema, value, at, errors);
        }
        if (value.isArray()) {
            checkSize(schema, "Items", value.size(), at, errors);
            for (int i = 0; i < value.size(); i++) {
                check(schema.path("items"), value.get(i), at + "/" + i, errors);
            }
        }
        if (value.isObject() && !schema.has("oneOf") && !schema.has("anyOf")) {
            checkProperties(schema, value, at, errors);
        }
    }

    private static boolean isAddress(JsonNode schema) {
        return schema.path("$ref").asString("").endsWith("/Address");
    }

    /** Whether a value has all fields of one of these lists, and no other. */
    private static boolean hasFieldsOfOne(JsonNode lists, JsonNode value) {
        for (JsonNode list : lists) {
            Set<String> fields = new HashSet<>();
            list.forEach(field -> fields.add(field.asString()));
            if (fields.equals(new HashSet<>(value.propertyNames()))) {
                return true;
            }
        }
        return false;
    }

    private boolean fitsOne(JsonNode choices, JsonNode value, String at) {
        for (JsonNode choice : choices) {
            List<String> errors = new ArrayList<>();
            check(choice, value, at, errors);
            if (errors.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasType(JsonNode types, JsonNode value) {
        String actual =
                switch (value.getNodeType()) {
                    case ARRAY -> "array";
                    case OBJECT -> "object";
                    case STRING -> "string";
                    case BOOLEAN -> "boolean";
                    case NULL -> "null";
                    default -> value.isIntegralNumber() ? "integer" : "number";
                };
        if (types.isArray()) {
            return contains(types, Answer.MAPPER.valueToTree(actual));
        }
        return types.asString().equals(actual);
    }

    private static boolean contains(JsonNode array, JsonNode value) {
        for (JsonNode element : array) {
            if (element.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static void checkText(JsonNode schema, String value, String at, List<String> errors) {
        if (schema.has("pattern")
                && !pattern(schema.get("pattern").asString()).matcher(value).matches()) {
            errors.add(at + ": " + value + " does not match " + schema.get("pattern"));
        }
        checkSize(schema, "Length", value.length(), at, errors);
    }

    private static void checkSize(
            JsonNode schema, String of, int size, String at, List<String> errors) {
        if (size < schema.path("min" + of).asInt(0)) {
            errors.add(at + ": fewer than " + schema.get("min" + of));
        }
        if (size > schema.path("max" + of).asInt(Integer.MAX_VALUE)) {
            errors.add(at + ": more than " + schema.get("max" + of));
        }
    }

    private static Pattern pattern(String text) {
        return PATTERNS.computeIfAbsent(text, Pattern::compile);
    }

    private static void checkNumber(
            JsonNode schema, JsonNode value, String at, List<String> errors) {
        if (schema.has("minimum")
                && value.decimalValue().compareTo(schema.get("minimum").decimalValue()) < 0) {
            errors.add(at + ": " + value + " is below " + schema.get("minimum"));
        }
        if (schema.has("maximum")
                && value.decimalValue().compareTo(schema.get("maximum").decimalValue()) > 0) {
            errors.add(at + ": " + value + " is above " + schema.get("maximum"));
        }
    }

    private void checkProperties(JsonNode schema, JsonNode value, String at, List<String> errors) {
        checkSize(schema, "Properties", value.size(), at, errors);
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            String name = property.getKey();
            JsonNode documented = schema.path("properties").path(name);
            if (!documented.isMissingNode()) {
                check(documented, property.getValue(), at + "/" + name, errors);
            } else if (others.isObject()) {
                check(others, property.getValue(), at + "/" + name, errors);
            } else {
                errors.add(at + "/" + name + " is not documented");
            }
        }
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asString())) {
                errors.add(at + "/" + required.asString() + " is missing");
            }
        }
    }

    private static String start(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
