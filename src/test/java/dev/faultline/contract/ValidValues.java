package dev.faultline.contract;

import dev.faultline.http.Answer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random values that a schema allows: small ones, with what {@link Hints} knows of fields. */
final class ValidValues {

    private static final int DEEPEST = 6;
    private static final long SMALL = 32;

    private final Contract contract;
    private final SplittableRandom random;
    private final Words words;
    private final Hints hints;

    ValidValues(Contract contract, SplittableRandom random, Hints hints) {
        this.contract = contract;
        this.random = random;
        this.hints = hints;
        words = new Words(random);
    }

    /**
     * A value of a field.
     *
     * @param name the field's or the parameter's
     */
    JsonNode of(JsonNode schema, String name, Aim aim) {
        return of(schema, name, aim, 0);
    }

    private JsonNode of(JsonNode given, String name, Aim aim, int depth) {
        JsonNode hint = hints.of(name, aim);
        if (hint != null && contract.isValid(given, hint)) {
            return hint;
        }
        JsonNode schema = contract.resolved(given);
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice)) {
                return of(chosen(schema.get(choice), depth), name, aim, depth);
            }
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        return switch (type(schema)) {
            case "object" -> object(schema, aim, depth);
            case "array" -> array(schema, name, aim, depth);
            case "string" -> Aim.text(text(schema));
            case "integer" -> Aim.number(integer(schema));
            case "number" -> number(schema);
            case "boolean" -> Answer.MAPPER.getNodeFactory().booleanNode(random.nextBoolean());
            default -> Answer.MAPPER.nullNode();
        };
    }

    /** One of several schemas; null less often than not, and always where it is deep. */
    private JsonNode chosen(JsonNode choices, int depth) {
        for (JsonNode choice : choices) {
            boolean isNull = choice.path("type").asString("").equals("null");
            if (isNull && (depth > DEEPEST || random.nextInt(6) == 0)) {
                return choice;
            }
        }
        JsonNode choice = choices.get(random.nextInt(choices.size()));
        return choice.path("type").asString("").equals("null") ? choices.get(0) : choice;
    }

    private String type(JsonNode schema) {
        JsonNode types = schema.path("type");
        if (!types.isArray()) {
            return types.asString("object");
        }
        List<String> all = new ArrayList<>();
        types.forEach(each -> all.add(each.asString()));
        if (all.contains("null") && random.nextInt(6) == 0) {
            return "null";
        }
        all.remove("null");
        return all.get(random.nextInt(all.size()));
    }

    private ObjectNode object(JsonNode schema, Aim aim, int depth) {
        ObjectNode object = Answer.MAPPER.createObjectNode();
        List<String> names = new ArrayList<>(schema.path("properties").propertyNames());
        int most = schema.path("maxProperties").asInt(Integer.MAX_VALUE);
        for (String name : names) {
            boolean required = contains(schema.path("required"), name);
            if (required || object.size() < most && random.nextInt(depth + 3) == 0) {
                object.set(name, of(schema.at("/properties/" + name), name, aim, depth + 1));
            }
        }
        while (object.size() < schema.path("minProperties").asInt(0)) {
            String name = names.get(random.nextInt(names.size()));
            object.set(name, of(schema.at("/properties/" + name), name, aim, depth + 1));
        }
        others(schema.path("additionalProperties"), object, aim, depth);
        return object;
    }

    private void others(JsonNode schema, ObjectNode object, Aim aim, int depth) {
        for (int i = schema.isObject() ? random.nextInt(3) : 0; i > 0; i--) {
            object.set("k" + i, of(schema, "k" + i, aim, depth + 1));
        }
    }

    private ArrayNode array(JsonNode schema, String name, Aim aim, int depth) {
        ArrayNode array = Answer.MAPPER.createArrayNode();
        int least = schema.path("minItems").asInt(0);
        int most = Math.min(schema.path("maxItems").asInt(Integer.MAX_VALUE), least + 4);
        for (int i = random.nextInt(least, most + 1); i > 0; i--) {
            array.add(of(schema.path("items"), name, aim, depth + 1));
        }
        return array;
    }

    private String text(JsonNode schema) {
        if (schema.has("pattern")) {
            return words.matching(schema.get("pattern").asString());
        }
        if (schema.path("format").asString("").equals("date-time")) {
            return "2099-01-01T00:00:00Z";
        }
        int least = schema.path("minLength").asInt(0);
        int most = Math.min(schema.path("maxLength").asInt(Integer.MAX_VALUE), least + 8);
        return "abcdefghij".repeat(1 + most / 10).substring(0, random.nextInt(least, most + 1));
    }

    /** Near its least value, and seldom at an end. */
    private long integer(JsonNode schema) {
        long least = schema.path("minimum").asLong(-SMALL);
        long most = schema.path("maximum").asLong(Long.MAX_VALUE / 2);
        long near = Math.min(most, least + SMALL);
        return switch (random.nextInt(20)) {
            case 0 -> least;
            case 1 -> most - least < 1 << 16 ? most : near;
            default -> random.nextLong(least, near + 1);
        };
    }

    private JsonNode number(JsonNode schema) {
        double least = schema.path("minimum").asDouble(0);
        double most = schema.path("maximum").asDouble(1);
        double drawn = least + (most - least) * random.nextInt(101) / 100;
        return Answer.MAPPER.getNodeFactory().numberNode(drawn);
    }

    private static boolean contains(JsonNode list, String name) {
        for (JsonNode each : list) {
            if (each.asString().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** A field of a parameter's value as it stands in a path or a query. */
    String parameter(JsonNode parameter, Aim aim) {
        String name = parameter.path("name").asString();
        String value = of(parameter.path("schema"), name, aim).asString();
        return value.isEmpty() ? "none" : value;
    }
}
