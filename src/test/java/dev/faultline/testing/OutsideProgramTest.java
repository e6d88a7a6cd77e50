package dev.faultline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class OutsideProgramTest {

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    @TempDir Path folder;

    @Test
    void isFoundOnThePath() throws IOException {
        Path program = Files.createFile(folder.resolve("prog"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String path = "/nowhere" + File.pathSeparator + folder;
        assertThat(require("prog", Map.of("PATH", path))).isEqualTo(program);
    }

    @Test
    void missingSkipsTheTest() {
        assertThatThrownBy(() -> require("prog", path()))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("'prog' is not on the path");
        assertThat(console.toString(UTF_8)).startsWith("SKIPPED: the program 'prog' is not");
    }

    @Test
    void missingFailsTheTestInCi() {
        Map<String, String> ci = Map.of("PATH", folder.toString(), "CI", "true");
        assertThatThrownBy(() -> require("prog", ci))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("'prog' is not on the path");
    }

    @Test
    void whatCannotBeExecutedIsMissing() throws IOException {
        Files.createFile(folder.resolve("prog"));
        Files.createDirectory(folder.resolve("folder"));
        assertThatThrownBy(() -> require("prog", path())).isInstanceOf(TestAbortedException.class);
        assertThatThrownBy(() -> require("folder", path()))
                .isInstanceOf(TestAbortedException.class);
    }

    private Path require(String name, Map<String, String> environment) {
        return OutsideProgram.require(name, environment, new PrintStream(console, true, UTF_8));
    }

    private Map<String, String> path() {
        return Map.of("PATH", folder.toString());
    }
}
