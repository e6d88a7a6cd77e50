package dev.faultline.api.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the patterns that a path may match, in time that does not grow with the number of patterns:
 * a tree with one level for each segment of a path. What it finds is to be matched properly, since
 * it takes every segment that is not literal for one that matches anything.
 *
 * @param <T> what is filed under the patterns
 */
final class PathIndex<T> {

    private static final class Node<T> {
        final Map<String, Node<T>> literal = new HashMap<>();
        @Nullable Node<T> variable;

        /** What is filed under a pattern that ends here. */
        final List<T> ending = new ArrayList<>();

        /** What is filed under a pattern that ends here with any number of segments. */
        final List<T> open = new ArrayList<>();
    }

    private final Node<T> root = new Node<>();

    /** Files something under a pattern of Spring's {@code PathPattern}. */
    void add(String pattern, T value) {
        Node<T> node = root;
        for (String segment : segments(pattern)) {
            if (segment.contains("**") || segment.startsWith("{*")) {
                node.open.add(value);
                return;
            }
            node = isLiteral(segment) ? literal(node, segment) : variable(node);
        }
        node.ending.add(value);
    }

    private static boolean isLiteral(String segment) {
        return segment.chars().noneMatch(c -> c == '{' || c == '*' || c == '?');
    }

    private static <T> Node<T> literal(Node<T> node, String segment) {
        return node.literal.computeIfAbsent(segment, name -> new Node<>());
    }

    private static <T> Node<T> variable(Node<T> node) {
        Node<T> next = node.variable;
        if (next == null) {
            next = new Node<>();
            node.variable = next;
        }
        return next;
    }

    private static List<String> segments(String pattern) {
        if (pattern.isEmpty()) {
            return List.of();
        }
        String relative = pattern.startsWith("/") ? pattern.substring(1) : pattern;
        return List.of(relative.split("/", -1));
    }

    /** What is filed under all patterns that match a path, and perhaps under some that do not. */
    List<T> find(PathContainer path) {
        List<T> found = new ArrayList<>();
        collect(root, segments(path), 0, found);
        return found;
    }

    private static List<String> segments(PathContainer path) {
        List<String> segments = new ArrayList<>(8);
        boolean open = false;
        for (PathContainer.Element element : path.elements()) {
            if (element instanceof PathContainer.PathSegment segment) {
                segments.add(segment.valueToMatch());
                open = false;
            } else {
                if (open) {
                    segments.add("");
                }
                open = true;
            }
        }
        if (open) {
            segments.add("");
        }
        return segments;
    }

    private static <T> void collect(Node<T> node, List<String> path, int depth, List<T> found) {
        found.addAll(node.open);
        if (depth == path.size()) {
            found.addAll(node.ending);
            return;
        }
        Node<T> literal = node.literal.get(path.get(depth));
        if (literal != null) {
            collect(literal, path, depth + 1, found);
        }
        if (node.variable != null) {
            collect(node.variable, path, depth + 1, found);
        }
    }
}
