package dev.faultline.machine.replacement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.fields.Type;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Does docs/policies.md say of each parameter, and of each policy, what the registry says? */
class PolicyTableTest {

    @Test
    void theTableOfParametersIsThatOfTheRegistry() throws IOException {
        List<String> rows =
                fields().stream()
                        .filter(field -> !users(field).isEmpty())
                        .map(PolicyTableTest::row)
                        .toList();
        String docs = docs();
        assertThat(rows).allSatisfy(row -> assertThat(docs.lines()).contains(row));
    }

    @Test
    void theTableOfWhatEachPolicyUsesIsThatOfTheRegistry() throws IOException {
        String rows =
                Policies.names().stream()
                        .filter(name -> !used(name).isEmpty())
                        .map(name -> "| `%s` | %s |\n".formatted(name, used(name)))
                        .collect(Collectors.joining());
        assertThat(docs())
                .contains("| policy | values that it uses |\n| --- | --- |\n" + rows + "\n");
    }

    @Test
    void everyPolicyHasARow() throws IOException {
        String docs = docs();
        String sources = docs.substring(docs.indexOf("| policy | source |"));
        for (String name : Policies.names()) {
            assertThat(sources).contains("\n| `" + name + "` | ");
        }
    }

    private static String docs() throws IOException {
        return Files.readString(Path.of("docs/policies.md"));
    }

    private static List<Field<?>> fields() {
        List<Field<?>> fields = new ArrayList<>(Parameters.SECTION.fields());
        fields.add(Parameters.NUMBERS);
        return fields;
    }

    private static String used(String policy) {
        return fields().stream()
                .filter(field -> Policies.entry(policy).parameters().contains(field))
                .map(field -> "`" + field.name() + "`")
                .collect(Collectors.joining(", "));
    }

    private static String row(Field<?> field) {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        field.name(),
                        field.words(),
                        values(field.type()),
                        defaults(field),
                        dialects(field));
    }

    private static List<String> users(Field<?> field) {
        return Policies.names().stream()
                .filter(name -> Policies.entry(name).parameters().contains(field))
                .toList();
    }

    private static String values(Type<?> type) {
        return switch (type) {
            case Type.Whole whole when whole.most() == Integer.MAX_VALUE -> whole.least() + " up";
            case Type.Whole whole -> whole.least() + " to " + whole.most();
            case Type.Flag flag -> "true, false";
            case Type.Numbers numbers -> "up to " + numbers.longest() + " numbers";
            default ->
                    type.known().stream()
                            .map(word -> "`" + word + "`")
                            .collect(Collectors.joining(", "));
        };
    }

    private static <T> String defaults(Field<T> field) {
        String own =
                users(field).stream()
                        .filter(name -> Policies.entry(name).defaults().has(field))
                        .map(
                                name ->
                                        "; "
                                                + name
                                                + ": "
                                                + shown(field, Policies.entry(name).defaults()))
                        .collect(Collectors.joining());
        T otherwise = field.otherwise();
        return (otherwise == null ? "" : field.type().shown(otherwise)) + own;
    }

    private static String dialects(Field<?> field) {
        return Arrays.stream(Dialect.values())
                .filter(dialect -> dialect.differences().has(field))
                .map(dialect -> Type.word(dialect) + ": " + shown(field, dialect.differences()))
                .collect(Collectors.joining("; "));
    }

    private static <T> Object shown(Field<T> field, SpecValues values) {
        return String.valueOf(field.type().shown(values.get(field)));
    }
}
