package dev.faultline.api.machines;

import dev.faultline.api.web.BodyPart;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Reading;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads machines, and parts of their specs, by the declarations of the fields. */
final class SpecReader extends StdDeserializer<MachineRequest> {

    private static final TypeReference<List<@Nullable Integer>> NUMBERS = new TypeReference<>() {};

    /** The attribute under which a part of a spec, read alone, finds its section. */
    private static final String PART = "section";

    SpecReader() {
        super(MachineRequest.class);
    }

    /**
     * Reads a part of a spec that stands alone in a body.
     *
     * @param pointer where it stands
     * @param node what stands there
     */
    static SpecValues read(Section part, String pointer, JsonNode node, JsonMapper mapper) {
        try {
            MachineRequest read =
                    mapper.readerFor(MachineRequest.class)
                            .withAttribute(PART, part)
                            .readValue(node);
            return BodyPart.read(
                    at -> pointer + at.substring(part.pointer().length()),
                    () -> read.spec().values());
        } catch (JacksonException e) {
            throw JsonErrors.of(pointer, e);
        }
    }

    @Override
    public MachineRequest deserialize(JsonParser in, DeserializationContext context) {
        Section part = context.getAttribute(PART) instanceof Section some ? some : null;
        Reading reading = new Reading(part == null ? MachineSpec.SECTION : part);
        Names names = new Names();
        readObject(in, context, reading.section(), reading, part == null ? names : null);
        return new MachineRequest(names.id, names.preset, names.keeping, reading);
    }

    /** What a machine has beside its spec. */
    private static final class Names {
        private @Nullable String id;
        private @Nullable String preset;
        private final KeepingFields keeping = new KeepingFields();
    }

    private void readObject(
            JsonParser in,
            DeserializationContext context,
            Section section,
            Reading reading,
            @Nullable Names names) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            if (in.currentToken() == JsonToken.VALUE_STRING && in.getString().isEmpty()) {
                context.handleWeirdStringValue(MachineRequest.class, "", "no object");
            }
            context.handleUnexpectedToken(MachineRequest.class, in);
            return;
        }
        reading.give(section);
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            if (!known(section).contains(name)) {
                throw UnrecognizedPropertyException.from(
                        in, MachineRequest.class, name, known(section));
            }
            in.nextToken();
            try {
                if (names != null && name.equals("id")) {
                    names.id = context.readValue(in, String.class);
                } else if (names != null && name.equals("preset")) {
                    names.preset = context.readValue(in, String.class);
                } else if (names != null && KeepingFields.NAMES.contains(name)) {
                    names.keeping.give(name, context.readTree(in));
                } else {
                    readPart(in, context, section, name, reading);
                }
            } catch (JacksonException e) {
                throw e.prependPath(MachineRequest.class, name);
            }
        }
    }

    private void readPart(
            JsonParser in,
            DeserializationContext context,
            Section section,
            String name,
            Reading reading) {
        Section.Part part = Objects.requireNonNull(section.part(name), name);
        boolean isNull = in.currentToken() == JsonToken.VALUE_NULL;
        if (part.section() != null) {
            if (!isNull) {
                readObject(in, context, part.section(), reading, null);
            } else if (part.section().isNullable()) {
                reading.giveNothing(part.section());
            }
        } else if (part.field() != null) {
            Object value = value(in, context, part.field(), isNull);
            if (value != null) {
                reading.give(part.field(), value);
            }
        }
    }

    /** The names that an object may have; a machine has some beside its spec. */
    private static List<Object> known(Section section) {
        List<Object> names = new ArrayList<>();
        section.parts().forEach(part -> names.add(part.name()));
        if (section.equals(MachineSpec.SECTION)) {
            names.addAll(List.of("id", "preset"));
            names.addAll(KeepingFields.NAMES);
        }
        return names;
    }

    private static @Nullable Object value(
            JsonParser in, DeserializationContext context, Field<?> field, boolean isNull) {
        if (field.type() instanceof Type.Whole whole && whole.nullMeans() != null) {
            return isNull ? whole.nullMeans() : numberOrText(context.readTree(in));
        }
        if (isNull) {
            return null;
        }
        return switch (field.type()) {
            case Type.Whole whole ->
                    whole.width() == Type.Width.INT
                            ? Long.valueOf(context.readValue(in, Integer.class))
                            : context.readValue(in, Long.class);
            case Type.Flag flag -> context.readValue(in, Boolean.class);
            case Type.Numbers numbers -> context.readValue(in, NUMBERS);
            default -> context.readValue(in, String.class);
        };
    }

    /** A number, or the text of what is none, which then is refused. */
    private static Object numberOrText(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt()
                ? (Object) node.longValue()
                : node.toString();
    }
}
