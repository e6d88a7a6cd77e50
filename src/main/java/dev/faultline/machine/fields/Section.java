package dev.faultline.machine.fields;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fields and other sections that stand together in a spec, in the order in which they are shown. A
 * section grows while the constants of the class that declares its fields are initialised, and not
 * after that.
 */
public final class Section {

    private final String pointer;
    private final String name;
    private final String title;
    private final String words;
    private final boolean nullable;
    private final boolean optional;
    private final List<Part> parts = new ArrayList<>();

    /** A field, or a section, of a section; the other is null. */
    public record Part(@Nullable Field<?> field, @Nullable Section section) {

        /** Its name. */
        public String name() {
            return field != null ? field.name() : section != null ? section.name : "";
        }
    }

    private Section(
            String pointer, String title, String words, boolean nullable, boolean optional) {
        this.optional = optional;
        this.pointer = pointer;
        this.title = title;
        this.words = words;
        this.nullable = nullable;
        name = pointer.substring(pointer.lastIndexOf('/') + 1);
    }

    /**
     * A section.
     *
     * @param pointer where it stands in the spec, as a JSON pointer
     * @param title the name of its schema
     * @param words what it is
     */
    public static Section at(String pointer, String title, String words) {
        return new Section(pointer, title, words, false, false);
    }

    /** A section that may be given as null, for a machine without what it describes. */
    public static Section nullableAt(String pointer, String title, String words) {
        return new Section(pointer, title, words, true, true);
    }

    /** A section that a machine may be without, where it is not given. */
    public static Section optionalAt(String pointer, String title, String words) {
        return new Section(pointer, title, words, false, true);
    }

    /** Where it stands in the spec, as a JSON pointer; empty for the whole. */
    public String pointer() {
        return pointer;
    }

    /** The name of its schema. */
    public String title() {
        return title;
    }

    /** What it is, in a sentence. */
    public String words() {
        return words;
    }

    /** Whether null means that a machine is without it. */
    public boolean isNullable() {
        return nullable;
    }

    /** Whether a machine may be without what it describes. */
    public boolean isOptional() {
        return optional;
    }

    /** Its fields and sections, in the order in which they are shown. */
    public List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    /** The part with a name, or null. */
    public @Nullable Part part(String wanted) {
        for (Part part : parts) {
            if (part.name().equals(wanted)) {
                return part;
            }
        }
        return null;
    }

    /** Its own fields. */
    public List<Field<?>> fields() {
        List<Field<?>> fields = new ArrayList<>();
        for (Part part : parts) {
            if (part.field() != null) {
                fields.add(part.field());
            }
        }
        return fields;
    }

    /** Its own fields and those of the sections within it, by number. */
    private SortedMap<Integer, Field<?>> numbered() {
        SortedMap<Integer, Field<?>> numbered = new TreeMap<>();
        for (Part part : parts) {
            if (part.field() != null) {
                numbered.put(part.field().number(), part.field());
            } else if (part.section() != null) {
                numbered.putAll(part.section().numbered());
            }
        }
        return numbered;
    }

    /**
     * Writes the values of all fields in order of their numbers, each after its number; 0 ends
     * them. A value that holds anyway is left out, so that a new field changes nothing of what is
     * written for machines that do not use it.
     */
    public void save(SpecValues values, StateWriter out) {
        numbered()
                .forEach(
                        (number, field) -> {
                            boolean absent = isAbsent(field, values);
                            if (absent || values.has(field) && !holdsAnyway(field, values)) {
                                out.writeInt(number);
                                out.writeBoolean(!absent);
                                save(field, values, out);
                            }
                        });
        out.writeInt(0);
    }

    /** Whether a field stands for a section that the machine is without. */
    private static boolean isAbsent(Field<?> field, SpecValues values) {
        Section own = field.section();
        return own.nullable && own.key().equals(field) && values.find(field) == null;
    }

    private static <T> boolean holdsAnyway(Field<T> field, SpecValues values) {
        return values.get(field).equals(field.otherwise());
    }

    private static <T> void save(Field<T> field, SpecValues values, StateWriter out) {
        T value = values.find(field);
        if (value != null) {
            field.type().save(value, out);
        }
    }

    /** Reads what {@link #save} wrote. Raises {@link UnreadableStateException}. */
    public SpecValues load(StateReader in) {
        SortedMap<Integer, Field<?>> numbered = numbered();
        SpecValues values = SpecValues.EMPTY;
        for (Field<?> field : numbered.values()) {
            if (field.isShown() && !field.section().optional) {
                values = withOtherwise(field, values);
            }
        }
        for (int number = in.readInt(); number != 0; number = in.readInt()) {
            Field<?> field = numbered.get(number);
            if (field == null) {
                throw new UnreadableStateException("no field of a spec has the number " + number);
            }
            values = in.readBoolean() ? load(field, values, in) : values.withNo(field.section());
        }
        return values;
    }

    /** What was left out is said, for other fields may suggest another value. */
    private static <T> SpecValues withOtherwise(Field<T> field, SpecValues values) {
        return values.with(field, field.otherwise());
    }

    private static <T> SpecValues load(Field<T> field, SpecValues values, StateReader in) {
        return values.with(field, field.type().load(in));
    }

    /** The field that every value for this section has: the first one. */
    public Field<?> key() {
        return fields().getFirst();
    }

    /** Puts a section into this one. */
    public Section add(Section inner) {
        parts.add(new Part(null, inner));
        return inner;
    }

    <T> Field<T> add(Field<T> field) {
        parts.add(new Part(field, null));
        return field;
    }

    /** A whole number of 64 bits. */
    public Field.Declaration<Long> number(String field, long least, long most) {
        return number(field, least, most, Type.Width.LONG);
    }

    /** A whole number that is shown in 32 bits. */
    public Field.Declaration<Long> count(String field, long least, long most) {
        return number(field, least, most, Type.Width.SHOWN_AS_INT);
    }

    /** A whole number of 32 bits. */
    public Field.Declaration<Long> smallNumber(String field, long least, long most) {
        return number(field, least, most, Type.Width.INT);
    }

    private Field.Declaration<Long> number(String field, long least, long most, Type.Width width) {
        return declare(field, new Type.Whole(least, most, width, null));
    }

    /** A whole number that is shown in 32 bits, or null for a value beyond them all. */
    public Field.Declaration<Long> countOrNull(
            String field, long least, long most, long nullMeans) {
        return declare(field, new Type.Whole(least, most, Type.Width.SHOWN_AS_INT, nullMeans));
    }

    /** True or false. */
    public Field.Declaration<Boolean> flag(String field) {
        return declare(field, new Type.Flag());
    }

    /** A constant of an enum. */
    public <E extends Enum<E>> Field.Declaration<E> word(String field, Class<E> constants) {
        return declare(field, new Type.Word<>(constants, ""));
    }

    /** A field of another type. */
    public <T> Field.Declaration<T> declare(String field, Type<T> type) {
        return new Field.Declaration<>(this, field, type);
    }

    @Override
    public String toString() {
        return pointer;
    }
}
