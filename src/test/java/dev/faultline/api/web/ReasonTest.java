package dev.faultline.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.hosting.HostingException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpStatus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Is every reason of a problem declared once, explained, and given somewhere? */
@Tag("slow")
class ReasonTest {

    private static final Set<String> STATUSES =
            Arrays.stream(HttpStatus.values()).map(Enum::name).collect(Collectors.toSet());

    @ParameterizedTest
    @EnumSource
    void isExplainedInSentences(Reason reason) {
        assertThat(reason.status().isError()).isTrue();
        assertThat(reason.explanation()).matches("[A-Z].{30,}[.]").doesNotContain("  ", ".;", "..");
        assertThat(reason.slug()).matches("[a-z]+(-[a-z]+)*");
        assertThat(Reason.at(reason.slug())).contains(reason);
    }

    @ParameterizedTest
    @EnumSource
    void ofHostingIsDeclaredToo(HostingException.Reason reason) {
        assertThat(Reason.valueOf(reason.name()).status().isError()).isTrue();
    }

    @Test
    void ofAStatusThatNobodyForesawIsAGeneralOne() {
        assertThat(Reason.of(HttpStatus.NOT_ACCEPTABLE)).isEqualTo(Reason.NOT_ACCEPTABLE);
        assertThat(Reason.of(HttpStatus.TOO_EARLY)).isEqualTo(Reason.BAD_REQUEST);
        assertThat(Reason.of(HttpStatus.BAD_GATEWAY)).isEqualTo(Reason.INTERNAL_ERROR);
    }

    /** Those that are named like a status are given where the container gives the status. */
    @ParameterizedTest
    @EnumSource
    void isGivenSomewhere(Reason reason) throws IOException {
        String given = "Reason\\." + reason + "\\b";
        boolean hosting =
                Arrays.stream(HostingException.Reason.values())
                        .anyMatch(each -> each.name().equals(reason.name()));
        if (!hosting && !STATUSES.contains(reason.name())) {
            assertThat(sources()).anyMatch(text -> text.matches("(?s).*" + given + ".*"));
        }
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(ReasonTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
