package dev.faultline.api.machines;

import dev.faultline.api.web.DocumentPart;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Describes specs in the OpenAPI document by the declarations of their fields, and by the largest
 * numbers that this server takes.
 */
@Component
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class SpecSchemas implements DocumentPart {

    /** Representations whose schemas do not have the section's name and "Body". */
    private static final Map<String, String> BODIES =
            Map.of(
                    "Disk",
                    "DiskSpecBody",
                    "ReadAhead",
                    "ReadAhead",
                    "Costs",
                    "Costs",
                    "Limits",
                    "Limits");

    private final SpecValues bounds;

    SpecSchemas(HostingSettings settings) {
        bounds = settings.bounds();
    }

    @Override
    public void addTo(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        for (boolean request : new boolean[] {true, false}) {
            Schema<?> machine = schemas.get(name(MachineSpec.SECTION, request));
            if (machine != null) {
                fill(machine, MachineSpec.SECTION, request, schemas);
                KeepingFields.describe(machine, request, schemas);
            }
        }
    }

    private static String name(Section section, boolean request) {
        return request
                ? section.title() + "Request"
                : BODIES.getOrDefault(section.title(), section.title() + "Body");
    }

    private void fill(
            Schema<?> schema, Section section, boolean request, Map<String, Schema> schemas) {
        for (Section.Part part : section.parts()) {
            if (part.section() != null) {
                Section inner = part.section();
                schemas.put(name(inner, request), object(inner, request, schemas));
                schema.addProperty(part.name(), reference(inner, request));
            } else if (part.field() != null && (request || part.field().isShown())) {
                Field<?> field = part.field();
                schema.addProperty(part.name(), request ? asked(field) : shown(field));
                if (request && field.isRequired()) {
                    schema.addRequiredItem(part.name());
                }
            }
        }
    }

    private Schema<?> object(Section section, boolean request, Map<String, Schema> schemas) {
        Schema<?> schema = new ObjectSchema();
        schema.setDescription(section.words());
        fill(schema, section, request, schemas);
        return schema;
    }

    private static Schema<?> reference(Section section, boolean request) {
        Schema<?> reference = new Schema<>().$ref("#/components/schemas/" + name(section, request));
        boolean orNull = request ? section.isNullable() : section.isOptional();
        if (!orNull) {
            return reference;
        }
        Schema<?> nothing = new Schema<>();
        nothing.setTypes(Set.of("null"));
        Schema<?> either = new Schema<>();
        either.setAnyOf(List.of(reference, nothing));
        either.setDescription(section.words());
        return either;
    }

    /**
     * A field as it may be asked for, with everything that is declared of it. Its default is told
     * in words: many clients would send a default that they know, and override a preset with it.
     */
    private Schema<?> asked(Field<?> field) {
        Schema schema = described(field);
        if (field.otherwise() != null) {
            Object otherwise = shown(field.type(), field.otherwise());
            schema.setDescription(field.words() + " `" + otherwise + "` if left out.");
        }
        if (bounds.has(field)) {
            schema.setMaximum(new BigDecimal(String.valueOf(bounds.find(field))));
        }
        if (field.type() instanceof Type.Numbers numbers) {
            schema.setMinItems(numbers.shortest());
            schema.setMaxItems(numbers.longest());
        }
        return schema;
    }

    private static <T> @Nullable Object shown(Type<T> type, Object value) {
        return type.shown((T) value);
    }

    /** A field as it is shown. Its range is that of the values that may be asked for. */
    private static Schema<?> shown(Field<?> field) {
        Schema<?> schema = described(field);
        return field.isOptional() || meansByNull(field) ? orNull(schema) : schema;
    }

    private static Schema<?> described(Field<?> field) {
        Schema schema = ofType(field.type());
        if (!field.words().isEmpty()) {
            schema.setDescription(field.words());
        }
        if (!field.type().known().isEmpty()) {
            schema.setEnum(field.type().known());
        }
        if (field.type() instanceof Type.Whole whole) {
            bound(schema, whole.least(), whole.most());
        } else if (field.type() instanceof Type.Numbers numbers) {
            bound(schema.getItems(), numbers.least(), numbers.most());
        }
        return schema;
    }

    private static void bound(Schema<?> number, long least, long most) {
        if (least > Long.MIN_VALUE) {
            number.setMinimum(BigDecimal.valueOf(least));
        }
        if (most < Long.MAX_VALUE) {
            number.setMaximum(BigDecimal.valueOf(most));
        }
    }

    /** Whether null stands for one of its values. */
    private static boolean meansByNull(Field<?> field) {
        return field.type() instanceof Type.Whole whole && whole.nullMeans() != null;
    }

    private static Schema<?> ofType(Type<?> type) {
        return switch (type) {
            case Type.Whole whole -> {
                boolean wide = whole.width() == Type.Width.LONG;
                yield typed(new IntegerSchema().format(wide ? "int64" : "int32"), "integer");
            }
            case Type.Flag flag -> typed(new BooleanSchema(), "boolean");
            case Type.Numbers numbers -> {
                ArraySchema list = new ArraySchema();
                list.setItems(typed(new IntegerSchema().format("int32"), "integer"));
                yield typed(list, "array");
            }
            default -> typed(new StringSchema(), "string");
        };
    }

    private static Schema<?> typed(Schema<?> schema, String type) {
        schema.setTypes(Set.of(type));
        return schema;
    }

    private static Schema<?> orNull(Schema<?> schema) {
        Set<String> types = new TreeSet<>(schema.getTypes());
        types.add("null");
        schema.setTypes(types);
        return schema;
    }
}
