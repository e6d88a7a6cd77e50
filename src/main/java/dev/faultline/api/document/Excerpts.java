package dev.faultline.api.document;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Requests that are read as another one, but may not have all of its fields or must have more of
 * them. Each has a schema of its own, so that a client is told before the server refuses.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class Excerpts {

    /** A new process has areas where it says, and there is nothing that they could replace. */
    private static final String FIRST_AREA = "FirstAreaRequest";

    /** The machines of a study are many, begin empty and have no ids. */
    private static final String COMMON_MACHINE = "CommonMachineRequest";

    private static final Set<String> NOT_COMMON =
            Set.of("id", "preset", "labels", "idleTimeout", "durability");

    private static final String EXEC = "ExecRequest";

    private final Map<String, Schema> schemas;

    private Excerpts(OpenAPI document) {
        schemas = document.getComponents().getSchemas();
    }

    /** Puts these schemas into a document whose other schemas are complete. */
    static void put(OpenAPI document) {
        Excerpts excerpts = new Excerpts(document);
        excerpts.add(FIRST_AREA, "AreaRequest", Set.of("replace"), "start");
        excerpts.add(COMMON_MACHINE, "MachineRequest", NOT_COMMON);
        Schema<?> areas = excerpts.property("ProcessRequest", "areas");
        areas.setItems(SchemaRules.reference(FIRST_AREA));
        excerpts.add(EXEC, "ProcessRequest", Set.of("program", "arrival", "group"));
        for (String study : List.of("SweepRequest", "MultiprogrammingRequest")) {
            Schema<?> machine =
                    SchemaRules.instead(excerpts.property(study, "machine"), COMMON_MACHINE, true);
            Objects.requireNonNull(excerpts.schemas.get(study)).addProperty("machine", machine);
        }
        document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .filter(operation -> operation.getOperationId().equals("execProcess"))
                .flatMap(operation -> operation.getRequestBody().getContent().values().stream())
                .forEach(body -> body.setSchema(SchemaRules.reference(EXEC)));
    }

    private Schema<?> property(String schema, String name) {
        return Objects.requireNonNull(
                (Schema<?>) Objects.requireNonNull(schemas.get(schema)).getProperties().get(name));
    }

    private void add(String name, String of, Set<String> without, String... required) {
        Schema<?> whole = Objects.requireNonNull(schemas.get(of));
        Schema<?> part = new ObjectSchema();
        part.setDescription(whole.getDescription());
        part.setAdditionalProperties(false);
        whole.getProperties()
                .forEach(
                        (field, type) -> {
                            if (!without.contains(field)) {
                                part.addProperty(field, type);
                            }
                        });
        if (whole.getRequired() != null) {
            whole.getRequired().forEach(part::addRequiredItem);
        }
        for (String field : required) {
            part.addProperty(field, SchemaRules.neverNull(property(of, field)));
            part.addRequiredItem(field);
        }
        schemas.put(name, part);
    }
}
