package dev.faultline.machine.fields;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A field of a spec. It is declared once, as a constant of the class that it describes, and stands
 * in a {@link Section}.
 *
 * @param <T> the type of its values
 */
public final class Field<T> {

    private final Section section;
    private final String name;
    private final int number;
    private final Type<T> type;
    private final @Nullable T otherwise;
    private final String words;
    private final boolean startsOver;
    private final boolean shown;
    private final boolean required;
    private final boolean optional;

    private Field(Declaration<T> declared, String words) {
        section = declared.section;
        name = declared.name;
        number = declared.number;
        type = declared.type;
        otherwise = declared.otherwise;
        startsOver = declared.startsOver;
        shown = declared.shown;
        required = declared.required;
        optional = declared.optional;
        this.words = words;
    }

    /** The section that it stands in. */
    public Section section() {
        return section;
    }

    /** Its name among the fields of the section. */
    public String name() {
        return name;
    }

    /** The number by which it is written down: no other field has it, or ever had it. */
    public int number() {
        return number;
    }

    /** Where it stands in the whole spec, as a JSON pointer. */
    public String pointer() {
        return section.pointer() + "/" + name;
    }

    /** What values it may have. */
    public Type<T> type() {
        return type;
    }

    /** The value where nothing is said, or null if it depends on other fields. */
    public @Nullable T otherwise() {
        return otherwise;
    }

    /** What it means, in a sentence; empty if its name says it. */
    public String words() {
        return words;
    }

    /** Whether a value for it puts aside what lies under its section. */
    public boolean startsOver() {
        return startsOver;
    }

    /** Whether it is part of a representation; a field that stands for others is not. */
    public boolean isShown() {
        return shown;
    }

    /** Whether its section has to have it, if there is one. */
    public boolean isRequired() {
        return required;
    }

    /** Whether a machine may have no value for it. */
    public boolean isOptional() {
        return optional;
    }

    @Override
    public String toString() {
        return pointer();
    }

    /** A field while it is declared; {@link #says} ends the declaration. */
    public static final class Declaration<T> {

        private final Section section;
        private final String name;
        private final Type<T> type;
        private int number;
        private @Nullable T otherwise;
        private boolean startsOver;
        private boolean shown = true;
        private boolean required;
        private boolean optional;

        Declaration(Section section, String name, Type<T> type) {
            this.section = section;
            this.name = name;
            this.type = type;
        }

        /** Its value where nothing is said. */
        public Declaration<T> otherwise(T value) {
            otherwise = Objects.requireNonNull(value);
            return this;
        }

        /** It is written down by this number, which no other field has or ever had. */
        public Declaration<T> numbered(int value) {
            number = value;
            return this;
        }

        /** A value for it puts aside what lies under its section. */
        public Declaration<T> startingOver() {
            startsOver = true;
            return this;
        }

        /** It stands for values of other fields, and only these are shown. */
        public Declaration<T> forOthers() {
            shown = false;
            return startingOver();
        }

        /** Its section has to have it, if there is one. */
        public Declaration<T> required() {
            required = true;
            return this;
        }

        /** A machine may have no value for it. */
        public Declaration<T> orNothing() {
            optional = true;
            return this;
        }

        /** The field, with what it means; empty if its name says it. */
        public Field<T> says(String words) {
            return section.add(new Field<>(this, words));
        }
    }
}
