package dev.faultline.api.machines;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/** Shows specs by the declarations of their fields. */
public final class SpecBody {

    private SpecBody() {}

    /** A section as it is shown, or null if the machine is without what it describes. */
    public static @Nullable Map<String, @Nullable Object> orNull(
            Section section, SpecValues values) {
        boolean without = section.isOptional() && values.find(section.key()) == null;
        return without ? null : of(section, values);
    }

    /** A section as it is shown. */
    public static Map<String, @Nullable Object> of(Section section, SpecValues values) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        for (Section.Part part : section.parts()) {
            if (part.section() != null) {
                body.put(part.name(), orNull(part.section(), values));
            } else if (part.field() != null && part.field().isShown()) {
                body.put(part.name(), shown(part.field(), values));
            }
        }
        return body;
    }

    private static <T> @Nullable Object shown(Field<T> field, SpecValues values) {
        T value = values.find(field);
        return value == null ? null : field.type().shown(value);
    }
}
