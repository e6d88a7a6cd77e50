package dev.faultline.testing;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes JSON smaller, as long as it has what is looked for. */
public final class SmallerJson {

    private SmallerJson() {}

    /**
     * A tree with as many properties and elements left out as can be. An array keeps one element.
     *
     * @param holds whether a smaller tree still has what is looked for
     */
    public static JsonNode smallest(JsonNode tree, Predicate<JsonNode> holds) {
        JsonNode smallest = tree;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (String pointer : pointers(smallest, "")) {
                JsonNode tried = without(smallest, pointer);
                if (tried != null && holds.test(tried)) {
                    smallest = tried;
                    smaller = true;
                }
            }
        }
        return smallest;
    }

    /** Pointers to all that could be left out, larger parts first, later elements first. */
    private static List<String> pointers(JsonNode tree, String at) {
        List<String> pointers = new ArrayList<>();
        List<String> inner = new ArrayList<>();
        if (tree.isObject()) {
            for (String name : tree.propertyNames()) {
                pointers.add(at + "/" + name);
                inner.addAll(pointers(tree.get(name), at + "/" + name));
            }
        }
        for (int i = tree.isArray() ? tree.size() - 1 : -1; i >= 0; i--) {
            pointers.add(at + "/" + i);
            inner.addAll(pointers(tree.get(i), at + "/" + i));
        }
        pointers.addAll(inner);
        return pointers;
    }

    private static @Nullable JsonNode without(JsonNode tree, String pointer) {
        JsonNode copy = tree.deepCopy();
        int last = pointer.lastIndexOf('/');
        JsonNode parent = copy.at(pointer.substring(0, last));
        String name = pointer.substring(last + 1);
        if (parent instanceof ObjectNode object) {
            return object.remove(name) == null ? null : copy;
        }
        if (parent instanceof ArrayNode array
                && array.size() > 1
                && Integer.parseInt(name) < array.size()) {
            array.remove(Integer.parseInt(name));
            return copy;
        }
        return null;
    }
}
