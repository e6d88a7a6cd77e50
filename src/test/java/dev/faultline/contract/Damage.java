package dev.faultline.contract;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Spoils valid JSON in one place, so that the document does not allow it any more. */
final class Damage {

    private static final int TRIES = 10;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Contract contract;
    private final SplittableRandom random;

    Damage(Contract contract, SplittableRandom random) {
        this.contract = contract;
        this.random = random;
    }

    /** The text of what is no longer valid; null if none of some tries is. */
    @Nullable String of(JsonNode schema, JsonNode valid) {
        if (random.nextInt(8) == 0) {
            return broken(valid.toString());
        }
        for (int i = 0; i < TRIES; i++) {
            JsonNode spoiled = spoiled(valid.deepCopy());
            if (!contract.isValid(schema, spoiled)) {
                return spoiled.toString();
            }
        }
        return null;
    }

    /** No JSON at all. */
    private String broken(String text) {
        return switch (random.nextInt(6)) {
            case 0 -> text.substring(0, text.length() - 1);
            case 1 -> text + text;
            case 2 -> "[" + text + "]";
            case 3 -> text.replace("{", "{\"surplus\":1,");
            case 4 -> text.replace(":", "=") + "}";
            default -> "{\"surplus\":1,\"surplus\":1}";
        };
    }

    private JsonNode spoiled(JsonNode tree) {
        List<String> places = new ArrayList<>();
        collect(tree, "", places);
        String place = places.get(random.nextInt(places.size()));
        if (place.isEmpty()) {
            return tree instanceof ObjectNode object ? object.put("surplus", 1) : odd(tree);
        }
        int last = place.lastIndexOf('/');
        JsonNode parent = tree.at(place.substring(0, last));
        String name = place.substring(last + 1);
        if (parent instanceof ObjectNode object) {
            spoil(object, name);
        } else if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), odd(array.get(Integer.parseInt(name))));
        }
        return tree;
    }

    private void spoil(ObjectNode object, String name) {
        switch (random.nextInt(4)) {
            case 0 -> object.remove(name);
            case 1 -> object.put("surplus", 1);
            default -> object.set(name, odd(object.get(name)));
        }
    }

    /** Another value in a value's place. */
    private JsonNode odd(JsonNode value) {
        return switch (random.nextInt(12)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(true);
            case 2 -> NODES.numberNode(-1);
            case 3 -> NODES.numberNode(1.5);
            case 4 -> NODES.numberNode(Long.MAX_VALUE);
            case 5 -> NODES.numberNode(new java.math.BigInteger("99999999999999999999"));
            case 6 -> NODES.stringNode("");
            case 7 -> NODES.stringNode(value.asString("x") + "\u0000~/../%2e");
            case 8 -> NODES.stringNode("x".repeat(300));
            case 9 -> NODES.arrayNode().add(value);
            case 10 -> NODES.objectNode();
            default -> value.isNumber() ? NODES.stringNode(value.asString()) : NODES.numberNode(0);
        };
    }

    private static void collect(JsonNode tree, String at, List<String> places) {
        places.add(at);
        for (String name : tree.propertyNames()) {
            collect(tree.get(name), at + "/" + name, places);
        }
        for (int i = 0; tree.isArray() && i < Math.min(tree.size(), 5); i++) {
            collect(tree.get(i), at + "/" + i, places);
        }
    }
}
