package dev.faultline.api.web;

import dev.faultline.machine.protocol.Counter;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Completes the schemas of the OpenAPI document: request bodies are strict, in answers every field
 * is present, and what annotations cannot say is put right.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class OpenApiSchemas {

    static final String PROBLEM = "Problem";

    /** What operations can come to. */
    private static final List<String> RESULTS =
            List.of(
                    "SweepBody",
                    "MissRatioBody",
                    "WorkingSetBody",
                    "ReuseBody",
                    "RunBody",
                    "MultiprogrammingBody",
                    "PageTablesBody",
                    "PredictionBody",
                    "BriefPredictionBody");

    private OpenApiSchemas() {}

    /** Completes the schemas of a document whose operations are there. */
    static void complete(OpenAPI document) {
        addProblem(document);
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        mendOperation(schemas);
        Map<String, Class<?>> records = records();
        schemas.forEach((name, schema) -> completeSchema(name, schema, records.get(name)));
        mendAddress(schemas);
        mendSweep(schemas);
        mendRun(schemas);
        mendCounters(schemas);
        mendAccess(schemas);
    }

    private static void addProblem(OpenAPI document) {
        ObjectSchema field = new ObjectSchema();
        field.addProperty("pointer", new StringSchema().description("JSON pointer of the field."));
        field.addProperty("detail", new StringSchema());
        field.setRequired(List.of("pointer", "detail"));
        ObjectSchema problem = new ObjectSchema();
        problem.setDescription("A problem document (RFC 9457).");
        problem.addProperty("type", new StringSchema());
        problem.addProperty("title", new StringSchema());
        problem.addProperty("status", new IntegerSchema());
        problem.addProperty("detail", new StringSchema());
        problem.addProperty("instance", new StringSchema());
        problem.addProperty(
                "reason", new StringSchema().description("Stable, in UPPER_SNAKE_CASE."));
        problem.addProperty(
                "errors", new io.swagger.v3.oas.models.media.ArraySchema().items(field));
        problem.addProperty(
                "accesses", number("For a trace that broke off: the accesses applied before."));
        problem.addProperty("line", number("For a garbled trace: the line, counted from 1."));
        problem.addProperty("byte", number("For a garbled binary trace: the byte, from 0."));
        problem.addProperty("version", number("For a trace: the machine's version after it."));
        problem.addProperty(
                "oldest", number("For events or turns that are lost: the oldest one kept."));
        problem.setRequired(List.of("type", "title", "status", "detail", "instance", "reason"));
        document.getComponents().addSchemas(PROBLEM, problem);
    }

    private static Schema<?> number(String description) {
        return new IntegerSchema().format("int64").description(description);
    }

    private static void completeSchema(String name, Schema<?> schema, @Nullable Class<?> type) {
        Map<String, Schema> properties = schema.getProperties();
        if (properties == null || name.equals(PROBLEM)) {
            return;
        }
        boolean request = name.endsWith("Request");
        if (request || name.equals("NoFields")) {
            schema.setAdditionalProperties(false);
        } else {
            schema.setRequired(new ArrayList<>(properties.keySet()));
        }
        if (type == null) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Schema<?> property = properties.get(component.getName());
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (property != null && nullable && (!request || meansNull(component))) {
                properties.put(component.getName(), orNull(property));
            }
        }
    }

    /** Whether null in a request says something that leaving it out does not. */
    private static boolean meansNull(RecordComponent component) {
        io.swagger.v3.oas.annotations.media.Schema said =
                component
                        .getAccessor()
                        .getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
        return said != null && said.nullable();
    }

    /** The same schema, or null. */
    private static Schema<?> orNull(Schema<?> schema) {
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
        if (schema.getOneOf() != null) {
            schema.addOneOfItem(nothing);
            return schema;
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

    /** What a sweep lists is of several types, which its record leaves open. */
    private static void mendSweep(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("SweepRequest")).getProperties();
        Schema<?> policy = new Schema<>();
        policy.addOneOfItem(new StringSchema());
        policy.addOneOfItem(reference("ReplacementRequest"));
        Objects.requireNonNull(properties.get("policies")).setItems(policy);
        Objects.requireNonNull(properties.get("tlbs")).setItems(orNull(reference("TlbRequest")));
    }

    /** What an operation has come to is what the request would have been answered with. */
    private static void mendOperation(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("OperationBody")).getProperties();
        Schema<?> result = Objects.requireNonNull(properties.get("result"));
        for (String each : RESULTS) {
            result.addOneOfItem(reference(each));
        }
    }

    /** A run goes on until all is done, or until one of a few things. */
    private static void mendRun(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("RunRequest")).getProperties();
        StringSchema done = new StringSchema();
        done.setEnum(List.of("done"));
        Schema<?> until = new Schema<>();
        until.setDescription(Objects.requireNonNull(properties.get("until")).getDescription());
        until.addOneOfItem(done);
        ObjectSchema bounds = new ObjectSchema();
        bounds.addProperty("ticks", number("Ticks that are to pass."));
        bounds.addProperty("accesses", number("Accesses that are to be made."));
        bounds.addProperty("fault", new BooleanSchema().description("The first page fault."));
        ObjectSchema counters = new ObjectSchema();
        counters.setDescription("One counter that only faults change, and by how much.");
        counters.setAdditionalProperties(number("How much more it is to be."));
        bounds.addProperty("counters", counters);
        bounds.setMinProperties(1);
        bounds.setMaxProperties(1);
        until.addOneOfItem(bounds);
        properties.put("until", until);
    }

    private static Schema<?> reference(String name) {
        Schema<?> reference = new Schema<>();
        reference.set$ref("#/components/schemas/" + name);
        return reference;
    }

    /** An address is an integer or a string, and no object. */
    private static void mendAddress(Map<String, Schema> schemas) {
        Schema<?> number = new IntegerSchema().format("int64");
        number.setMinimum(BigDecimal.ZERO);
        Schema<?> text = new StringSchema();
        text.setPattern("^0x[0-9a-fA-F]{1,16}$");
        Schema<?> address = new Schema<>();
        address.setOneOf(List.of(number, text));
        address.setDescription("A byte address: an integer, or hexadecimal as \"0x6004\".");
        address.setExample("0x6004");
        schemas.put("Address", address);
    }

    /** Counters are written by {@link JsonRules}, not as the class that they are. */
    private static void mendCounters(Map<String, Schema> schemas) {
        Schema<?> counters = new ObjectSchema();
        for (Counter counter : Counter.common()) {
            Schema<?> count = new IntegerSchema().format("int64");
            count.setDescription(counter.words());
            counters.addProperty(counter.key(), count);
        }
        counters.setRequired(new ArrayList<>(counters.getProperties().keySet()));
        schemas.put("Counters", counters);
    }

    /** The annotations can only say that sizes are strings. */
    private static void mendAccess(Map<String, Schema> schemas) {
        Schema<?> size = new IntegerSchema();
        size.setDescription("Bytes: 1, 2, 4 or 8.");
        for (int bytes : new int[] {1, 2, 4, 8}) {
            ((Schema) size).addEnumItemObject(bytes);
        }
        schemas.computeIfPresent(
                "AccessRequest",
                (name, access) -> {
                    access.getProperties().put("size", size);
                    return access;
                });
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
