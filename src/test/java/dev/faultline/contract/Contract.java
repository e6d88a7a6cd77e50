package dev.faultline.contract;

import dev.faultline.http.ApiDocument;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The operations of the served document. */
final class Contract {

    static final String JSON = "application/json";

    /** What a client can do with the paths of one template. */
    record Operation(String method, String template, JsonNode says) {

        String id() {
            return says.path("operationId").asString();
        }

        List<JsonNode> parameters(String in) {
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode each : says.path("parameters")) {
                if (each.path("in").asString().equals(in)) {
                    found.add(each);
                }
            }
            return found;
        }

        boolean takes(String parameter) {
            return template.contains("{" + parameter + "}");
        }

        /** What stands in for the path's first parameter; null if it has none. */
        @Nullable String thing() {
            int open = template.indexOf('{');
            return open < 0 ? null : template.substring(open + 1, template.indexOf('}'));
        }

        boolean isRead() {
            return method.equals("GET");
        }

        /** The documented bodies by media type, without parameters. */
        Map<String, JsonNode> bodies() {
            Map<String, JsonNode> bodies = new TreeMap<>();
            says.at("/requestBody/content")
                    .properties()
                    .forEach(e -> bodies.put(bare(e), e.getValue()));
            return bodies;
        }

        boolean needsBody() {
            return says.at("/requestBody/required").asBoolean(false);
        }

        /** The media types of answers that succeed, without parameters. */
        Set<String> answers() {
            Set<String> types = new TreeSet<>();
            says.path("responses").properties().stream()
                    .filter(response -> response.getKey().startsWith("2"))
                    .flatMap(response -> response.getValue().path("content").properties().stream())
                    .forEach(e -> types.add(bare(e)));
            return types;
        }

        boolean documents(int status) {
            return says.path("responses").has(Integer.toString(status));
        }

        private static String bare(Map.Entry<String, JsonNode> content) {
            return content.getKey().replaceFirst(";.*", "");
        }

        @Override
        public String toString() {
            return method + " " + template;
        }
    }

    private final ApiDocument document;
    private final Map<String, Operation> operations = new TreeMap<>();

    Contract(ApiDocument document) {
        this.document = document;
        for (Map.Entry<String, JsonNode> path : document.root().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
                String method = each.getKey().toUpperCase(Locale.ROOT);
                Operation operation = new Operation(method, path.getKey(), each.getValue());
                operations.put(operation.id(), operation);
            }
        }
    }

    ApiDocument document() {
        return document;
    }

    List<Operation> operations() {
        return List.copyOf(operations.values());
    }

    Operation operation(String id) {
        Operation found = operations.get(id);
        if (found == null) {
            throw new IllegalArgumentException("the document has no operation " + id);
        }
        return found;
    }

    boolean has(String method, String template) {
        return operations.values().stream()
                .anyMatch(each -> each.method().equals(method) && each.template().equals(template));
    }

    /** What Allow says of a template's paths. */
    Set<String> methods(String template) {
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        for (Operation each : operations.values()) {
            if (each.template().equals(template)) {
                methods.add(each.method());
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }

    /** A schema without references. */
    JsonNode resolved(JsonNode schema) {
        JsonNode found = schema;
        while (found.has("$ref")) {
            found = document.root().at(found.get("$ref").asString().substring(1));
        }
        return found;
    }

    boolean isValid(JsonNode schema, JsonNode value) {
        return document.errorsOfRequest(schema, value).isEmpty();
    }
}
