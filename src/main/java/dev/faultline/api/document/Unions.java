package dev.faultline.api.document;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives each operation one type of answer. Where what is answered depends on how things went (a
 * process or the kernel's refusal, a result or the operation that works on it), that type is a
 * named union, and stands under every status: a generator takes the first that it finds.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class Unions {

    private static final String JSON = org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

    /** What is answered when an operation does not come to what it is for. */
    private static final List<String> LAST = List.of("RefusalBody", "OperationBody");

    /** The extension that lists, for each type of a union, the fields that are present. */
    private static final String CHOICES = "x-one-of";

    private final Map<String, Schema> schemas;
    private final Set<String> merged = new LinkedHashSet<>();

    private Unions(OpenAPI document) {
        schemas = document.getComponents().getSchemas();
    }

    /** Names the unions of a document. */
    static void name(OpenAPI document) {
        Unions unions = new Unions(document);
        document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .forEach(unions::name);
        unions.removeIdle(document);
    }

    private void name(Operation operation) {
        Map<String, MediaType> answers = new TreeMap<>();
        operation.getResponses().forEach((status, response) -> add(answers, status, response));
        Set<String> types = new LinkedHashSet<>();
        for (boolean last : new boolean[] {false, true}) {
            answers.values().stream()
                    .flatMap(answer -> types(answer.getSchema()).stream())
                    .filter(type -> LAST.contains(type) == last)
                    .forEach(types::add);
        }
        if (types.size() > 1) {
            String union = union(types);
            answers.values().forEach(answer -> answer.setSchema(SchemaRules.reference(union)));
        }
    }

    private static void add(Map<String, MediaType> to, String status, ApiResponse response) {
        boolean success = status.startsWith("2") && response.getContent() != null;
        MediaType answer = success ? response.getContent().get(JSON) : null;
        if (answer != null && answer.getSchema() != null) {
            to.put(status, answer);
        }
    }

    private static List<String> types(Schema<?> schema) {
        List<Schema> each =
                schema.getOneOf() != null
                        ? schema.getOneOf()
                        : schema.getAnyOf() != null ? schema.getAnyOf() : List.of(schema);
        return each.stream().map(Unions::type).filter(type -> !type.isEmpty()).toList();
    }

    private static String type(Schema<?> schema) {
        @Nullable String reference = schema.get$ref();
        return reference == null ? "" : reference.substring(reference.lastIndexOf('/') + 1);
    }

    /**
     * The union of some types, named for them: an object that has the fields of the one that it is.
     * A choice between types would say more, but Java's clients cannot tell which one came. Which
     * fields come together stands beside it, for those who check answers.
     */
    private String union(Set<String> types) {
        List<String> names = types.stream().map(type -> type.replaceFirst("Body$", "")).toList();
        String name = String.join("Or", names);
        Schema<?> union = new ObjectSchema();
        union.setDescription("Has the fields of one of these: " + String.join(", ", types) + ".");
        union.addExtension(CHOICES, types.stream().map(this::fields).toList());
        for (String type : types) {
            properties(type).forEach((field, schema) -> add(union, name, field, schema));
        }
        schemas.put(name, union);
        merged.addAll(types);
        return name;
    }

    private Map<String, Schema> properties(String type) {
        return Objects.requireNonNull(schemas.get(type)).getProperties();
    }

    private List<String> fields(String type) {
        return properties(type).keySet().stream().sorted().toList();
    }

    /** Removes the types that stand in unions only. */
    private void removeIdle(OpenAPI document) {
        String text = Json31.pretty(document);
        merged.stream()
                .filter(type -> !text.contains("\"#/components/schemas/" + type + "\""))
                .forEach(schemas::remove);
    }

    private static void add(Schema<?> union, String name, String field, Schema<?> schema) {
        Map<String, Schema> known = union.getProperties();
        Schema<?> other = known == null ? null : known.get(field);
        if (other == null) {
            union.addProperty(field, schema);
        } else if (!Objects.equals(other.getTypes(), schema.getTypes())
                || !Objects.equals(other.get$ref(), schema.get$ref())) {
            throw new IllegalStateException("Unions: two types of " + field + " in " + name);
        }
    }
}
