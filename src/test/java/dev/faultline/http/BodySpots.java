package dev.faultline.http;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;

/**
 * The places in a body where a value can stand, as the OpenAPI document describes it: every
 * property and every element, however deep.
 */
final class BodySpots {

    /** The deepest that a schema is followed; none of ours goes round in a circle. */
    private static final int DEEPEST = 8;

    /**
     * A place.
     *
     * @param pointer its JSON pointer
     * @param types the types that may stand there; {@code item of} before them in an array
     * @param schema its schema
     * @param isAddress whether it is a byte address
     * @param body makes the whole body, of a raw value that is to stand there
     */
    record Spot(
            String pointer,
            List<String> types,
            JsonNode schema,
            boolean isAddress,
            UnaryOperator<String> body) {

        /** The numbers next to its range, which it does not take. */
        List<String> outside() {
            List<String> numbers = new ArrayList<>();
            if (schema.has("minimum")) {
                numbers.add(
                        schema.get("minimum").decimalValue().subtract(BigDecimal.ONE).toString());
            }
            if (schema.has("maximum")) {
                numbers.add(schema.get("maximum").decimalValue().add(BigDecimal.ONE).toString());
            }
            return numbers;
        }

        boolean takes(String type) {
            return types.contains(type);
        }

        boolean isElement() {
            return pointer.endsWith("/0");
        }
    }

    private final JsonNode root;
    private final List<Spot> spots = new ArrayList<>();

    private BodySpots(JsonNode root) {
        this.root = root;
    }

    /** All places in the JSON body of an operation; none if it takes no JSON. */
    static List<Spot> of(JsonNode document, JsonNode operation) {
        JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
        BodySpots found = new BodySpots(document);
        found.visit(schema, "", raw -> raw, 0);
        return found.spots;
    }

    private static boolean isAddress(JsonNode schema) {
        return schema.toString().contains("#/components/schemas/Address\"");
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.get("$ref").asString().substring(1)) : schema;
    }

    private void visit(JsonNode given, String pointer, UnaryOperator<String> body, int depth) {
        JsonNode schema = resolved(given);
        if (depth > 0 && !schema.isEmpty()) {
            spots.add(new Spot(pointer, types(schema), schema, isAddress(given), body));
        }
        if (depth == DEEPEST) {
            return;
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            for (JsonNode one : schema.path(choice)) {
                visitInside(resolved(one), pointer, body, depth);
            }
        }
        visitInside(schema, pointer, body, depth);
    }

    private void visitInside(
            JsonNode schema, String pointer, UnaryOperator<String> body, int depth) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String name = property.getKey();
            String others = required(schema, name);
            visit(
                    property.getValue(),
                    pointer + "/" + name,
                    raw -> body.apply("{" + others + "\"" + name + "\":" + raw + "}"),
                    depth + 1);
        }
        if (schema.has("items")) {
            visit(
                    schema.get("items"),
                    pointer + "/0",
                    raw -> body.apply("[" + raw + "]"),
                    depth + 1);
        }
    }

    /** The other properties that an object must have, each with some value and a comma. */
    private String required(JsonNode schema, String but) {
        StringBuilder text = new StringBuilder();
        for (JsonNode name : schema.path("required")) {
            if (!name.asString().equals(but)) {
                JsonNode property = schema.path("properties").path(name.asString());
                text.append(name).append(':').append(sample(property, 0)).append(',');
            }
        }
        return text.toString();
    }

    /** Some value that fits a schema. */
    private String sample(JsonNode given, int depth) {
        JsonNode schema = resolved(given);
        if (schema.has("enum")) {
            return schema.get("enum").get(0).toString();
        }
        if (schema.has("example")) {
            return schema.get("example").toString();
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice)) {
                return sample(schema.get(choice).get(0), depth + 1);
            }
        }
        List<String> types = types(schema);
        if (types.contains("array")) {
            return "[" + (depth < DEEPEST ? sample(schema.path("items"), depth + 1) : "") + "]";
        }
        if (types.contains("object")) {
            String properties = required(schema, "");
            return "{" + properties.replaceFirst(",$", "") + "}";
        }
        return types.contains("string")
                ? text(schema.path("pattern").asString(""))
                : types.contains("boolean") ? "true" : "1";
    }

    /** A text of one of the patterns that are given to what must be there. */
    private static String text(String pattern) {
        return pattern.startsWith("^0x")
                ? "\"0x1000\""
                : pattern.startsWith("^[r-]") ? "\"rw-\"" : "\"a\"";
    }

    private List<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            return StreamSupport.stream(type.spliterator(), false).map(JsonNode::asString).toList();
        }
        List<String> types = new ArrayList<>();
        if (type.isString()) {
            types.add(type.asString());
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            schema.path(choice).forEach(one -> types.addAll(types(resolved(one))));
            if (schema.has(choice)) {
                types.add(choice);
            }
        }
        return types;
    }
}
