package dev.faultline.api.machines;

import dev.faultline.api.web.ApiException;
import dev.faultline.hosting.Durability;
import dev.faultline.hosting.Keeping;

import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The fields of a machine that say how it is kept, as they are asked for and as they are shown. */
public final class KeepingFields {

    static final String LABELS = "labels";
    static final String IDLE_TIMEOUT = "idleTimeout";
    static final String DURABILITY = "durability";

    /** The names of the fields. */
    static final List<String> NAMES = List.of(LABELS, IDLE_TIMEOUT, DURABILITY);

    static final String LABEL_NAME = "^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$";
    static final String LABEL_VALUE = "^[^\\x00-\\x1f\\x7f]{0,255}$";

    private static final int MOST_LABELS = 16;

    /** Days, hours, minutes and seconds (ISO 8601), of which at least one is not 0. */
    private static final String PERIOD =
            "^P(?=.*[1-9])([0-9]{1,3}D)?(T(?=[0-9])([0-9]{1,4}H)?([0-9]{1,4}M)?([0-9]{1,6}S)?)?$";

    private static final Pattern LABEL_NAMES = Pattern.compile(LABEL_NAME);
    private static final Pattern LABEL_VALUES = Pattern.compile(LABEL_VALUE);
    private static final Pattern PERIODS = Pattern.compile(PERIOD);

    private final Map<String, JsonNode> given = new LinkedHashMap<>();

    /** Notes what is given for a field. It is judged when it is used. */
    void give(String name, JsonNode value) {
        given.put(name, value);
    }

    /** The name of a field that is given, or null if none is. */
    @Nullable String first() {
        return given.isEmpty() ? null : given.keySet().iterator().next();
    }

    /**
     * What the fields come to. Raises {@link ApiException} for one that is wrong.
     *
     * @param otherwise how long a machine may be idle of which nothing is said; 0 for ever
     */
    public Keeping keeping(Duration otherwise) {
        return new Keeping(labels(), idleTimeout(otherwise), durability());
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        JsonNode node = given.get(LABELS);
        if (node == null || node.isNull()) {
            return labels;
        }
        if (!node.isObject() || node.size() > MOST_LABELS) {
            throw bad(LABELS, "must be an object of at most " + MOST_LABELS + " texts");
        }
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            String name = each.getKey();
            if (!LABEL_NAMES.matcher(name).matches()) {
                throw bad(LABELS, "the name of a label must match " + LABEL_NAME);
            }
            if (!each.getValue().isString()
                    || !LABEL_VALUES.matcher(each.getValue().stringValue()).matches()) {
                throw bad(LABELS + "/" + name, "must be a text that matches " + LABEL_VALUE);
            }
            labels.put(name, each.getValue().stringValue());
        }
        return labels;
    }

    private @Nullable Duration idleTimeout(Duration otherwise) {
        JsonNode node = given.get(IDLE_TIMEOUT);
        if (node == null) {
            return otherwise.isZero() ? null : otherwise;
        }
        if (node.isNull()) {
            return null;
        }
        if (!node.isString() || !PERIODS.matcher(node.stringValue()).matches()) {
            throw bad(IDLE_TIMEOUT, "must be a time of a second or more, such as PT12H or P1DT30M");
        }
        return Duration.parse(node.stringValue());
    }

    private Durability durability() {
        JsonNode node = given.get(DURABILITY);
        if (node != null && !node.isNull() && !word(Durability.NONE).equals(node.asString(""))) {
            throw bad(DURABILITY, "must be none: this service keeps machines in memory alone");
        }
        return Durability.NONE;
    }

    private static ApiException bad(String field, String detail) {
        return ApiException.badField("/" + field, detail);
    }

    private static String word(Durability durability) {
        return MachineRequest.word(durability);
    }

    /** The fields by which any server keeps a machine in the same way. */
    public static Map<String, @Nullable Object> asked(Keeping keeping) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        Duration idle = keeping.idleTimeout();
        fields.put(LABELS, keeping.labels());
        fields.put(IDLE_TIMEOUT, idle == null ? null : idle.toString());
        return fields;
    }

    /** Writes all fields. */
    static void write(Keeping keeping, JsonGenerator out) {
        asked(keeping).forEach(out::writePOJOProperty);
        out.writeStringProperty(DURABILITY, word(keeping.durability()));
    }

    /**
     * Describes the fields in the schema of a machine.
     *
     * @param schemas all schemas; labels have one of their own, since generators of clients make
     *     nothing of a map that may be null
     */
    @SuppressWarnings("rawtypes") // the document's model is raw
    static void describe(Schema<?> machine, boolean request, Map<String, Schema> schemas) {
        Schema<?> names = new StringSchema().pattern(LABEL_NAME);
        Schema<?> values = new StringSchema().pattern(LABEL_VALUE);
        Schema<?> all = typed(new Schema<>(), "object");
        all.setDescription("What the machine is called by: `?label=week:3` finds it in lists.");
        all.setPropertyNames(names);
        all.setAdditionalProperties(typed(values, "string"));
        all.setMaxProperties(MOST_LABELS);
        schemas.put("Labels", all);
        Schema<?> labels = new Schema<>().$ref("#/components/schemas/Labels");
        Schema<?> idle = typed(new StringSchema(), request ? "string" : "null", "string");
        idle.setDescription(
                "How long after its last change the machine ends: days, hours, minutes and seconds"
                        + " as in `PT12H`; null for never.");
        if (request) {
            idle.setPattern(PERIOD);
        }
        Schema<String> durability = new StringSchema();
        typed(durability, "string");
        durability.addEnumItemObject(word(Durability.NONE));
        durability.setDescription(
                "What survives the end of the service: `none`, since it keeps machines in memory.");
        machine.addProperty(LABELS, labels);
        machine.addProperty(IDLE_TIMEOUT, idle);
        machine.addProperty(DURABILITY, durability);
    }

    private static Schema<?> typed(Schema<?> schema, String... types) {
        schema.setTypes(new TreeSet<>(List.of(types)));
        return schema;
    }
}
