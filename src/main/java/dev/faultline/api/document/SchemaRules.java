package dev.faultline.api.document;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Completes the schemas of the OpenAPI document: request bodies are strict, in answers every field
 * is present, and what annotations cannot say is put right.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class SchemaRules {

    /** In an expectation null is expected, which is nonsense of these. */
    private static final Map<String, Set<String>> NEVER_NULL =
            Map.of("ExpectedRequest", Set.of("fault", "evicts"));

    private SchemaRules() {}

    /** Completes the schemas of a document whose operations are there. */
    static void complete(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        schemas.remove("JsonNode"); // Jackson's, in place of what the service means
        Map<String, Class<?>> records = records();
        schemas.forEach((name, schema) -> completeSchema(name, schema, records.get(name)));
    }

    private static void completeSchema(String name, Schema<?> schema, @Nullable Class<?> type) {
        Map<String, Schema> properties = schema.getProperties();
        if (properties == null) {
            return;
        }
        if (name.endsWith("Request") || name.equals("NoFields")) {
            completeRequest(name, schema, properties);
        } else {
            completeAnswer(schema, properties, type);
        }
    }

    /** In a request, null is as if the field were left out, unless the field says otherwise. */
    private static void completeRequest(
            String request, Schema<?> schema, Map<String, Schema> properties) {
        schema.setAdditionalProperties(false);
        Set<String> never = new TreeSet<>(NEVER_NULL.getOrDefault(request, Set.of()));
        if (schema.getRequired() != null) {
            never.addAll(schema.getRequired());
        }
        properties.replaceAll(
                (name, property) -> never.contains(name) ? property : orNull(property));
    }

    private static void completeAnswer(
            Schema<?> schema, Map<String, Schema> properties, @Nullable Class<?> type) {
        schema.setRequired(properties.keySet().stream().sorted().toList());
        if (type == null) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Schema<?> property = properties.get(component.getName());
            if (property != null
                    && component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                properties.put(component.getName(), orNull(property));
            }
        }
    }

    /** A schema that is described elsewhere. */
    static Schema<?> reference(String name) {
        Schema<?> reference = new Schema<>();
        reference.set$ref("#/components/schemas/" + name);
        return reference;
    }

    /** A named schema in place of one that is written out, with what is said of it there. */
    static Schema<?> instead(Schema<?> type, String name, boolean nullable) {
        Schema<?> named = reference(name);
        Schema<?> schema = nullable ? orNull(named) : named;
        schema.setDescription(type.getDescription());
        if (type.getDefault() != null) {
            schema.setDefault(type.getDefault());
        }
        return schema;
    }

    /** The same schema, or null. */
    static Schema<?> orNull(Schema<?> schema) {
        Schema<?> nothing = new Schema<>();
        nothing.setTypes(Set.of("null"));
        if (schema.get$ref() != null) {
            Schema<?> reference = new Schema<>();
            reference.set$ref(schema.get$ref());
            Schema<?> either = new Schema<>();
            either.setAnyOf(List.of(reference, nothing));
            either.setDescription(schema.getDescription());
            return either;
        }
        if (schema.getAnyOf() != null) {
            return schema; // of a reference or null
        }
        if (schema.getOneOf() != null) {
            schema.addOneOfItem(nothing);
            return schema;
        }
        if (schema.getTypes() == null) {
            return schema; // anything, null too
        }
        Set<String> types = new TreeSet<>(schema.getTypes());
        types.add("null");
        schema.setTypes(types);
        if (schema.getEnum() != null) {
            List<@Nullable Object> values = new ArrayList<>(schema.getEnum());
            values.add(null);
            ((Schema) schema).setEnum(values);
        }
        return schema;
    }

    /** A reference that may be null, without that. */
    static Schema<?> neverNull(Schema<?> referenceOrNull) {
        Schema<?> reference = new Schema<>().$ref(referenceOrNull.getAnyOf().getFirst().get$ref());
        reference.setDescription(referenceOrNull.getDescription());
        return reference;
    }

    /** The records that schemas are made of, by name. */
    private static Map<String, Class<?>> records() {
        ClassPathScanningCandidateComponentProvider scanner =
                new ClassPathScanningCandidateComponentProvider(false) {
                    @Override
                    protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                        return true;
                    }
                };
        scanner.addIncludeFilter(new AssignableTypeFilter(Record.class));
        Map<String, Class<?>> records = new LinkedHashMap<>();
        for (String room : List.of("dev.faultline.api", "dev.faultline.machine")) {
            scanner.findCandidateComponents(room)
                    .forEach(
                            found -> {
                                Class<?> type =
                                        ClassUtils.resolveClassName(
                                                String.valueOf(found.getBeanClassName()), null);
                                records.putIfAbsent(type.getSimpleName(), type);
                            });
        }
        return records;
    }
}
