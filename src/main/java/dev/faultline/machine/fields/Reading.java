package dev.faultline.machine.fields;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a client gave for the fields of a section and of those within it: numbers, booleans, strings
 * and lists, as they came. {@link #values} says what they mean.
 */
public final class Reading {

    private final Section whole;
    private final Map<Field<?>, Object> given = new LinkedHashMap<>();
    private final Set<Section> sections = new HashSet<>();
    private final Set<Section> nothing = new HashSet<>();

    /** Nothing is given yet. */
    public Reading(Section whole) {
        this.whole = whole;
    }

    /** The section that is read. */
    public Section section() {
        return whole;
    }

    /** Takes what is given for a field. */
    public void give(Field<?> field, Object value) {
        given.put(field, value);
    }

    /** A section is there, whatever is in it. */
    public void give(Section section) {
        sections.add(section);
    }

    /** A section is given as nothing. */
    public void giveNothing(Section section) {
        nothing.add(section);
    }

    /** Whether a section is there, though it may be empty. */
    public boolean has(Section section) {
        return sections.contains(section);
    }

    /**
     * The values that are meant. Raises {@link InvalidSpecException}, which names the first field,
     * in the order of the declarations, whose value means nothing.
     */
    public SpecValues values() {
        return values(whole, SpecValues.EMPTY);
    }

    private SpecValues values(Section section, SpecValues before) {
        SpecValues values = before;
        if (nothing.contains(section)) {
            return values.withNo(section);
        }
        for (Section.Part part : section.parts()) {
            if (part.section() != null) {
                values = values(part.section(), values);
            } else if (part.field() != null) {
                values = value(part.field(), values);
            }
        }
        return values;
    }

    private <T> SpecValues value(Field<T> field, SpecValues values) {
        Object wish = given.get(field);
        if (wish == null) {
            if (field.isRequired() && sections.contains(field.section())) {
                throw wrong(field.pointer(), "is required");
            }
            return values;
        }
        if (wish instanceof List<?> list) {
            checkElements(field, list);
        }
        @Nullable T value = field.type().parse(wish);
        if (value == null) {
            throw wrong(field.pointer(), field.type().refusal(wish));
        }
        return values.with(field, value);
    }

    private static void checkElements(Field<?> field, List<?> list) {
        List<InvalidSpecException.Problem> problems = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) == null) {
                problems.add(
                        new InvalidSpecException.Problem(
                                field.pointer() + "/" + i, "must not be null"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
    }

    private static InvalidSpecException wrong(String pointer, String detail) {
        return new InvalidSpecException(List.of(new InvalidSpecException.Problem(pointer, detail)));
    }
}
