package dev.faultline.api.machines;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.BodyPart;
import dev.faultline.machine.fields.Reading;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The body that makes a machine. Everything may be left out.
 *
 * @param keeping what is given of how it is kept, which stands beside the others
 * @param spec what is given for the fields of the spec, which stand beside the others
 */
@JsonDeserialize(using = SpecReader.class)
public record MachineRequest(
        @Schema(description = "The client's choice; made by the server if left out.")
                @Pattern(regexp = ID, message = "must match " + ID)
                @Nullable String id,
        @Schema(description = "A preset to begin with; see /v1/presets. Other fields override it.")
                @Nullable String preset,
        @Schema(hidden = true) KeepingFields keeping,
        @Schema(hidden = true) Reading spec) {

    public static final String ID = "^[a-z][a-z0-9-]{0,62}$";

    /** A machine of which nothing is said. */
    public static final MachineRequest EMPTY =
            new MachineRequest(null, null, new KeepingFields(), new Reading(MachineSpec.SECTION));

    /**
     * The values of machines that a study makes for itself; they have no id and begin empty.
     *
     * @param pointer where this stands in the study's body
     */
    public SpecValues common(String pointer) {
        if (preset != null) {
            throw ApiException.badField(
                    pointer + "/preset", "the machines begin empty; give the spec itself");
        }
        if (id != null) {
            throw ApiException.badField(pointer + "/id", "the machines have no id");
        }
        String kept = keeping.first();
        if (kept != null) {
            throw ApiException.badField(pointer + "/" + kept, "the machines are not kept");
        }
        return BodyPart.read(at -> pointer + at, spec::values);
    }

    /** The values that this request comes to, laid over its preset's. */
    public SpecValues over(@Nullable Preset base) {
        SpecValues under = base == null ? SpecValues.EMPTY : base.values();
        return under.with(spec.values());
    }

    /**
     * Reads a part of a spec that stands alone in a body.
     *
     * @param pointer where it stands
     * @param node what stands there
     */
    public static SpecValues part(Section part, String pointer, JsonNode node, JsonMapper mapper) {
        return SpecReader.read(part, pointer, node, mapper);
    }

    /** The value that is meant by a word, of those that may be meant. */
    public static <E extends Enum<E>> E word(String pointer, String word, E[] values) {
        for (E value : values) {
            if (word(value).equals(word)) {
                return value;
            }
        }
        String known =
                Arrays.stream(values).map(MachineRequest::word).collect(Collectors.joining(", "));
        throw ApiException.badField(pointer, "no '" + word + "'; known: " + known);
    }

    /** The word for a value: its name in lower case, with hyphens. */
    public static String word(Enum<?> value) {
        return Type.word(value);
    }
}
